"""The main job in the sandbox without a person: each step is told, and a picture is left."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QTimer

from deepbrain_desktop.session.state import Failed, Granted, Requesting, State
from deepbrain_desktop.studios.snippets import Form
from deepbrain_desktop.system.console import tell
from deepbrain_desktop.ui.names import display_name
from deepbrain_desktop.ui.status import status_of

if TYPE_CHECKING:
    from deepbrain_desktop.app import Program

LIMIT = 30_000
"""Milliseconds for all of it."""


def rehearse(program: "Program", picture: Path) -> int:
    """Show the window, request a token, copy it, save a picture. Returns the exit status."""
    session, window, workspace = program.session, program.window, program.workspace
    program.settle_in()
    window.show()
    _tell("window", "shown")
    current = session.state.current
    if current is None:
        return _end(program, 1)
    _tell("account", current.account.app_id)
    loop = QEventLoop()

    def look(state: State) -> None:
        if state.current and not isinstance(state.current.phase, Requesting):
            loop.quit()

    session.state_changed.connect(look)
    QTimer.singleShot(LIMIT, loop.quit)
    workspace.page.request.click()
    _tell("request", "sent")
    loop.exec()
    session.state_changed.disconnect(look)
    current = session.state.current
    if current is None or not isinstance(current.phase, Granted):
        phase = current.phase if current else None
        reason = phase.problem.reason if isinstance(phase, Failed) else "no outcome"
        _tell("token", f"none: {reason}")
        return _end(program, 1)
    granted = current.phase
    _tell("token", f"{len(granted.token.reveal())} characters, {granted.exchange.seconds:.3f} s")
    _tell("claims", ", ".join(entry.name for entry in granted.decoded.claims))
    status = status_of(current, program.elapsed())
    _tell("state", f"{status.word}, {status.clock}")
    owner = display_name(current.account)
    workspace.copying.copy_form(granted, Form.TOKEN, owner, with_token=True)
    _tell("copy", workspace.copying.words or "not copied")
    return _end(program, 0 if _save(program, picture) else 1)


def _save(program: "Program", picture: Path) -> bool:
    try:
        picture.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        _tell("picture", f"not saved: {error.strerror}")
        return False
    # What has changed is given its place only now.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    kept = bool(program.window.grab().save(str(picture)))
    _tell("picture", str(picture.absolute()) if kept else f"not saved as {picture}")
    return kept


def _end(program: "Program", status: int) -> int:
    program.window.close()
    program.shut_down()
    return status


def _tell(step: str, words: str) -> None:
    tell(f"{step + ':':10}{words}")
