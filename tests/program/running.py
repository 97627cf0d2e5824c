"""The program as a process of its own, in a home and an environment of its own."""

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE = 20.0
"""Seconds that a test waits for another process before it fails."""
EXIT_LIMIT = 2.0
"""Seconds that the program may take to end, whatever hangs."""
MARK = "DEEPBRAIN_TEST"
_mark = uuid.uuid4().hex


def eventually(condition, what="it", patience=PATIENCE):
    """What ``condition`` returns as soon as that is true of it."""
    deadline = time.monotonic() + patience
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not happen within {patience} s")
        time.sleep(0.005)
    return found


def bare_environment(display: str | None = None) -> dict[str, str]:
    """Nothing of the machine's but where programs are, and a mark on whatever inherits it."""
    found = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC", MARK: _mark}
    found["PYTHONDONTWRITEBYTECODE"] = "1"
    found |= {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
    if display is not None:
        found["DISPLAY"] = display
    return found


def marked_processes() -> dict[int, str]:
    """Processes that were started here and have not ended, with their command lines."""
    mark, found = f"{MARK}={_mark}".encode(), {}
    for each in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (each / "environ").read_bytes().split(b"\0"):
                command = (each / "cmdline").read_bytes().replace(b"\0", b" ")
                found[int(each.name)] = command.decode(errors="replace")
        except OSError:
            continue
    return found


def caught(pid: int) -> set[int]:
    """The signals that a process handles (proc(5), SigCgt)."""
    status = Path(f"/proc/{pid}/status").read_text()
    mask = int(status.partition("SigCgt:")[2].split()[0], 16)
    return {number for number in range(1, 32) if mask >> (number - 1) & 1}


class Home:
    """A person's home directory, with the environment of a program that runs there."""

    def __init__(self, room: Path, **environment: str) -> None:
        self.room = room
        self.path = room / "home"
        folders = {
            "HOME": self.path,
            "XDG_CONFIG_HOME": self.path / ".config",
            "XDG_STATE_HOME": self.path / ".local/state",
            "XDG_DATA_HOME": self.path / ".local/share",
            "XDG_CACHE_HOME": self.path / ".cache",
            "XDG_RUNTIME_DIR": room / "run",
            "TMPDIR": room / "tmp",
        }
        for name in ("HOME", "XDG_RUNTIME_DIR", "TMPDIR"):
            folders[name].mkdir(mode=0o700)
        no_bus = f"unix:path={room}/no-bus"
        own = {"DBUS_SESSION_BUS_ADDRESS": no_bus, "NO_AT_BRIDGE": "1"}
        folders_named = {name: str(folder) for name, folder in folders.items()}
        self.environment = (
            bare_environment(os.environ["DISPLAY"]) | own | folders_named | environment
        )

    @property
    def config(self) -> Path:
        return self.path / ".config/deepbrain-desktop"

    @property
    def accounts(self) -> Path:
        return self.config / "accounts.json"

    @property
    def log(self) -> Path:
        return self.path / ".local/state/deepbrain-desktop/deepbrain-desktop.log"

    def log_text(self) -> str:
        return self.log.read_text() if self.log.exists() else ""

    def keep_accounts(self, *accounts: dict) -> None:
        """Write the list of accounts as an earlier run would have left it."""
        self.config.mkdir(parents=True, mode=0o700, exist_ok=True)
        self.accounts.write_text(json.dumps({"schema": 1, "accounts": list(accounts)}))
        self.accounts.chmod(0o600)

    def kept_accounts(self) -> list[dict]:
        return json.loads(self.accounts.read_text())["accounts"]

    def files(self) -> Iterator[Path]:
        """Every file below it."""
        return (each for each in self.room.rglob("*") if each.is_file() and not each.is_symlink())

    def files_with(self, text: str) -> list[Path]:
        return [each for each in self.files() if text.encode() in each.read_bytes()]


def account(name: str, app_id: str, **changes) -> dict:
    """An entry of the list of accounts."""
    fresh = {
        "id": uuid.uuid4().hex,
        "name": name,
        "app_id": app_id,
        "server": "production",
        "keys": [],
    }
    return fresh | changes


def sandbox_account(scenario: str) -> dict:
    """One whose requests the program's own sandbox answers, in the way of ``scenario``."""
    return account(scenario, f"studiov3.{scenario}@sandbox.example", server="sandbox")


@dataclass(frozen=True)
class Ending:
    """How a process ended."""

    status: int
    stdout: str
    stderr: str
    seconds: float
    """From when it was told to end."""


class Running:
    """One start of the program, in ``folder``.

    Its environment is the home's, ``without`` some and with ``changes``.
    ``under`` is a command that becomes the program and keeps its process id.
    """

    def __init__(
        self,
        home: Home,
        *arguments: str,
        without: tuple[str, ...] = (),
        program: tuple[str, ...] = ("-m", "deepbrain_desktop"),
        under: tuple[str, ...] = (),
        folder: Path = ROOT,
        **changes: str,
    ) -> None:
        self.home = home
        self._output = home.room / f"output-{uuid.uuid4().hex}"
        environment = {**home.environment, **changes}
        for name in without:
            environment.pop(name, None)
        self._log_before = home.log_text()
        with (
            self._output.with_suffix(".out").open("wb") as stdout,
            self._output.with_suffix(".err").open("wb") as stderr,
        ):
            self.process = subprocess.Popen(
                [*under, sys.executable, *program, *arguments],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
            )
        self.pid = self.process.pid

    @property
    def stderr(self) -> str:
        return self._output.with_suffix(".err").read_text()

    @property
    def stdout(self) -> str:
        return self._output.with_suffix(".out").read_text()

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def painted(self) -> "Running":
        """Wait for the first paint, after which the log has its first line."""

        def logged() -> bool:
            assert self.is_running, f"ended with {self.process.returncode}: {self.stderr}"
            return "started" in self.home.log_text().removeprefix(self._log_before)

        eventually(logged, "the first paint")
        return self

    def wait(self, since: float | None = None, patience: float = PATIENCE) -> Ending:
        """Wait for its end."""
        began = time.monotonic() if since is None else since
        status = self.process.wait(patience)
        return Ending(status, self.stdout, self.stderr, time.monotonic() - began)

    def end(self, number: int = signal.SIGTERM) -> Ending:
        """Ask it to end, and wait until it has."""
        began = time.monotonic()
        self.process.send_signal(number)
        return self.wait(began)

    def kill(self) -> None:
        """End it without a farewell."""
        self.process.kill()
        self.process.wait(PATIENCE)


def assert_clean(ending: Ending) -> None:
    """It ended as if its window had been closed: at once, well, and without a word."""
    assert (ending.status, ending.stderr) == (0, "")
    assert ending.seconds < EXIT_LIMIT


def run(
    home: Home,
    *arguments: str,
    without: tuple[str, ...] = (),
    under: tuple[str, ...] = (),
    **changes: str,
) -> Ending:
    """Start the program and wait until it ends by itself."""
    running = Running(home, *arguments, without=without, under=under, **changes)
    try:
        return running.wait()
    finally:
        if running.is_running:
            running.kill()
