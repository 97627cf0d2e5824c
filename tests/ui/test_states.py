"""Each state of the screen, reached for real, with its own symbol, word and way out."""

import pytest
from PySide6.QtWidgets import QWidget
from studios.made_tokens import token_of
from ui.eyes import in_list, readable
from ui.stage import Clock, Studio, account, asking, with_key

from deepbrain_desktop.account import ServerKind
from deepbrain_desktop.session.state import Requesting
from deepbrain_desktop.studios.sandbox import Sandbox
from deepbrain_desktop.studios.sandbox_answers import Answer, carrying
from deepbrain_desktop.studios.sandbox_turn import Turn
from deepbrain_desktop.studios.scenarios import SANDBOX_USER_KEY
from deepbrain_desktop.system.lazy_keychain import NoKeychain
from deepbrain_desktop.ui.symbols import Symbol, Tone


def granted(open_studio, sandbox: Sandbox, scenario: str, **more: object) -> Studio:
    studio = open_studio(asking(sandbox, scenario), **more)
    with_key(studio)
    studio.request()
    return studio


# Without a request


def test_an_untried_account_is_ready(open_studio, sandbox) -> None:
    studio = open_studio(asking(sandbox, "valid"))
    assert studio.find("startWords").text() == "The token will be shown here."
    assert not studio.sees("trySandbox")
    assert studio.find("requestToken").isEnabled()
    status = in_list(studio)
    assert (status.symbol, status.short) == (Symbol.RING, "not tried")


def test_without_a_keychain_the_form_says_how_long_a_key_is_kept(open_studio) -> None:
    studio = open_studio(account("A", "studiov3.a@b.example"), keychain=NoKeychain())
    studio.fill("userKey", SANDBOX_USER_KEY)
    assert studio.form.user_key_hint.text.startswith("Kept until you quit")
    assert not studio.sees("saveKey")
    remember = studio.find("remember")
    assert not remember.isEnabled()
    assert not remember.isChecked()


# A token came


@pytest.mark.parametrize(
    ("scenario", "symbol", "tone", "word", "clock"),
    [
        ("valid", Symbol.CHECK, Tone.GOOD, "Valid", "59:5? left"),
        ("expiring", Symbol.WARNING, Tone.WARNING, "Expiring", "2:5? left"),
        ("expired", Symbol.CROSS, Tone.BAD, "Expired", "10:0? ago"),
        ("not-yet-valid", Symbol.CLOCK, Tone.WARNING, "Not yet valid", "valid in 9:5?"),
        ("no-expiry", Symbol.QUESTION, Tone.WARNING, "Lifetime unknown", ""),
        ("odd-claims", Symbol.QUESTION, Tone.WARNING, "Expiry not readable", ""),
        ("opaque", Symbol.QUESTION, Tone.WARNING, "Opaque token", ""),
        ("encrypted", Symbol.QUESTION, Tone.WARNING, "Opaque token", ""),
    ],
)
def test_a_token_is_shown_for_what_it_is(
    open_studio, sandbox, scenario, symbol, tone, word, clock
) -> None:
    studio = granted(open_studio, sandbox, scenario)
    status = in_list(studio)
    assert (status.symbol, status.tone) == (symbol, tone)
    assert studio.find("tokenStatus").text() == word
    shown = studio.find("countdown").text()
    assert len(shown) == len(clock)
    assert all(mine in (seen, "?") for mine, seen in zip(clock, shown, strict=True)), shown
    assert word in studio.find("tokenStatus").accessibleDescription()
    assert studio.find("copyToken").isEnabled()
    assert studio.find("unchecked").text() == "Decoded only: signature not checked"
    assert studio.sees("lifetime") == (scenario in ("valid", "expiring", "expired"))


def test_a_token_without_expiry_is_not_said_to_last_for_ever(open_studio, sandbox) -> None:
    studio = granted(open_studio, sandbox, "no-expiry")
    assert studio.find("expiry").text() == "No expiry stated: its lifetime is unknown"


def test_a_service_clock_that_is_off_gets_a_word_and_the_countdown_follows_it(
    open_studio, sandbox
) -> None:
    studio = granted(open_studio, sandbox, "clock-ahead")
    assert "This computer’s clock is 5 minutes slow" in studio.find("remarks").text()
    assert studio.find("countdown").text().startswith(("59:5", "1:00:00"))


def test_a_changed_form_is_told_from_what_the_token_was_issued_for(open_studio, sandbox) -> None:
    studio = granted(open_studio, sandbox, "valid")
    studio.click("appId")
    studio.press("End")
    studio.type("x")
    assert "Issued for studiov3.valid@sandbox.example" in studio.find("remarks").text()


def test_a_token_of_another_server_says_so(open_studio, sandbox) -> None:
    studio = granted(open_studio, sandbox, "valid")
    studio.program.session.accounts.edit(studio.current.id, server=ServerKind.PRODUCTION)
    assert "the server has been changed since" in studio.find("remarks").text()


