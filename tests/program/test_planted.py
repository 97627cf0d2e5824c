"""Things planted in the environment, in the home and in the current folder have no effect."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import PySide6
import pytest
from keyring_daemon import KeyringDaemon
from program.running import ROOT, assert_clean, run

MODULES = (
    # our own needs, what those look for besides, and the standard library
    *("PySide6", "jeepney", "keyring", "requests", "secretstorage", "shiboken6", "truststore"),
    *("brotli", "chardet", "gi", "simplejson", "socks", "zstandard"),
    *("argparse", "ctypes", "json", "logging", "queue", "socket", "ssl", "urllib"),
)
ONLY_AT_START = ("sitecustomize", "usercustomize")
"""Imported before the first line of the program, if ever."""
UNMEASURED = tuple(name for name in os.environ if name.startswith("COVERAGE_"))
"""What measures coverage would import such modules before the program does."""


def plant_modules(folder: Path, marks: Path, *names: str) -> Path:
    """Write modules that leave a mark when they are imported."""
    folder.mkdir()
    marks.mkdir(exist_ok=True)
    for name in names:
        mark = marks / name
        (folder / f"{name}.py").write_text(f"open({str(mark)!r}, 'w').close()\n")
    return folder


def plant_plugin(folder: Path) -> Path:
    """Copy a plug-in of Qt's own, as another build of Qt would have it."""
    plugin = Path(PySide6.__path__[0], "Qt/plugins/platforms/libqoffscreen.so")
    copy = folder / "platforms" / plugin.name
    copy.parent.mkdir(parents=True)
    copy.write_bytes(plugin.read_bytes())
    return folder


def mapped(pid: int) -> str:
    return Path(f"/proc/{pid}/maps").read_text()


@contextmanager
def tripwire(path: Path) -> Iterator[list[str]]:
    """A file that says when it is opened for reading."""
    os.mkfifo(path)
    opened: list[str] = []
    ended = threading.Event()

    def watch() -> None:
        # Opens as soon as somebody else has opened it to read.
        with path.open("w"):
            if not ended.is_set():
                opened.append(path.name)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield opened
    finally:
        ended.set()
        reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        watcher.join()
        os.close(reader)


def test_modules_in_the_current_folder_are_not_imported(home, room, start):
    marks = room / "marks"
    folder = plant_modules(room / "planted", marks, *MODULES, *ONLY_AT_START)
    changes = {"PYTHONPATH": str(ROOT), "folder": folder}
    assert_clean(start(home, without=UNMEASURED, **changes).painted().end())
    tested = run(home, "--self-test", without=UNMEASURED, **changes)
    assert tested.stdout.endswith("Self-test passed\n")
    assert not list(marks.iterdir())


def test_modules_on_pythonpath_are_not_imported(home, room, start):
    marks = room / "marks"
    folder = plant_modules(room / "planted", marks, *MODULES)
    path = f"{folder}{os.pathsep}{ROOT}"
    assert_clean(start(home, without=UNMEASURED, PYTHONPATH=path).painted().end())
    tested = run(home, "--self-test", without=UNMEASURED, PYTHONPATH=path)
    assert tested.stdout.endswith("Self-test passed\n")
    assert not list(marks.iterdir())


def test_byte_code_is_not_taken_from_elsewhere(home, room, start):
    planted = room / "planted"
    changes = {"PYTHONPYCACHEPREFIX": str(planted), "PYTHONDONTWRITEBYTECODE": ""}
    start(home, without=UNMEASURED, **changes).painted().end()
    ours = [each for each in planted.rglob("*.pyc") if "deepbrain_desktop" in each.parts]
    # Those that the first lines need; nothing that came later.
    assert {each.name.partition(".")[0] for each in ours} <= {
        "__init__",
        "__main__",
        "import_path",
    }


def test_no_prompt_is_left_behind(home):
    tested = run(home, "--self-test", PYTHONINSPECT="1")
    assert (tested.status, tested.stderr) == (0, "")


def test_no_plug_in_of_qt_is_loaded_from_elsewhere(home, room, start):
    plugins = str(plant_plugin(room / "planted"))
    running = start(
        home, QT_QPA_PLATFORM="offscreen", DEEPBRAIN_DEBUGGABLE="1", QT_PLUGIN_PATH=plugins
    ).painted()
    assert "libqoffscreen.so" in mapped(running.pid)
    assert plugins not in mapped(running.pid)
    ending = running.end()
    # All that Qt says to whoever debugs it: offscreen there is no window manager to tell sizes to.
    assert ending.stderr in ("", "This plugin does not support propagateSizeHints()\n")
    assert ending.status == 0


TELLING = {
    "QT_LOGGING_RULES": "*=true",
    "QT_DEBUG_PLUGINS": "1",
    "QT_MESSAGE_PATTERN": "%{function}",
    "QT_FATAL_WARNINGS": "1",
}


def test_qt_tells_nothing_of_what_it_does(home, start):
    running = start(home, **TELLING).painted()
    assert (running.end().stderr, "DEBUG" in home.log_text()) == ("", False)


def test_qt_tells_what_it_does_to_whoever_looks_inside(home, start):
    running = start(home, QT_DEBUG_PLUGINS="1", DEEPBRAIN_DEBUGGABLE="1").painted()
    assert "libqxcb.so" in running.stderr
    running.kill()


def test_no_file_makes_qt_tell_what_it_does(home, start):
    rules = home.path / ".config/QtProject/qtlogging.ini"
    rules.parent.mkdir(parents=True)
    rules.write_text("[Rules]\n*=true\n")
    running = start(home).painted()
    assert (running.end().stderr, " INFO deepbrain_desktop.qt" in home.log_text()) == ("", False)


@pytest.mark.parametrize("variable", ["OPENSSL_CONF", "QT_LOGGING_CONF"])
def test_a_file_that_is_named_is_not_read(home, room, variable):
    with tripwire(room / "wire") as opened:
        tested = run(home, "--self-test", **{variable: str(room / "wire")})
    assert tested.stdout.endswith("Self-test passed\n")
    assert opened == []


def test_a_look_that_loads_more_than_itself_loads_nothing_that_is_named(home, room, start):
    # Where GTK is not installed there is no such look, and nothing to be seen.
    with tripwire(room / "wire") as opened:
        running = start(
            home, QT_QPA_PLATFORMTHEME="gtk3", GDK_PIXBUF_MODULE_FILE=str(room / "wire")
        ).painted()
        running.end()
    assert opened == []


def test_no_other_keyring_is_chosen(home, room, keyring: KeyringDaemon):
    marks = room / "marks"
    folder = plant_modules(room / "planted", marks, "planted_keyring")
    configuration = home.path / ".config/python_keyring/keyringrc.cfg"
    configuration.parent.mkdir(parents=True)
    configuration.write_text(
        f"[backend]\ndefault-keyring=planted_keyring.Keyring\nkeyring-path={folder}\n"
    )
    changes = {
        **keyring.environment,
        "PYTHON_KEYRING_BACKEND": "planted_keyring.Keyring",
        "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}",
    }
    assert "Keychain: GNOME Keyring," in run(home, "--self-test", **changes).stdout
    assert not list(marks.iterdir())
