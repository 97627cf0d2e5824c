"""The clipboard is X11's, and whoever pastes from it or copies over it is another process."""

import contextlib
import gc
import math
import os
import secrets
import signal
import subprocess
import sys
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QClipboard

from deepbrain_desktop.system.clipboard import Clipboard, Lease

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="X11 and xclip")

SELECTIONS = str(Path(__file__).with_name("x11_selections.py"))
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0
        self.readings = 0

    def __call__(self) -> float:
        self.readings += 1
        return self.now


class Pasted(NamedTuple):
    status: int
    content: bytes


@pytest.fixture
def elapsed() -> Clock:
    return Clock()


@pytest.fixture
def wall() -> Clock:
    return Clock()


@pytest.fixture
def token() -> str:
    return secrets.token_urlsafe(64)


@pytest.fixture
def system_clipboard(qapp) -> Iterator[QClipboard]:
    yield qapp.clipboard()
    qapp.clipboard().clear()


@pytest.fixture
def clipboard(system_clipboard, elapsed, wall) -> Iterator[Clipboard]:
    clipboard = Clipboard(system_clipboard, elapsed, wall)
    yield clipboard
    clipboard.clear()


@pytest.fixture
def leases(clipboard) -> list[Lease | None]:
    heard: list[Lease | None] = []
    clipboard.lease_changed.connect(heard.append)
    return heard


@pytest.fixture
def paste(qtbot, tmp_path) -> Callable[..., Pasted]:
    """Read a selection in another process, while ours goes on serving it."""

    def paste(target: str = "UTF8_STRING", selection: str = "clipboard") -> Pasted:
        with (tmp_path / "pasted").open("wb") as out:
            command = ["xclip", "-o", "-selection", selection, "-t", target]
            reader = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL)
            qtbot.waitUntil(lambda: reader.poll() is not None, timeout=20_000)
        return Pasted(reader.returncode, (tmp_path / "pasted").read_bytes())

    return paste


def owner(selection: str) -> int:
    """Who owns a selection, asked of the X server; our own event loop stands still meanwhile."""
    command = [sys.executable, SELECTIONS, "owner", selection.upper()]
    return int(subprocess.run(command, capture_output=True, check=True).stdout)


