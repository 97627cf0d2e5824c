"""The window's own faults: cancelling, old answers, storms, and code that raises."""

import sys
import threading
import time
from collections.abc import Callable

import pytest
from faults import rules
from faults.fault_server import Script, answer
from faults.process_scene import ProcessScene
from faults.scene import APP_ID, Scene
from faults.served import IMPATIENT
from program.running import eventually
from program.screen import xdotool
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication
from studios.raw_server import Peer, head, sending, success
from ui.eyes import readable, visible_text
from ui.stage import new_key

from deepbrain_desktop.session.issuing import Issuing
from deepbrain_desktop.session.state import Failed, Granted, Stopped

SILENT = sending(then=Peer.wait_for_the_end)


def body_drips(peer: Peer) -> None:
    if peer.read_request():
        peer.send(head(200, "Content-Length: 9999"))
        while not peer.stopping:
            peer.send(b" ")
            peer.pause(0.02)


WAITS = {
    "U2-cancel-in-headers": SILENT,
    "U2-cancel-in-body": body_drips,
    "U2-cancel-before-the-request-is-read": Peer.wait_for_the_end,
}


@pytest.mark.parametrize("wait", WAITS)
def test_cancelling_ends_it_at_once_and_for_good(scene, wait: str) -> None:
    arrived = scene.server.accepted
    with scene.server.misbehaving(WAITS[wait]):
        scene.studio.press("Ctrl+Return")
        scene.studio.wait(lambda: scene.server.accepted > arrived)
        scene.studio.press("Esc")
        assert isinstance(scene.phase, Stopped)
        assert not scene.studio.sees("cancel")
        assert scene.studio.current.history[0].outcome == "CANCELLED"
    rows = len(scene.studio.current.history)
    assert scene.attempt().reason == "OK"
    assert len(scene.studio.current.history) == rows + 1


def test_U3_an_old_answer_does_not_land_on_a_new_request(scene) -> None:
    late, old = threading.Event(), []

    def answers_late(peer: Peer) -> None:
        if peer.read_request():
            old.append(scene.server.issue(APP_ID))
            late.wait(5)
            peer.send(answer(success(old[0])))

    with scene.server.misbehaving(answers_late):
        scene.studio.press("Ctrl+Return")
        scene.studio.wait(lambda: old)
        scene.studio.press("Esc")
    with scene.server.misbehaving(SILENT), scene.limited(IMPATIENT):
        scene.studio.press("Ctrl+Return")
        late.set()
        scene.studio.wait_for_outcome()
    assert isinstance(scene.phase, Failed)
    rules.nothing_older_is_shown(scene.studio, set(old))


class Abrupt(BaseException):
    """What no ``except Exception`` would hear of."""


RAISED: dict[type[BaseException], str] = {
    ValueError: "PROGRAM",
    MemoryError: "SYSTEM-RESOURCES",
    RecursionError: "PROGRAM",
    SystemExit: "PROGRAM",
    KeyboardInterrupt: "PROGRAM",
    GeneratorExit: "PROGRAM",
    StopIteration: "PROGRAM",
    Abrupt: "PROGRAM",
}


@pytest.mark.parametrize("kind", RAISED, ids=lambda kind: f"U7-{kind.__name__}")
def test_whatever_a_worker_raises_is_a_failure_in_our_words(
    scene, monkeypatch, kind: type[BaseException]
) -> None:
    hush = new_key()
    scene.keep_secret(hush)

    def fail(*_: object) -> None:
        raise kind(hush)

    with monkeypatch.context() as patch:
        patch.setattr(Issuing, "issue", fail)
        assert scene.attempt(posts=0).reason == RAISED[kind]


def raising_slot(scene: Scene, hush: str) -> None:
    def slot() -> None:
        raise RuntimeError(hush)

    QTimer.singleShot(0, slot)


def raising_signal(scene: Scene, hush: str) -> None:
    class Emitter(QObject):
        emitted = Signal()

    def slot() -> None:
        raise LookupError(hush)

    emitter = Emitter(scene.studio.window)
    emitter.emitted.connect(slot)
    emitter.emitted.emit()


