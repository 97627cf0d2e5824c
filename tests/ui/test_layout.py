"""Nothing is cut off at any size of window and letters, and nothing jumps."""

import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QWidget,
)
from ui.others import PATIENCE
from ui.stage import StagedKeychain, Studio, account, asking, with_key

from deepbrain_desktop.account import KeychainEntry, ServerKind, StoredKey
from deepbrain_desktop.studios.credentials import Secret
from deepbrain_desktop.ui.plain_text import ElidedLabel, breakable

WIDTHS = (700, 960, 1600)
STATES = ("blank", "typed", "kept", "granted", "requesting", "failed", "asking")


@pytest.fixture(params=[8, 11, 14, 20], ids=lambda points: f"{points}pt")
def letters(request, qapp) -> Iterator[int]:
    """Letters of this size, in points, in every window."""
    before = QApplication.font()
    font = QFont(before)
    font.setPointSize(request.param)
    QApplication.setFont(font)
    yield request.param
    QApplication.setFont(before)


def in_state(open_studio, sandbox, state: str) -> Studio:
    if state == "blank":
        return open_studio()
    if state == "kept":
        keychain = StagedKeychain()
        entry = KeychainEntry("DeepBrain Desktop: test", "test")
        keychain.keys[entry] = Secret("kept")
        kept = (StoredKey("ai-streamer.deepbrain.io", entry),)
        return open_studio(account("A", "studiov3.a@b.example", keys=kept), keychain=keychain)
    if state == "asking":
        elsewhere = {"server": ServerKind.OTHER, "address": "https://streamer.example.org"}
        studio = open_studio(account("A", "studiov3.a@b.example", **elsewhere))
        with_key(studio)
        studio.press("Ctrl+Return")
        return studio
    scenario = {"granted": "valid", "requesting": "dripping", "failed": "refused"}.get(state)
    studio = open_studio(asking(sandbox, scenario or "valid"))
    with_key(studio)
    if state == "requesting":
        studio.press("Ctrl+Return")
    elif state != "typed":
        studio.request()
    if state == "failed":
        studio.press("Ctrl+I")
    return studio


def texts(studio: Studio) -> list[QWidget]:
    kinds = (QLabel, QPushButton, QToolButton, QCheckBox, QComboBox, QLineEdit)
    return [
        each
        for each in studio.page.findChildren(QWidget)
        if isinstance(each, kinds)
        and each.isVisible()
        and not isinstance(each, ElidedLabel)
        and not isinstance(each.parent(), QLineEdit | QComboBox)
    ]


def is_cut(each: QWidget) -> bool:
    if isinstance(each, QLineEdit):
        return each.height() < each.minimumSizeHint().height()
    if isinstance(each, QLabel) and each.wordWrap():
        room, wraps = QRect(0, 0, each.width(), 10_000), Qt.TextFlag.TextWordWrap
        lines = each.fontMetrics().boundingRect(room, wraps, QLabel.text(each))
        return each.heightForWidth(each.width()) > each.height() or lines.width() > each.width()
    needed = each.sizeHint() if not isinstance(each, QComboBox) else each.minimumSizeHint()
    return needed.width() > each.width() or needed.height() > each.height()


def assert_whole(studio: Studio) -> None:
    cut = []
    for each in texts(studio):
        if is_cut(each):
            cut.append((each.objectName(), each.text() if hasattr(each, "text") else ""))
        place = QRect(each.mapTo(studio.window, QPoint(0, 0)), each.size())
        scrolled = studio.page.details.isAncestorOf(each)
        if not scrolled and not studio.window.rect().contains(place):
            cut.append((each.objectName(), "outside"))
    assert not cut


@pytest.mark.parametrize("state", STATES)
def test_nothing_is_cut_off(open_studio, sandbox, letters, state) -> None:
    studio = in_state(open_studio, sandbox, state)
    for width in WIDTHS:
        studio.window.resize(width, 720)
        # How long the X server and the layout take for it is the machine's affair.
        studio.bot.waitUntil(lambda: assert_whole(studio), timeout=PATIENCE)


def test_the_first_message_is_whole(open_studio, sandbox) -> None:
    studio = open_studio(asking(sandbox, "refused"))
    with_key(studio)
    studio.request()
    studio.bot.waitUntil(lambda: assert_whole(studio), timeout=PATIENCE)


LONGEST_HOST = f"ai-streamer.deepbrain.io.{'a' * 63}.{'b' * 63}.{'c' * 63}.evil.example"