@pytest.fixture
def copied_elsewhere() -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Let another program own a selection; returns as soon as the server knows."""
    with contextlib.ExitStack() as others:

        def copied_elsewhere(text: str, selection: str = "clipboard") -> subprocess.Popen[bytes]:
            before = owner(selection)
            other = subprocess.Popen(
                ["xclip", "-i", "-quiet", "-selection", selection],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            others.callback(other.wait)
            others.callback(other.kill)
            assert other.stdin is not None
            other.stdin.write(text.encode())
            other.stdin.close()
            deadline = time.monotonic() + 10
            while owner(selection) in {0, before}:
                assert time.monotonic() < deadline
            return other

        yield copied_elsewhere


def assert_nothing_is_left(paste: Callable[..., Pasted], token: str) -> None:
    for selection in ("clipboard", "primary", "secondary"):
        for target in ("UTF8_STRING", "STRING", "text/plain", "text/plain;charset=utf-8"):
            status, content = paste(target, selection)
            assert status != 0 or content == b"", (selection, target)
            assert token.encode() not in content


def test_another_program_pastes_what_was_copied(clipboard, leases, elapsed, token, paste):
    assert clipboard.copy(token, "Token", 60)

    assert paste() == (0, token.encode())
    assert paste("STRING") == (0, token.encode())
    assert paste("text/plain;charset=utf-8") == (0, token.encode())
    assert clipboard.lease == Lease("Token", elapsed.now + 60)
    assert leases == [clipboard.lease]


def test_the_copy_says_that_it_is_a_secret(clipboard, token, paste):
    clipboard.copy(token, "Token", 60)

    assert "x-kde-passwordManagerHint" in paste("TARGETS").content.decode().splitlines()
    assert paste("x-kde-passwordManagerHint") == (0, b"secret")


# Above 16 MB the transfer is cut into pieces (INCR), as above 256 KB on some servers.
@pytest.mark.parametrize("size", [16 * 1024, 2_000_000, 17_000_000])
def test_long_texts_arrive_whole(clipboard, paste, size):
    text = secrets.token_hex(size // 2)
    clipboard.copy(text, "Token", 60)

    assert paste() == (0, text.encode())


def test_text_in_any_script_arrives_whole(clipboard, paste):
    text = "계정 “тест” 🔑\nline\ttab"
    clipboard.copy(text, "Claims", 60)

    assert paste() == (0, text.encode())


@pytest.mark.parametrize("which", ["elapsed", "wall"])
def test_after_its_time_nobody_gets_it_even_if_the_timer_is_late(
    clipboard, elapsed, wall, token, paste, which
):
    clipboard.copy(token, "Token", 60)
    {"elapsed": elapsed, "wall": wall}[which].now += 60

    assert clipboard.lease is None
    assert_nothing_is_left(paste, token)


def test_before_its_time_it_is_there(clipboard, elapsed, wall, token, paste):
    clipboard.copy(token, "Token", 60)
    elapsed.now += 59.9
    wall.now += 59.9

    assert paste() == (0, token.encode())


def test_a_wall_clock_set_back_gives_no_extra_time(clipboard, elapsed, wall, token, paste):
    clipboard.copy(token, "Token", 60)
    elapsed.now += 60
    wall.now -= 3600

    assert_nothing_is_left(paste, token)


def test_the_timer_ends_the_lease(qtbot, system_clipboard, token, paste):
    clipboard = Clipboard(system_clipboard, time.monotonic)
    with qtbot.waitSignal(clipboard.lease_changed, check_params_cb=lambda lease: lease is None):
        clipboard.copy(token, "Token", 0.02)

    assert clipboard.lease is None
    assert_nothing_is_left(paste, token)


def test_a_timer_that_fires_early_takes_nothing_away(qtbot, clipboard, leases, elapsed, token):
    clipboard.copy(token, "Token", 0.01)
    lease = clipboard.lease
    readings = elapsed.readings
    qtbot.waitUntil(lambda: elapsed.readings > readings + 4)

    assert clipboard.lease == lease
    elapsed.now += 0.01
    qtbot.waitUntil(lambda: leases == [lease, None])


def test_the_lease_is_looked_at_when_the_person_comes_back(qapp, clipboard, leases, wall, token):
    clipboard.copy(token, "Token", 60)
    wall.now += 60
    qapp.applicationStateChanged.emit(qapp.applicationState())

    assert leases[1:] == [None]


def test_nothing_wakes_up_before_the_end(clipboard, token):
    (timer,) = clipboard.findChildren(QTimer)

    clipboard.copy(token, "Token", 60)
    assert timer.isSingleShot()
    assert timer.interval() == 60_000
    clipboard.copy(token, "Token", 1e9)  # more than a timer can count
    assert timer.isActive()
    clipboard.copy(token, "Token", None)
    assert not timer.isActive()
    clipboard.copy(token, "Token", 60)
    clipboard.clear()
    assert not timer.isActive()


def test_without_an_end_it_stays(clipboard, elapsed, wall, token, paste):
    clipboard.copy(token, "Token", None)
    elapsed.now = wall.now = math.inf

    assert clipboard.lease == Lease("Token", None)
    assert paste() == (0, token.encode())


def test_copying_again_starts_anew(clipboard, leases, elapsed, wall, token, paste):
    clipboard.copy(token, "Token", 60)
    elapsed.now += 50
    wall.now += 50
    clipboard.copy(token, "Token", 60)
    elapsed.now += 50
    wall.now += 50

    assert paste() == (0, token.encode())
    assert leases == [Lease("Token", 1060.0), Lease("Token", 1110.0)]
    elapsed.now += 10
    assert_nothing_is_left(paste, token)


def test_clear_leaves_nothing_and_says_so_once(clipboard, leases, token, paste):
    clipboard.copy(token, "Token", 60)
    clipboard.clear()
    clipboard.clear()

    assert clipboard.lease is None
    assert leases[1:] == [None]
    assert owner("clipboard") == 0
    assert_nothing_is_left(paste, token)


class Text(str):
    """A str that can be watched."""


@pytest.mark.parametrize("end", ["clear", "expiry"])
def test_the_secret_is_not_kept_in_memory(clipboard, elapsed, token, paste, end):
    text = Text(token)
    watch = weakref.ref(text)
    clipboard.copy(text, "Token", 60)
    del text
    assert watch() == token
    if end == "clear":
        clipboard.clear()
    else:
        elapsed.now += 60
        paste()

    gc.collect()
    assert watch() is None


def test_clear_without_a_copy_touches_nothing(clipboard, leases, copied_elsewhere, paste):
    copied_elsewhere("theirs")
    clipboard.clear()

    assert paste() == (0, b"theirs")
    assert leases == []


@pytest.mark.parametrize("end", ["clear", "expiry"])
def test_what_another_program_copied_is_left_alone(
    qtbot, clipboard, leases, elapsed, token, copied_elsewhere, paste, end
):
    clipboard.copy(token, "Token", 60)
    copied_elsewhere("theirs")
    qtbot.waitUntil(lambda: clipboard.lease is None)

    elapsed.now += 60
    if end == "clear":
        clipboard.clear()
    assert paste() == (0, b"theirs")
    assert leases[1:] == [None]


def test_the_news_that_another_program_copied_may_come_late(
    clipboard, token, copied_elsewhere, paste
):
    clipboard.copy(token, "Token", 60)
    copied_elsewhere("theirs")
    clipboard.clear()  # before any event was read

    assert paste() == (0, b"theirs")


@pytest.mark.parametrize("news", ["read", "not read yet"])
def test_another_program_that_does_not_answer_holds_nothing_up(
    qtbot, clipboard, token, copied_elsewhere, news
):
    clipboard.copy(token, "Token", 60)
    copied_elsewhere("theirs").send_signal(signal.SIGSTOP)
    before = time.monotonic()
    if news == "read":
        qtbot.waitUntil(lambda: clipboard.lease is None)
    clipboard.clear()

    assert time.monotonic() - before < 2  # Qt waits five seconds for an owner's answer


def test_another_copy_of_this_program_ends_the_lease_and_stays(
    system_clipboard, clipboard, leases, token, paste
):
    clipboard.copy(token, "Token", 60)
    system_clipboard.setText("a report")

    assert clipboard.lease is None
    assert leases[1:] == [None]
    clipboard.clear()
    assert paste() == (0, b"a report")


@pytest.mark.qt_log_ignore("Cannot set X11 selection owner")
def test_a_copy_that_did_not_get_there_is_not_called_one(
    clipboard, leases, token, copied_elsewhere, paste
):
    clipboard.copy("earlier", "Token", 60)
    copied_elsewhere("theirs")
    # No event was read since: the server finds our request older than theirs and refuses it.
    assert not clipboard.copy(token, "Token", 60)

    assert clipboard.lease is None
    assert leases[1:] == [None]
    assert paste() == (0, b"theirs")


def test_primary_and_secondary_are_never_touched(
    clipboard, elapsed, token, copied_elsewhere, paste
):
    copied_elsewhere("first", "primary")
    copied_elsewhere("second", "secondary")
    clipboard.copy(token, "Token", 60)
    assert paste(selection="primary") == (0, b"first")
    clipboard.clear()
    clipboard.copy(token, "Token", 60)
    elapsed.now += 60

    assert paste(selection="primary") == (0, b"first")
    assert paste(selection="secondary") == (0, b"second")


COPY_AND_QUIT = """
import sys, time
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from deepbrain_desktop.system.clipboard import Clipboard