def test_all_remarks_can_be_read_with_keys(open_studio, sandbox) -> None:
    studio = granted(open_studio, sandbox, "odd-claims")
    remarks = studio.find("remarks").accessibleDescription()
    assert "more)" in remarks
    studio.press("Alt+4")
    assert [name for name, _ in studio.result.request.facts].count("Remark") > 1


# The request is under way


def test_while_requesting_there_are_seconds_and_a_cancel_button(open_studio, sandbox) -> None:
    clock = Clock()
    studio = open_studio(asking(sandbox, "dripping"), elapsed=clock)
    with_key(studio)
    studio.press("Ctrl+Return")
    assert studio.find("busy").text() == "Requesting… 0 s"
    assert studio.sees("progress")
    assert not studio.find("requestToken").isEnabled()
    assert studio.form.app_id.isReadOnly()
    status = in_list(studio)
    assert (status.symbol, status.tone, status.short) == (Symbol.DOTS, Tone.BUSY, "requesting…")
    clock.advance(7)
    studio.wait(lambda: studio.page.busy.text() == "Requesting… 7 s")


def test_nothing_of_an_earlier_attempt_stays_to_be_seen(open_studio, sandbox) -> None:
    studio = granted(open_studio, sandbox, "valid")
    studio.press("Alt+3")
    studio.click("showToken")
    token = studio.token
    jti = next(each.value for each in studio.current.phase.decoded.claims if each.name == "jti")
    assert token in readable(studio.window)
    studio.click("address")
    studio.press("Ctrl+A")
    studio.type("http://127.0.0.1:9")
    studio.press("Ctrl+Return")
    assert isinstance(studio.current.phase, Requesting)
    for _ in range(2):
        seen = readable(studio.window)
        assert token not in seen
        assert jti not in seen
        studio.wait_for_outcome()


# Time goes by


def test_the_countdown_goes_down_from_the_end_and_turns_at_its_moments(
    open_studio, sandbox
) -> None:
    clock = Clock()
    studio = granted(open_studio, sandbox, "valid", elapsed=clock)

    def after(seconds: float, word: str) -> str:
        clock.advance(seconds)
        studio.wait(lambda: studio.result.status.text() == word)
        return studio.result.clock.text()

    assert after(0, "Valid").startswith("59:5")
    clock.advance(600)
    studio.wait(lambda: studio.result.clock.text().startswith("49:5"))
    assert in_list(studio).short == "49 min left"
    assert "in 49 minutes" in studio.find("expiry").text()
    assert after(2760, "Expiring").startswith("3:5")
    assert after(400, "Expired").endswith("ago")
    assert "Expired" in studio.find("expiry").text()
    assert in_list(studio).short == "expired"


@pytest.mark.parametrize("table", ["claims", "header"])
def test_claims_and_header_tell_anew_how_far_their_moments_are(open_studio, table) -> None:
    def replicated(turn: Turn) -> Answer:
        """Claims that stand in the header as well (RFC 7519, section 5.3)."""
        claims = turn.claims()
        return carrying(token_of(claims, {"alg": "HS256", "exp": claims["exp"]}))

    clock = Clock()
    with Sandbox(behaviours={"studiov3.replicated@sandbox.example": replicated}) as sandbox:
        studio = granted(open_studio, sandbox, "replicated", elapsed=clock)
    model = getattr(studio.result, table).model()
    names = [model.index(row, 0).data() for row in range(model.rowCount())]
    expires = model.index(names.index("exp"), 1)
    changed: list[int] = []
    model.dataChanged.connect(lambda first, *_: changed.append(first.row()))
    assert "in 59 minutes" in expires.data()
    clock.advance(600)
    studio.wait(lambda: expires.row() in changed)
    assert "in 49 minutes" in expires.data()


def test_a_remark_on_a_time_of_issue_to_come_stays_true_when_that_has_come(open_studio) -> None:
    def early(turn: Turn) -> Answer:
        return carrying(turn.sign(turn.claims(age=-630)))

    clock = Clock()
    with Sandbox(behaviours={"studiov3.early@sandbox.example": early}) as sandbox:
        studio = granted(open_studio, sandbox, "early", elapsed=clock)
    remark = "It says it was issued 10 minutes after it came."
    assert studio.find("remarks").text() == remark
    clock.advance(900)
    studio.wait(lambda: studio.result.clock.text().startswith("55:"))
    assert studio.find("remarks").text() == remark


def test_no_two_widgets_share_a_name(open_studio, sandbox) -> None:
    studio = open_studio(asking(sandbox, "valid"))
    with_key(studio)
    studio.request()
    parts = studio.page.findChildren(QWidget)
    names = [each.objectName() for each in parts if not each.objectName().startswith("qt_")]
    doubled = {name for name in names if name and names.count(name) > 1}
    assert not doubled
