"""The clipboard's faults, on a real X server with other programs on it."""

import signal
import subprocess
import time
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from faults.fault_server import answer
from faults.scene import APP_ID, Scene
from program.screen import clipboard_manager
from PySide6.QtGui import QClipboard, QGuiApplication
from PySide6.QtWidgets import QApplication
from studios.raw_server import Peer, success
from ui.others import offered, pasted
from ui.stage import Clock

from deepbrain_desktop.system import clock as clocks

SELECTIONS = ("clipboard", "primary", "secondary")
LIFETIME = 60.0


@pytest.fixture
def elapsed() -> Clock:
    return Clock()


@pytest.fixture
def scene(open_scene, elapsed) -> Scene:
    """A window whose countdowns stand still until they are set forward."""
    return open_scene(elapsed=elapsed)


def copy(scene: Scene) -> str:
    """Copy the token with the keyboard; what another program then pastes."""
    scene.studio.press("Ctrl+Shift+C")
    token = scene.studio.token
    assert pasted(scene.studio.bot) == token
    return token


def nobody_gets(scene: Scene, token: str) -> bool:
    return not any(token in pasted(scene.studio.bot, each) for each in SELECTIONS)


def test_C1_after_its_time_it_is_in_no_selection(scene, elapsed) -> None:
    token = copy(scene)
    assert "leaves the clipboard in" in scene.studio.find("lease").text()
    elapsed.advance(LIFETIME)
    scene.studio.wait(lambda: not scene.studio.find("lease").text())
    assert nobody_gets(scene, token)


@pytest.mark.parametrize("moment", ["C2-before-the-end", "C2-at-the-end", "C2-after-the-end"])
def test_what_others_copy_is_neither_read_nor_removed(scene, elapsed, moment: str) -> None:
    token = copy(scene)
    if moment == "C2-after-the-end":
        elapsed.advance(LIFETIME + 1)
    with offered(scene.studio.bot, "theirs"):
        if moment == "C2-at-the-end":
            elapsed.advance(LIFETIME)
        scene.studio.wait(lambda: not scene.studio.find("lease").text())
        elapsed.advance(LIFETIME)
        scene.studio.press("Ctrl+Shift+X")
        assert pasted(scene.studio.bot) == "theirs"
    assert nobody_gets(scene, token)


def test_C3_copying_again_begins_the_time_anew(scene, elapsed) -> None:
    copy(scene)
    elapsed.advance(LIFETIME - 1)
    token = copy(scene)
    elapsed.advance(LIFETIME - 1)
    assert pasted(scene.studio.bot) == token
    elapsed.advance(1)
    scene.studio.wait(lambda: not scene.studio.find("lease").text())
    assert nobody_gets(scene, token)


def test_C3_the_copy_of_a_newer_token_takes_the_place_of_the_older(scene, elapsed) -> None:
    older = copy(scene)
    assert scene.attempt().reason == "OK"
    newer = copy(scene)
    assert newer != older
    elapsed.advance(LIFETIME)
    scene.studio.wait(lambda: not scene.studio.find("lease").text())
    assert nobody_gets(scene, older)
    assert nobody_gets(scene, newer)


def test_C7_the_marks_for_clipboard_histories_are_there(scene) -> None:
    copy(scene)
    targets = pasted(scene.studio.bot, target="TARGETS").split()
    assert "x-kde-passwordManagerHint" in targets
    assert pasted(scene.studio.bot, target="x-kde-passwordManagerHint") == "secret"
    assert not [each for each in targets if "html" in each or "uri" in each]


@pytest.mark.parametrize("selection", SELECTIONS)
def test_C1_only_the_clipboard_is_taken(scene, selection: str) -> None:
    token = copy(scene)
    scene.studio.press("Alt+3", "Alt+K")
    scene.studio.wait(lambda: scene.studio.result.token.is_shown)
    scene.studio.press("Ctrl+A")
    assert (pasted(scene.studio.bot, selection) == token) == (selection == "clipboard")
    scene.studio.press("Alt+K")


@pytest.mark.parametrize("keys", ["Ctrl+C", "Ctrl+X", "Ctrl+Insert", "Shift+Delete"])
def test_C14_no_keys_copy_the_key(scene, keys: str) -> None:
    scene.studio.click("userKey")
    scene.studio.press("Ctrl+A", keys)
    assert all(pasted(scene.studio.bot, each) == "" for each in SELECTIONS)


