"""Stages on which the program runs as a process of its own."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from keyring_daemon import KeyringDaemon, running_keyring
from program.running import Home, Running, assert_clean, eventually, marked_processes
from program.screen import Screen, Window, launcher, system_python

NEEDED = ("xdotool", "xclip", "secret-tool", "gnome-keyring-daemon", "dbus-run-session")


@pytest.fixture(scope="module", autouse=True)
def _no_process_is_left() -> Iterator[None]:
    missing = [each for each in NEEDED if shutil.which(each) is None]
    if missing or launcher() is None or system_python() is None:
        pytest.skip(f"not installed: {', '.join(missing) or 'at-spi2-core, python3'}")
    yield
    eventually(lambda: not marked_processes(), "the end of every process")


@pytest.fixture(scope="module")
def keyring(_no_process_is_left) -> Iterator[KeyringDaemon]:
    with running_keyring() as daemon:
        yield daemon


@pytest.fixture(scope="module")
def screen(keyring: KeyringDaemon) -> Iterator[Screen]:
    """The accessibility bus, on the session bus that has the keyring too."""
    screen = Screen(keyring.environment)
    yield screen
    screen.close()


@pytest.fixture
def room() -> Iterator[Path]:
    # Sockets lie in it, whose paths may not be long.
    room = Path(tempfile.mkdtemp(prefix="program-"))
    yield room
    shutil.rmtree(room)


@pytest.fixture
def home(room: Path) -> Home:
    """A home without a session bus."""
    return Home(room)


@pytest.fixture
def start() -> Iterator[Callable[..., Running]]:
    """Start the program; what still runs in the end is ended, and has to end well."""
    started: list[Running] = []

    def begin(
        home: Home, *arguments: str, without: tuple[str, ...] = (), **changes: str
    ) -> Running:
        running = Running(home, *arguments, without=without, **changes)
        started.append(running)
        return running

    yield begin
    try:
        for running in started:
            if running.is_running:
                assert_clean(running.end())
    finally:
        for running in started:
            if running.is_running:
                running.kill()


@pytest.fixture
def open_window(screen: Screen, start) -> Callable[..., tuple[Running, Window]]:
    """Start the program with its window on the accessibility bus."""

    def opened(home: Home, *arguments: str, **changes: str) -> tuple[Running, Window]:
        running = start(home, *arguments, **{**screen.environment, **changes}).painted()
        return running, Window(screen, running.pid)

    return opened
