"""Windows of the real program, taken down cleanly."""

import shutil
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QClipboard, QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from ui.stage import Studio

from deepbrain_desktop.studios.sandbox import Sandbox

NEEDED = ("xclip",)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = [each for each in NEEDED if shutil.which(each) is None]
    if missing:
        reason = f"needs X11 and {', '.join(NEEDED)}"
        for item in items:
            if item.path.parent.name == "ui":
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """A sandbox whose pauses are short; accounts ask it as a server of their own."""
    with Sandbox(pace=0.1) as sandbox:
        yield sandbox


@pytest.fixture
def open_studio(qtbot: QtBot) -> Iterator[Callable[..., Studio]]:
    """Open a window on these accounts; see Studio."""
    opened: list[Studio] = []

    def open_one(*accounts, **surroundings) -> Studio:
        studio = Studio(qtbot, *accounts, **surroundings)
        opened.append(studio)
        return studio

    yield open_one
    for studio in reversed(opened):
        studio.close()
    for mode in (QClipboard.Mode.Clipboard, QClipboard.Mode.Selection):
        QGuiApplication.clipboard().clear(mode)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def studio(open_studio: Callable[..., Studio]) -> Studio:
    """A window at its first start."""
    return open_studio()