@pytest.mark.parametrize("keys", ["Ctrl+C", "Ctrl+X", "Ctrl+Insert"])
def test_C14_a_shown_token_is_copied_by_the_protected_path_or_not(
    scene, elapsed, keys: str
) -> None:
    scene.studio.press("Alt+3", "Alt+K")
    scene.studio.wait(lambda: scene.studio.result.token.is_shown)
    scene.studio.click("tokenText")
    scene.studio.press("Ctrl+A", keys)
    if pasted(scene.studio.bot):
        assert pasted(scene.studio.bot, target="x-kde-passwordManagerHint") == "secret"
    elapsed.advance(LIFETIME)
    scene.studio.press("Alt+K")
    scene.studio.wait(lambda: not scene.studio.result.token.is_shown)
    token = scene.studio.token
    scene.studio.wait(lambda: nobody_gets(scene, token))


def test_C15_an_owner_that_does_not_answer_holds_up_nobody(scene) -> None:
    token = copy(scene)
    owner = subprocess.Popen(
        ["xclip", "-selection", "clipboard", "-in", "-quiet"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    with owner:
        owner.stdin.write(b"theirs")
        owner.stdin.close()
        board = QGuiApplication.clipboard()
        scene.studio.wait(lambda: board.text() == "theirs")
        owner.send_signal(signal.SIGSTOP)
        scene.studio.press("Ctrl+Shift+X")
        scene.studio.ask_for_menu("appId")
        scene.studio.press("Esc")
        scene.studio.wait(lambda: not QApplication.activePopupWidget())
        assert scene.attempt().reason == "OK"
        scene.studio.press("Ctrl+Shift+C")
        assert pasted(scene.studio.bot) == scene.studio.token != token
        owner.send_signal(signal.SIGCONT)
        owner.kill()


@pytest.mark.parametrize("jump", ["C12-slept", "C12-clock-set-forward"])
def test_the_time_is_over_by_whichever_clock_says_so(
    open_scene, elapsed, monkeypatch, jump: str
) -> None:
    ahead = [0.0]
    wall = SimpleNamespace(
        time=lambda: time.time() + ahead[0],
        clock_gettime=time.clock_gettime,
        CLOCK_BOOTTIME=time.CLOCK_BOOTTIME,
    )
    monkeypatch.setattr(clocks, "time", wall)
    scene = open_scene(elapsed=elapsed)
    token = copy(scene)
    if jump == "C12-slept":
        elapsed.advance(3600)
    else:
        ahead[0] = 3600.0
    assert pasted(scene.studio.bot) == ""
    assert nobody_gets(scene, token)


def test_C11_sixteen_thousand_characters_arrive_whole(scene) -> None:
    def long(peer: Peer) -> None:
        if peer.read_request():
            peer.send(answer(success(scene.server.issue(APP_ID, filling="x" * 11_800))))

    assert scene.attempt_with(long).reason == "OK"
    assert len(copy(scene)) > 15_800


@pytest.fixture
def manager() -> Iterator[subprocess.Popen[str]]:
    with clipboard_manager() as process:
        yield process


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_C5_a_clipboard_manager_is_handed_nothing_at_the_end(outside, manager, name: str) -> None:
    outside.start()
    outside.type(outside.key)
    outside.good_request()
    outside.end(getattr(signal, name))
    manager.terminate()
    assert manager.stdout.read() == ""


def test_C6_killed_without_a_farewell_the_clipboard_is_empty(outside) -> None:
    running = outside.start()
    outside.type(outside.key)
    outside.good_request()
    running.kill()
    assert not QGuiApplication.clipboard().text(QClipboard.Mode.Clipboard)


class TakenClipboard:
    """A system on which another program holds the clipboard."""

    def offer(self, *_: object) -> bool:
        return False

    def still_ours(self, _clipboard: QClipboard) -> bool:
        return False


def test_C9_what_could_not_be_copied_is_not_said_to_be(scene) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scene.studio.program.clipboard, "_concealment", TakenClipboard())
        scene.studio.press("Ctrl+Shift+C")
        assert scene.studio.window.statusBar().currentMessage().startswith("Could not copy")
        assert scene.studio.find("lease").text() == ""
    copy(scene)