def test_the_end_of_a_host_that_is_to_be_trusted_is_seen(open_studio) -> None:
    other = {"server": ServerKind.OTHER, "address": f"https://{LONGEST_HOST}"}
    studio = open_studio(account("Long", "studiov3.a@b.example", **other))
    with_key(studio)
    studio.request()
    assert studio.find("messageHeadline").text().startswith(f"{LONGEST_HOST} is not")
    for width in WIDTHS:
        studio.window.resize(width, 720)
        studio.bot.waitUntil(lambda: assert_whole(studio), timeout=PATIENCE)
        assert studio.window.width() == width


def test_a_long_path_is_broken_where_its_parts_meet() -> None:
    path = "/home/someone/.config/deepbrain-desktop/accounts.damaged-20261122-161204.json"
    pieces = breakable(f"as {path}. Next").split("\u200b")
    assert "".join(pieces) == f"as {path}. Next"
    assert {"home/", "desktop/", "accounts.", "damaged-"} <= set(pieces)
    assert breakable("of ai-streamer.deepbrain.io alone") == "of ai-streamer.deepbrain.io alone"


def test_the_end_of_a_name_that_is_to_be_removed_is_seen(open_studio) -> None:
    studio = open_studio(account("N" * 200, "studiov3.a@b.example"))
    studio.press("Ctrl+D", "Ctrl+Shift+Backspace")
    labels = studio.dialog().findChildren(QLabel)
    assert any("(copy)" in each.text() for each in labels)
    assert not [each.text() for each in labels if is_cut(each)]


@pytest.mark.parametrize("scenario", ["expired", "odd-claims"])
def test_moments_and_meanings_are_whole_as_the_window_opens_first(
    open_studio, sandbox, monkeypatch, scenario
) -> None:
    # Where it is another day than in UTC, a moment has two dates.
    monkeypatch.setenv("TZ", "WEST+12" if time.gmtime().tm_hour < 12 else "EAST-12")
    studio = open_studio(asking(sandbox, scenario))
    with_key(studio)
    studio.request()
    claims = studio.result.claims
    studio.wait(lambda: claims.viewport().width() > claims.columnWidth(1) > 0)
    rows = range(claims.model().rowCount())
    cells = [claims.model().index(row, column) for row in rows for column in (1, 2)]
    cut = [
        each.data()
        for each in cells
        if (each.column() == 2 or "\n" in each.data())
        and claims.sizeHintForIndex(each).width() > claims.columnWidth(each.column())
    ]
    assert not cut


def form_places(studio: Studio) -> dict[str, QRect]:
    """Where the parts of the form are that are there in every state."""
    names = ("appId", "userKey", "server", "requestToken", "accountName")
    found = {each: studio.find(each) for each in names}
    return {
        name: QRect(each.mapTo(studio.window, QPoint(0, 0)), each.size())
        for name, each in found.items()
    }


def test_the_form_stays_where_it_is_whatever_is_said(open_studio, sandbox) -> None:
    studio = open_studio(*(asking(sandbox, each) for each in ("valid", "refused", "dripping")))
    for each in studio.state.accounts:
        studio.session.keys.type_key(each.id, "typed")
    studio.bot.wait(20)
    before = form_places(studio)
    for _ in range(3):
        studio.press("Ctrl+Return")
        studio.bot.wait(20)
        assert form_places(studio) == before
        studio.wait_for_outcome()
        studio.bot.wait(20)
        assert form_places(studio) == before
        studio.press("Ctrl+I", "Ctrl+Shift+R")
        studio.bot.wait(20)
        assert form_places(studio) == before
        studio.press("Ctrl+PgDown")


def test_a_flaw_beside_a_field_moves_nothing(open_studio, sandbox) -> None:
    studio = open_studio(asking(sandbox, "valid", app_id=""))
    before = form_places(studio)
    studio.press("Ctrl+Return")
    studio.bot.wait(20)
    assert studio.form.app_id_hint.text
    assert form_places(studio) == before


def test_a_rate_limit_does_not_move_the_button(open_studio, sandbox) -> None:
    studio = open_studio(asking(sandbox, "rate-limited"))
    with_key(studio)
    studio.bot.wait(20)
    before = form_places(studio)["requestToken"]
    studio.request()
    studio.bot.wait(20)
    assert studio.find("requestToken").text().startswith("Wait")
    assert form_places(studio)["requestToken"] == before