application = QGuiApplication([])
if sys.argv[1] == "protected":
    clipboard = Clipboard(application.clipboard(), time.monotonic)
    assert clipboard.copy(sys.argv[2], "Token", None)
else:
    application.clipboard().setText(sys.argv[2])
QTimer.singleShot(0, application.quit)
sys.exit(application.exec())
"""


def copy_and_quit(how: str, token: str, platform: str = "xcb") -> None:
    ended = subprocess.run(
        [sys.executable, "-c", COPY_AND_QUIT, how, token],
        env={**ENVIRONMENT, "QT_QPA_PLATFORM": platform},
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")


@pytest.mark.parametrize("platform", ["xcb", "offscreen"])
def test_quitting_leaves_nothing_and_ends_cleanly(token, paste, platform):
    copy_and_quit("protected", token, platform)

    assert owner("clipboard") == 0
    assert_nothing_is_left(paste, token)


@pytest.fixture
def kept() -> Iterator[Callable[[], str]]:
    """Run a clipboard manager; ends it and returns the line about what it kept, if any."""
    with subprocess.Popen(
        [sys.executable, SELECTIONS, "keep"], stdout=subprocess.PIPE, text=True
    ) as manager:
        assert manager.stdout is not None
        assert manager.stdout.readline() == "ready\n"

        def kept() -> str:
            manager.kill()
            return manager.stdout.read().strip()

        yield kept
        manager.kill()


def test_a_clipboard_manager_is_handed_nothing_at_exit(token, kept):
    copy_and_quit("protected", token)

    assert kept() == ""


def test_a_clipboard_manager_would_be_handed_an_unprotected_copy(token, kept):
    copy_and_quit("bare", token)

    assert kept() == f"kept {token.encode().hex()}"