FAULTY: dict[str, Callable[[Scene, str], None]] = {
    "U6-a-timer-raises": raising_slot,
    "U6-a-slot-raises": raising_signal,
}


@pytest.mark.parametrize("faulty", FAULTY)
def test_code_that_raises_is_told_once_without_its_words(scene, qtbot, faulty: str) -> None:
    hush = new_key()
    scene.keep_secret(hush)
    with qtbot.captureExceptions() as caught:
        hook = sys.excepthook
        sys.excepthook = scene.studio.program.crashes._caught
        try:
            FAULTY[faulty](scene, hush)
            dialog = scene.studio.dialog("textDialog")
        finally:
            sys.excepthook = hook
    assert "Error" in readable(dialog)
    assert hush not in readable(dialog)
    scene.studio.press("Esc")
    scene.studio.wait(lambda: not QApplication.activeModalWidget())
    assert not caught


@pytest.mark.parametrize(
    "keys", [("Ctrl+Return",), ("Ctrl+Return", "Tab"), ("Ctrl+Return", "Return")]
)
def test_U11_a_storm_of_keys_is_one_request(scene, keys: tuple[str, ...]) -> None:
    sent = scene.server.requests
    with scene.server.misbehaving(SILENT):
        for _ in range(30):
            scene.studio.press(*keys)
        scene.studio.wait(lambda: scene.server.requests > sent)
        scene.studio.press("Esc")
    assert scene.server.requests == sent + 1


def test_U11_a_storm_of_clicks_is_one_request(scene) -> None:
    sent, button = scene.server.requests, scene.studio.find("requestToken")
    with scene.server.misbehaving(SILENT):
        for _ in range(100):
            scene.studio.click_at(button, button.rect().center())
        scene.studio.wait(lambda: scene.server.requests > sent)
        scene.studio.press("Esc")
    assert scene.server.requests == sent + 1


STATES: dict[str, tuple[Script | None, tuple[str, ...]]] = {
    "U13-granted": (None, ("Ctrl+Return",)),
    "U13-token-page": (None, ("Ctrl+Return", "Alt+3")),
    "U13-header-page": (None, ("Ctrl+Return", "Alt+2")),
    "U13-request-page": (None, ("Ctrl+Return", "Alt+4")),
    "U13-refused": (sending(answer(b"{}", 401)), ("Ctrl+Return", "Ctrl+I")),
    "U13-removing": (None, ("Ctrl+Shift+Backspace",)),
}


@pytest.mark.parametrize("state", STATES)
def test_no_state_shows_key_or_token(scene, state: str) -> None:
    script, keys = STATES[state]
    with scene.server.misbehaving(script or scene.server.grant):
        for each in keys:
            scene.studio.press(each)
            scene.studio.wait_for_outcome()
    for window in QApplication.topLevelWidgets():
        text = readable(window) + visible_text(window)
        assert scene.key not in text
        assert not [each for each in scene.server.tokens if each.rpartition(".")[2] in text]
    if QApplication.activeModalWidget():
        scene.studio.dialog()
        scene.studio.press("Esc")
        scene.studio.wait(lambda: not QApplication.activeModalWidget())


def test_U15_ten_megabytes_of_words_do_not_hold_up_the_window(scene) -> None:
    outcome = scene.attempt_with(sending(answer(b'{"message":"' + b"x" * 10_000_000 + b'"}', 500)))
    assert outcome.token is None
    assert not isinstance(scene.phase, Granted)


@pytest.mark.parametrize(
    "keys",
    ["Control_L Return", "Return", "Alt_L r"],
    ids=["H18-chord", "H18-return", "H18-letter"],
)
def test_keys_that_are_held_down_ask_once(outside: ProcessScene, keys: str) -> None:
    outside.start()
    outside.type(outside.key)
    repeating = time.monotonic() + 1.5  # an X server begins to repeat after 0.66 s at the latest
    for each in keys.split():
        xdotool("keydown", each)
    eventually(lambda: time.monotonic() > repeating)
    for each in reversed(keys.split()):
        xdotool("keyup", each)
    assert outside.outcome() == "OK"
    assert outside.server.requests == 1
