"""The service's own words are foreign: shown as they are, short, and kept out of the report."""

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from ui.eyes import readable
from ui.others import pasted
from ui.stage import Studio, asking, new_key, with_key

from deepbrain_desktop.session.state import KeyPlace
from deepbrain_desktop.studios.decoded import LONGEST_SHOWN
from deepbrain_desktop.studios.sandbox import Sandbox
from deepbrain_desktop.studios.sandbox_answers import carrying, envelope


@pytest.fixture
def refused(open_studio, sandbox) -> Studio:
    studio = open_studio(asking(sandbox, "hostile-message"))
    with_key(studio)
    studio.request()
    studio.press("Ctrl+I")
    return studio


def said(studio: Studio) -> str:
    return dict(studio.page.details.facts)["Service said"]


def test_hostile_words_are_shown_escaped_and_cut(refused) -> None:
    words = said(refused)
    assert words.startswith("“<h1>Sign in again</h1>")
    assert words.isprintable()
    assert len(words) <= LONGEST_SHOWN + 2
    assert "\\u202e" in words
    label = next(each for each in refused.page.details.findChildren(QLabel) if each.text() == words)
    assert label.isVisible()
    assert label.textFormat() is Qt.TextFormat.PlainText


def test_hostile_words_are_nowhere_else(refused) -> None:
    assert "Sign in again" not in refused.find("message").accessibleDescription()
    assert "\x1b" not in readable(refused.window)
    assert "\u202e" not in readable(refused.window)
    for each in refused.window.findChildren(QLabel):
        assert each.textFormat() is Qt.TextFormat.PlainText or not each.text()
        assert not each.openExternalLinks()


def test_the_report_is_redacted_and_copied_to_stay(refused) -> None:
    refused.press("Ctrl+Shift+R")
    report = pasted(refused.bot)
    assert "API-4010" in report
    assert "HTTP status: 401" in report
    assert "h…@sandbox.example" in report or "…@sandbox.example" in report
    assert "hostile-message@" not in report
    assert refused.current.typed_key.reveal() not in report
    assert pasted(refused.bot, target="x-kde-passwordManagerHint") == ""
    assert refused.window.statusBar().currentMessage() == "Report copied"


def test_a_report_of_a_success_holds_no_token(open_studio, sandbox) -> None:
    studio = open_studio(asking(sandbox, "valid"))
    with_key(studio)
    studio.request()
    studio.press("Ctrl+Shift+R")
    report = pasted(studio.bot)
    assert "The service issued a token." in report
    assert not [part for part in studio.token.split(".") if part in report]


def test_the_report_does_not_say_that_a_typed_key_came_from_the_keychain(
    open_studio, sandbox
) -> None:
    studio = open_studio(asking(sandbox, "refused", remember=True))
    with_key(studio)
    studio.request()
    studio.wait(lambda: studio.current.key_place is KeyPlace.KEYCHAIN)
    studio.press("Ctrl+Shift+R")
    assert "Key for the next request: keychain" in pasted(studio.bot)


def test_a_service_that_repeats_the_key_does_not_bring_it_into_the_report(open_studio) -> None:
    key = new_key()
    words = json.dumps({"userKey": key, "mail": "jo.doe@example.com"})
    behaviours = {"studiov3.echo@sandbox.example": lambda _: envelope(401, 4010, words)}
    with Sandbox(behaviours=behaviours) as echoing:
        studio = open_studio(asking(echoing, "echo"))
        studio.fill("userKey", key)
        studio.request()
    studio.click("copyReport")
    report = pasted(studio.bot)
    assert key not in report
    assert "jo.doe@" not in report


def test_hostile_claims_are_shown_as_plain_text(open_studio, sandbox) -> None:
    studio = open_studio(asking(sandbox, "odd-claims"))
    with_key(studio)
    studio.request()
    model = studio.result.claims.model()
    rows = {
        model.index(row, 0).data(): model.index(row, 1).data() for row in range(model.rowCount())
    }
    assert rows["html"].startswith("<b>bold</b>")
    assert "\\u202e" in rows["bidi"]
    for name, value in rows.items():
        assert name.isprintable()
        assert value.replace("\n", "").isprintable()
        assert len(value) <= 2 * LONGEST_SHOWN
    tip = model.index(0, 1).data(Qt.ItemDataRole.ToolTipRole)
    assert tip is None


def test_two_thousand_claims_are_shown(open_studio) -> None:
    behaviours = {
        "studiov3.many@sandbox.example": lambda turn: carrying(
            turn.sign(turn.claims() | {f"c{n}": n for n in range(600)})
        )
    }
    with Sandbox(behaviours=behaviours) as many:
        studio = open_studio(asking(many, "many"))
        with_key(studio)
        studio.request()
    assert studio.result.claims.model().rowCount() > 600
