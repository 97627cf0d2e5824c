"""A person before the screen: eyes are the accessibility bus, hands are the keyboard."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from program.running import PATIENCE, bare_environment, eventually

_LAUNCHERS = ("/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi2-core/at-spi-bus-launcher")
_DRIVER = Path(__file__).with_name("atspi_driver.py")
_LISTENER = Path(__file__).with_name("atspi_listener.py")


def launcher() -> str | None:
    """The program that starts the accessibility bus, where it is installed."""
    return next((each for each in _LAUNCHERS if Path(each).exists()), None)


def system_python() -> str | None:
    """The Python that the system's own libraries belong to."""
    return shutil.which("python3", path="/usr/bin:/bin")


class Screen:
    """Windows of programs that share ``bus``, an environment with a session bus."""

    def __init__(self, bus: Mapping[str, str]) -> None:
        self.environment = {
            "DBUS_SESSION_BUS_ADDRESS": bus["DBUS_SESSION_BUS_ADDRESS"],
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
        }
        # Without a display: on one, it would tell every program of the accessibility bus.
        self._outside = environment = {**bare_environment(), **bus}
        python = system_python()
        assert python is not None
        self._launcher = subprocess.Popen(
            [str(launcher()), "--launch-immediately"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._driver = subprocess.Popen(
            [python, str(_DRIVER)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def close(self) -> None:
        """End what was started here."""
        assert self._driver.stdin is not None
        assert self._driver.stdout is not None
        self._driver.stdin.close()
        self._driver.wait(PATIENCE)
        self._driver.stdout.close()
        self._launcher.terminate()
        self._launcher.wait(PATIENCE)

    @contextlib.contextmanager
    def listening(self) -> Iterator[list[str]]:
        """Listen to what programs say on the bus; when it is over, all texts that were heard."""
        heard: list[str] = []
        with subprocess.Popen(
            [str(system_python()), str(_LISTENER)],
            env=self._outside,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as listener:
            assert listener.stdout.readline() == '"ready"\n'
            yield heard
            said, _ = listener.communicate(timeout=PATIENCE)
            heard += map(json.loads, said.splitlines())

    def ask(self, do: str, **details):
        """See the functions of the driver."""
        assert self._driver.stdin is not None
        assert self._driver.stdout is not None
        self._driver.stdin.write(json.dumps({"do": do, **details}) + "\n")
        self._driver.stdin.flush()
        answer = json.loads(self._driver.stdout.readline())
        assert "error" not in answer, answer["error"]
        return answer["answer"]


class Window:
    """The window of one running program, known by its process id and worked by names."""

    def __init__(self, screen: Screen, pid: int) -> None:
        self._screen = screen
        self.pid = pid

    def look(self, name: str, words: str = "", role: str = "") -> dict:
        """Wait for a control of this name that shows ``words``; all that it says."""
        return self._screen.ask("look", pid=self.pid, name=name, words=words, role=role)

    def press(self, name: str, role: str = "", within: str = "") -> None:
        """Press a button through the bus."""
        self._screen.ask("press", pid=self.pid, name=name, role=role, within=within)

    def focus(self, name: str, role: str = "") -> None:
        """Give a control the keyboard, through the bus."""
        take_keyboard(self.pid)
        self._screen.ask("focus", pid=self.pid, name=name, role=role)

    def write(self, name: str, text: str) -> None:
        """Replace a field's text through the bus."""
        self._screen.ask("write", pid=self.pid, name=name, text=text)

    def type(self, name: str, text: str) -> None:
        """Replace a field's text by the keyboard."""
        self.focus(name)
        xdotool("key", "ctrl+a")
        # Not as an argument, which everybody on this computer may read.
        xdotool("type", "--delay", "1", "--file", "-", text=text)
        is_masked = self.look(name)["role"] == "password text"
        self.look(name, words="●" * len(text) if is_masked else text)

    def choose(self, name: str, item: str) -> None:
        """Choose an entry of a list that drops down, both by their first letters."""
        self.keys(f"alt+{name[0].lower()}")
        self._screen.ask("focused", pid=self.pid, name=name)
        self.keys(item[0].lower())
        self.look(name, words=item)

    def keys(self, *keys: str) -> None:
        """Press keys, wherever the focus is."""
        take_keyboard(self.pid)
        xdotool("key", *keys)

    def gone(self, name: str, role: str = "") -> None:
        """Wait until there is no such control to be seen."""
        self._screen.ask("gone", pid=self.pid, name=name, role=role)

    def table(self, name: str) -> list[list[str]]:
        """The texts of a table."""
        return self._screen.ask("table", pid=self.pid, name=name)

    def tree(self) -> list[dict]:
        """All that can be read of the program, shown or not."""
        return self._screen.ask("tree", pid=self.pid)


def xdotool(*arguments: str, text: str = "") -> str:
    """What it prints, given ``text`` to read; nothing where it found no window."""
    done = subprocess.run(
        ["xdotool", *arguments],
        input=text,
        env=bare_environment(os.environ["DISPLAY"]),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return done.stdout.strip()


def windows_of(pid: int) -> list[str]:
    """Ids of the windows that a process shows."""
    return xdotool("search", "--onlyvisible", "--all", "--pid", str(pid), "--name", ".").split()


def take_keyboard(pid: int) -> None:
    """Let what is typed go to the newest window of a process; there is no window manager here."""

    def taken() -> bool:
        windows = windows_of(pid)
        if not windows:
            return False
        if xdotool("getwindowfocus") not in windows:
            xdotool("windowfocus", windows[-1])
        return xdotool("getwindowfocus") in windows

    eventually(taken, "the keyboard's coming over")


def close_window(pid: int) -> None:
    """Ask for it as a window manager does when its close button is pressed."""
    (window,) = windows_of(pid)
    script = Path(__file__).with_name("x11_close.py")
    environment = bare_environment(os.environ["DISPLAY"])
    subprocess.run([sys.executable, script, window], env=environment, timeout=PATIENCE, check=True)


def clipboard() -> str:
    """What a program that pastes gets; nothing where nobody offers text."""
    done = subprocess.run(
        ["xclip", "-selection", "clipboard", "-out", "-target", "UTF8_STRING"],
        env=bare_environment(os.environ["DISPLAY"]),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return done.stdout


@contextlib.contextmanager
def copied(text: str) -> Iterator[None]:
    """Another program that has copied ``text``."""
    with subprocess.Popen(
        ["xclip", "-selection", "clipboard", "-in", "-quiet"],
        env=bare_environment(os.environ["DISPLAY"]),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as owner:
        owner.stdin.write(text)
        owner.stdin.close()
        eventually(lambda: clipboard() == text, "the copying")
        yield
        owner.terminate()


@contextlib.contextmanager
def clipboard_manager() -> Iterator[subprocess.Popen[str]]:
    """A clipboard manager, which says what it is handed by programs that end."""
    script = Path(__file__).parents[1] / "system" / "x11_selections.py"
    with subprocess.Popen(
        [sys.executable, script, "keep"],
        env=bare_environment(os.environ["DISPLAY"]),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "ready\n"
        yield process
        process.terminate()
