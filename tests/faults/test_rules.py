"""The rules see what breaks them: each breach is planted, and the rule fails."""

import base64
import contextlib
import json
import logging
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from faults import rules
from faults.fault_server import FaultServer, answer
from faults.metronome import Stalls
from faults.scene import Scene
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot
from studios.made_tokens import token_of
from studios.raw_server import Peer, ask, sending, success


@pytest.fixture
def unwatched(
    qtbot: QtBot,
    folder: Path,
    server: FaultServer,
    capfd: pytest.CaptureFixture[str],
    _logging_as_before: None,
) -> Iterator[Scene]:
    """A scene that the test itself holds to the rules."""
    scene = Scene(qtbot, folder, server, lambda: "".join(capfd.readouterr()))
    try:
        scene.begin()
        yield scene
        scene.stop_watching()
    finally:
        scene.close()


@pytest.fixture
def idle_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is forgiven anything."""
    monkeypatch.setattr(rules, "machine_is_pressed", lambda: False)


def breaks(rule: str) -> "pytest.RaisesExc[AssertionError]":
    return pytest.raises(AssertionError, match=f"{rule}: ")


# R1


def leaks_of(scene: Scene, **environment: str) -> Callable[[], None]:
    return lambda: rules.no_secret_leaks(
        scene.studio, {scene.key}, scene.folder, scene.read_printed(), environment
    )


def test_every_leak_of_a_secret_is_seen(unwatched: Scene, monkeypatch) -> None:
    key, window, leaks = unwatched.key, unwatched.studio.window, leaks_of(unwatched)
    leaks()
    plants: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "title": (lambda: window.setWindowTitle(key), lambda: window.setWindowTitle("")),
        "tool tip": (lambda: window.setToolTip(key), lambda: window.setToolTip("")),
        "status bar": (
            lambda: window.statusBar().showMessage(f"{key} saved"),
            window.statusBar().clearMessage,
        ),
        "accessible name": (
            lambda: window.setAccessibleName(key),
            lambda: window.setAccessibleName(""),
        ),
        "accessible description": (
            lambda: window.setAccessibleDescription(key.upper().lower()),
            lambda: window.setAccessibleDescription(""),
        ),
        "what is this": (lambda: window.setWhatsThis(key[:16]), lambda: window.setWhatsThis("")),
        "object name": (
            lambda: unwatched.studio.form.setObjectName(key),
            lambda: unwatched.studio.form.setObjectName("form"),
        ),
    }
    for place, (plant, remove) in plants.items():
        plant()
        with breaks("R1"):
            leaks()
        remove()
        assert place
    label = QLabel(base64.b64encode(b"id:" + key.encode()).decode(), window)
    with breaks("R1"):
        leaks()
    label.setText("")
    leaks()
    for printed in (key, json.dumps({"key": key}), key.encode().hex()):
        print(printed)
        with breaks("R1"):
            leaks()
    with breaks("R1"):
        leaks_of(unwatched, TOKEN=key)()
    leaks()


WRITTEN = {
    "plain": str.encode,
    "utf-16": lambda key: key.encode("utf-16"),
    "base64": lambda key: base64.b64encode(key.encode()),
    "percent": lambda key: "".join(f"%{ord(each):02X}" for each in key).encode(),
    "hex": lambda key: key.encode().hex().encode(),
    "first-half": lambda key: b"..." + key[:16].encode(),
    "last-half": lambda key: key[-16:].encode() + b"...",
}


def test_a_secret_in_a_file_is_seen_in_every_spelling(unwatched: Scene) -> None:
    for written in WRITTEN.values():
        file = unwatched.folder / "state/some.log"
        file.write_bytes(b"before " + written(unwatched.key) + b" after")
        with breaks("R1"):
            rules.no_secret_in_files(unwatched.folder, {unwatched.key})
        file.unlink()
    named = unwatched.folder / f"core-{unwatched.key}"
    named.touch()
    with breaks("R1"):
        rules.no_secret_in_files(unwatched.folder, {unwatched.key})
    named.unlink()
    rules.no_secret_in_files(unwatched.folder, {unwatched.key})


def test_a_secret_in_the_program_s_own_log_is_seen(unwatched: Scene) -> None:
    for handler in logging.getLogger().handlers:
        for redacting in list(handler.filters):
            handler.removeFilter(redacting)
        handler.setFormatter(logging.Formatter("%(message)s"))
    logging.getLogger("deepbrain_desktop.session").warning("asked with %s", unwatched.key)
    with breaks("R1"):
        rules.no_secret_in_files(unwatched.folder, {unwatched.key})


def test_a_secret_in_the_environment_of_a_process_is_seen() -> None:
    name = "PATH"
    secret = os.environ[name][:12]
    with breaks("R1"):
        rules.no_secret_is_shown_by_the_system(os.getpid(), {secret})


def test_a_core_file_is_seen(tmp_path: Path) -> None:
    rules.no_core_is_left(tmp_path)
    (tmp_path / "core.4711").touch()
    with breaks("R1"):
        rules.no_core_is_left(tmp_path)


# R2


def test_a_stall_of_the_window_is_seen(unwatched: Scene, idle_machine) -> None:
    # Long, since of what a busy machine did meanwhile the window is forgiven too much.
    QTimer.singleShot(0, unwatched.studio.window, lambda: threading.Event().wait(2))
    unwatched.bot.wait(50)
    with breaks("R2"):
        rules.window_answered(unwatched.stop_watching())


def test_many_short_stalls_are_seen(idle_machine) -> None:
    rules.window_answered(Stalls(0.24, 0.049))
    with breaks("R2"):
        rules.window_answered(Stalls(0.1, 0.06))
    with breaks("R2"):
        rules.window_answered(Stalls(0.3, 0.0))


# R3 and R4


@pytest.mark.parametrize("name", ["appId", "accounts", "requestToken"])
def test_a_control_that_stays_disabled_is_seen(unwatched: Scene, name) -> None:
    control = unwatched.studio.find(name)
    control.setEnabled(False)
    with breaks("R3"):
        rules.controls_are_usable(unwatched.studio)
    control.setEnabled(True)
    rules.controls_are_usable(unwatched.studio)


def test_a_request_that_seems_to_go_on_is_seen(unwatched: Scene) -> None:
    leftover = QWidget(unwatched.studio.window)
    leftover.setObjectName("cancel")
    leftover.show()
    with breaks("R3"):
        rules.controls_are_usable(unwatched.studio)


def test_a_fault_that_does_not_pass_is_seen(unwatched: Scene) -> None:
    refusing = sending(answer(b'{"code":4010,"data":null,"message":null}', 401))
    with unwatched.server.misbehaving(refusing), breaks("R3"):
        unwatched.make_good_request()


def test_a_good_request_that_is_slow_or_brings_another_s_token_is_seen(idle_machine) -> None:
    rules.recovered(0.9, "token", "token")
    with breaks("R3"):
        rules.recovered(1.1, "token", "token")
    with breaks("R3"):
        rules.recovered(0.1, "token", "another")
    with breaks("R3"):
        rules.recovered(0.1, None, "another")


def test_an_older_token_granted_again_is_seen(unwatched: Scene) -> None:
    older = next(iter(unwatched.server.tokens))
    with breaks("R4"):
        unwatched.attempt_with(sending(answer(success(older))))


def test_an_older_token_that_stays_on_the_screen_is_seen(unwatched: Scene) -> None:
    older = set(unwatched.server.tokens)
    with breaks("R4"):
        rules.nothing_older_is_shown(unwatched.studio, older)
    unwatched.attempt_with(sending())
    rules.nothing_older_is_shown(unwatched.studio, older)
    left = QLabel(next(iter(older)), unwatched.studio.window)
    left.show()
    with breaks("R4"):
        rules.nothing_older_is_shown(unwatched.studio, older)


# R5


def test_a_second_post_is_seen(unwatched: Scene) -> None:
    with breaks("R5"):
        unwatched.attempt(meanwhile=lambda: ask(unwatched.server.server))


def test_a_post_for_what_is_not_to_be_sent_is_seen(unwatched: Scene) -> None:
    with breaks("R5"):
        unwatched.attempt(posts=0)


@pytest.mark.parametrize(("rows", "posts"), [(0, 1), (2, 1), (1, 0), (1, 2)])
def test_one_request_has_one_outcome_and_one_post(rows, posts) -> None:
    rules.one_outcome(1, 1, 1)
    with breaks("R5"):
        rules.one_outcome(rows, posts, 1)


# R6


def test_what_is_left_behind_is_seen(unwatched: Scene) -> None:
    before = rules.belongings()

    def nothing_left() -> None:
        rules.nothing_is_left(unwatched.studio, before, patience=50)

    nothing_left()
    released = threading.Event()
    thread = threading.Thread(target=released.wait, args=(10,))
    thread.start()
    with breaks("R6"):
        nothing_left()
    released.set()
    thread.join()
    reading, writing = os.pipe()
    with breaks("R6"):
        nothing_left()
    os.close(reading)
    os.close(writing)
    window = QWidget()
    with breaks("R6"):
        nothing_left()
    window.deleteLater()
    del window


# R7


@contextlib.contextmanager
def instead(label: QLabel, text: str) -> Iterator[None]:
    """Let a label say this for the length of a block."""
    before = label.text()
    label.setText(text)
    yield
    label.setText(before)


@pytest.mark.parametrize(
    ("part", "text"),
    [
        ("messageHeadline", " "),
        ("messageAdvice", ""),
        ("reason", ""),
        ("reason", "timeout"),
        ("reason", "<NET>"),
        ("messageHeadline", "ConnectionError('nothing')"),
        ("messageHeadline", "Traceback (most recent call last)"),
        ("messageAdvice", "The token is None"),
        ("messageAdvice", "<b>Try</b> again"),
    ],
)
def test_a_message_that_is_not_clear_is_seen(unwatched: Scene, part, text) -> None:
    unwatched.attempt_with(sending())
    rules.message_is_clear(unwatched.studio)
    with instead(unwatched.studio.find(part), text), breaks("R7"):
        rules.message_is_clear(unwatched.studio)


@pytest.mark.parametrize("form", [Qt.TextFormat.AutoText, Qt.TextFormat.RichText])
def test_a_label_that_takes_markup_is_seen(unwatched: Scene, form) -> None:
    unwatched.attempt_with(sending())
    label = unwatched.studio.find("messageAdvice")
    label.setTextFormat(form)
    with breaks("R7"):
        rules.message_is_clear(unwatched.studio)
    label.setTextFormat(Qt.TextFormat.PlainText)


# R8


TOKEN = token_of({"sub": "someone"})


def granting(code: str, data: str = json.dumps({"session_token": TOKEN})) -> bytes:
    return answer(f'{{"code":{code},"data":{data},"message":null}}'.encode())


NO_SUCCESS = {
    "text": granting('"1000"'),
    "float": granting("1000.0"),
    "exponent": granting("1e3"),
    "true": granting("true"),
    "list": granting("[1000]"),
    "null": granting("null"),
    "another": granting("4010"),
    "without-code": answer(success(TOKEN).replace(b'"code":1000,', b"")),
    "twice": answer(success(TOKEN).replace(b"{", b'{"code":4010,', 1)),
    "created": answer(success(TOKEN), 201),
    "refused": answer(success(TOKEN), 401),
    "another-token": answer(success("another")),
    "nothing": b"",
}


@pytest.mark.parametrize("sent", NO_SUCCESS.values(), ids=NO_SUCCESS.keys())
def test_a_success_that_is_none_is_seen(sent: bytes) -> None:
    rules.success_is_strict(TOKEN, [answer(success(TOKEN))])
    with breaks("R8"):
        rules.success_is_strict(TOKEN, [sent])


def test_a_success_out_of_nowhere_is_seen(unwatched: Scene) -> None:
    def behind_its_back(peer: Peer) -> None:
        if peer.read_request():
            Peer.send(peer, b"")
            super(type(peer), peer).send(answer(success(TOKEN)))

    with breaks("R8"):
        unwatched.attempt_with(behind_its_back)
