"""Scenes for the matrix of faults; what is opened is held to the rules when the test is over."""

import logging
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from faults.catalogue import number_of
from faults.fault_server import FaultServer
from faults.process_scene import ProcessScene
from faults.scene import Scene
from PySide6.QtCore import QEvent
from PySide6.QtGui import QClipboard, QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

OF_EACH_IN_SHORT = 3
"""Cases of one fault in the short form."""
HERE = Path(__file__).parent
NEEDED = ("xclip", "xdotool", "secret-tool", "gnome-keyring-daemon", "dbus-run-session")


@pytest.fixture(scope="session", autouse=True)
def _what_is_needed() -> None:
    missing = [each for each in NEEDED if shutil.which(each) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as server:
        yield server


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where a scene keeps its files: in memory, for a busy disk is not the window's fault."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)


@pytest.fixture
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    yield
    for handler in [each for each in root.handlers if each not in handlers]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


@pytest.fixture
def open_scene(
    qtbot: QtBot,
    folder: Path,
    server: FaultServer,
    capfd: pytest.CaptureFixture[str],
    _logging_as_before: None,
) -> Iterator[Callable[..., Scene]]:
    """Open a scene; see Scene. When the test is over it is held to the rules and closed."""
    opened: list[Scene] = []
    begun: list[Scene] = []

    def open_one(**surroundings: object) -> Scene:
        scene = Scene(qtbot, folder, server, lambda: "".join(capfd.readouterr()), **surroundings)
        opened.append(scene)
        scene.begin()
        begun.append(scene)
        return scene

    yield open_one
    try:
        for scene in begun:
            scene.hold_to_the_rules()
    finally:
        for scene in opened:
            scene.close()
        for mode in (QClipboard.Mode.Clipboard, QClipboard.Mode.Selection):
            QGuiApplication.clipboard().clear(mode)
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def scene(open_scene: Callable[..., Scene]) -> Scene:
    """A window with one account, whose good requests this server grants."""
    return open_scene()


@pytest.fixture
def room() -> Iterator[Path]:
    # Sockets lie in it, whose paths may not be long.
    room = Path(tempfile.mkdtemp(prefix="faults-"))
    yield room
    shutil.rmtree(room)


@pytest.fixture
def outside(room: Path, server: FaultServer) -> Iterator[ProcessScene]:
    """The program as a process; when the test is over it is held to the rules and ended."""
    scene = ProcessScene(room, server)
    try:
        yield scene
        scene.hold_to_the_rules()
    finally:
        scene.close()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the first cases of each fault, unless all are asked for."""
    if config.getoption("full"):
        return
    kept, left_out = [], []
    counts: Counter[str] = Counter()
    for item in sorted(items, key=lambda each: each.nodeid):
        number = number_of(item.nodeid) if item.path.parent == HERE else None
        counts[number or ""] += 1
        short = number is None or counts[number] <= OF_EACH_IN_SHORT
        (kept if short else left_out).append(item)
    items[:] = [each for each in items if each in set(kept)]
    config.hook.pytest_deselected(items=left_out)
