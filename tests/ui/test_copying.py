"""What is copied, in which form, and for how long it stays."""

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QClipboard, QGuiApplication
from PySide6.QtWidgets import QApplication
from ui.others import offered, pasted
from ui.stage import Clock, Studio, asking, with_key

from deepbrain_desktop.session.state import Granted
from deepbrain_desktop.studios.snippets import CODE_FORMS, VARIABLE, Form, snippet
from deepbrain_desktop.system.lazy_keychain import NoKeychain
from deepbrain_desktop.ui.copy_buttons import FORM_NAMES

HINT = "x-kde-passwordManagerHint"


def granted(open_studio, sandbox, scenario: str = "valid", **more: object) -> Studio:
    studio = open_studio(asking(sandbox, scenario), asking(sandbox, "refused"), **more)
    with_key(studio)
    studio.request()
    assert isinstance(studio.current.phase, Granted)
    return studio


def choose_form(studio: Studio, name: str) -> None:
    """Open the menu beside the copy button by its shortcut, and click a form in it."""
    studio.press("Ctrl+Alt+C")
    studio.wait(QApplication.activePopupWidget)
    menu = QApplication.activePopupWidget()
    if name not in [each.objectName() for each in menu.actions()]:
        more = next(each for each in menu.actions() if each.menu())
        studio.click_at(menu, menu.actionGeometry(more).center())
        menu = more.menu()
        studio.wait(menu.isVisible)
    action = next(each for each in menu.actions() if each.objectName() == name)
    assert action.isEnabled()
    studio.click_at(menu, menu.actionGeometry(action).center())
    studio.wait(lambda: not QApplication.activePopupWidget())


def is_lent(studio: Studio) -> bool:
    return pasted(studio.bot, target=HINT) == "secret" and studio.sees("lease")


@pytest.mark.parametrize("form", [Form.TOKEN, Form.HEADER, Form.ENVIRONMENT])
def test_every_form_of_the_token_is_lent(open_studio, sandbox, form) -> None:
    studio = granted(open_studio, sandbox)
    choose_form(studio, f"copy-{form.value}-with-token")
    phase = studio.current.phase
    assert pasted(studio.bot) == snippet(form, sandbox.server.origin, phase.token)
    assert is_lent(studio)


@pytest.mark.parametrize("form", CODE_FORMS)
def test_code_without_the_token_is_copied_to_stay(open_studio, sandbox, form) -> None:
    studio = granted(open_studio, sandbox)
    studio.press("Ctrl+Shift+C")
    choose_form(studio, f"copy-{form.value}")
    text = pasted(studio.bot)
    assert text == snippet(form, sandbox.server.origin, None)
    assert VARIABLE in text
    assert studio.token not in text
    assert pasted(studio.bot, target=HINT) == ""
    assert studio.result.lease.text() == ""


@pytest.mark.parametrize("form", CODE_FORMS)
def test_code_with_the_token_is_lent(open_studio, sandbox, form) -> None:
    studio = granted(open_studio, sandbox)
    choose_form(studio, f"copy-{form.value}-with-token")
    text = pasted(studio.bot)
    assert text == snippet(form, sandbox.server.origin, studio.current.phase.token)
    assert studio.token in text
    assert is_lent(studio)


def test_the_claims_are_lent_as_json(open_studio, sandbox) -> None:
    studio = granted(open_studio, sandbox)
    choose_form(studio, "copy-claims")
    assert pasted(studio.bot) == studio.current.phase.decoded.claims_json
    assert is_lent(studio)


def test_each_form_is_copied_by_its_letter(open_studio, sandbox) -> None:
    studio = granted(open_studio, sandbox)
    told: list[str] = []
    studio.program.workspace.copying.told.connect(told.append)
    for letter in "TAECPNJ":
        studio.press("Ctrl+Alt+C")
        studio.wait(QApplication.activePopupWidget)
        studio.press(letter)
        assert not QApplication.activePopupWidget()
    copied = [each.removesuffix(" copied") for each in told if each.endswith(" copied")]
    assert copied == [FORM_NAMES[form] for form in Form]


def test_claims_that_cannot_be_read_are_not_offered(open_studio, sandbox) -> None:
    studio = granted(open_studio, sandbox, "opaque")
    studio.press("Ctrl+Alt+C")
    studio.wait(QApplication.activePopupWidget)
    offered_forms = {
        each.objectName() for each in QApplication.activePopupWidget().actions() if each.isEnabled()
    }
    studio.press("Esc")
    assert "copy-token-with-token" in offered_forms
    assert "copy-claims" not in offered_forms


@pytest.mark.parametrize("keys", ["Ctrl+C", "Ctrl+Ins"])
def test_rows_of_claims_are_lent(open_studio, sandbox, keys) -> None:
    studio = granted(open_studio, sandbox)
    studio.press("Alt+1", "Ctrl+A", keys)
    rows = pasted(studio.bot).splitlines()
    assert "appId\tstudiov3.valid@sandbox.example" in rows
    assert is_lent(studio)
    studio.press("Ctrl+Shift+X")
    studio.choose(studio.menu("Edit"), "copy")
    assert pasted(studio.bot).splitlines() == rows


def test_a_click_on_the_button_copies_the_token(open_studio, sandbox) -> None:
    studio = granted(open_studio, sandbox)
    studio.click("copyToken")
    assert pasted(studio.bot) == studio.token
    assert studio.window.statusBar().currentMessage() == "Token copied"


@pytest.mark.parametrize("scenario", ["valid", "no-expiry"])
def test_the_time_on_the_clipboard_counts_down_and_ends(open_studio, sandbox, scenario) -> None:
    clock = Clock()
    studio = granted(open_studio, sandbox, scenario, elapsed=clock)
    studio.press("Ctrl+Shift+C")
    lease = studio.find("lease")
    assert lease.text() == f"Token of {scenario}: leaves the clipboard in 1:00"
    clock.advance(15)
    studio.wait(lambda: lease.text() == f"Token of {scenario}: leaves the clipboard in 0:45")
    clock.advance(46)
    studio.wait(lambda: lease.text() == "")
    assert pasted(studio.bot) == ""


def test_whose_token_is_lent_is_said_beside_every_account(open_studio, sandbox) -> None:
    clock = Clock()
    first = asking(sandbox, "valid", "QA team")
    long = "A name that is longer than a line of the window has room for"
    studio = open_studio(
        first, asking(sandbox, "no-expiry", long), asking(sandbox, "refused"), elapsed=clock
    )
    with_key(studio)
    studio.request()
    studio.press("Ctrl+Shift+C")
    assert not studio.find("leaseElsewhere").text()
    studio.press("Ctrl+PgUp")
    assert not studio.sees("lease")
    assert studio.find("leaseElsewhere").text() == "Token of QA team: leaves the clipboard in 1:00"
    clock.advance(15)
    studio.wait(lambda: studio.find("leaseElsewhere").text().endswith("0:45"))
    studio.press("Ctrl+PgUp")
    with_key(studio)
    studio.request()
    assert studio.find("lease").text() == "Token of QA team: leaves the clipboard in 0:45"
    studio.press("Ctrl+Shift+C")
    assert studio.find("lease").text() == (
        "Token of A name that is longer than a line of th…: leaves the clipboard in 1:00"
    )
    studio.press("Ctrl+PgUp", "Ctrl+Shift+X")
    assert studio.find("lease").text() == studio.find("leaseElsewhere").text() == ""


@pytest.mark.parametrize("form", [Form.TOKEN, Form.CURL, Form.CLAIMS])
def test_what_is_lent_of_an_earlier_token_is_told_from_the_one_that_is_shown(
    open_studio, sandbox, form
) -> None:
    studio = granted(open_studio, sandbox, elapsed=Clock())
    what = f"{FORM_NAMES[form]} of valid"
    choose_form(studio, f"copy-{form.value}{'' if form is Form.CLAIMS else '-with-token'}")
    assert studio.find("lease").text() == f"{what}: leaves the clipboard in 1:00"
    studio.fill("appId", "edited")
    assert studio.find("lease").text() == f"{what}: leaves the clipboard in 1:00"
    studio.fill("appId", "studiov3.valid@sandbox.example")
    studio.request()
    assert isinstance(studio.current.phase, Granted)
    earlier = f"{what} (an earlier one): leaves the clipboard in 1:00"
    assert studio.find("lease").text() == earlier
    studio.press("Ctrl+PgDown")
    assert studio.find("leaseElsewhere").text() == earlier
    studio.press("Ctrl+PgUp", "Ctrl+Shift+C")
    assert studio.find("lease").text() == "Token of valid: leaves the clipboard in 1:00"


def test_copying_again_begins_the_time_anew(open_studio, sandbox) -> None:
    clock = Clock()
    studio = granted(open_studio, sandbox, elapsed=clock)
    studio.press("Ctrl+Shift+C")
    clock.advance(50)
    studio.press("Ctrl+Shift+C")
    assert studio.find("lease").text().endswith("in 1:00")


def test_the_time_is_chosen_in_a_menu_and_kept(open_studio, sandbox) -> None:
    studio = granted(open_studio, sandbox, elapsed=Clock())
    tools = studio.menu("Tools")
    lifetimes = next(each.menu() for each in tools.actions() if each.menu())
    studio.choose(lifetimes, "lifetime15")
    assert studio.preferences.clipboard_lifetime == 15
    studio.press("Ctrl+Shift+C")
    assert studio.find("lease").text().endswith("in 0:15")
    studio.choose(lifetimes, "lifetime0")
    studio.press("Ctrl+Shift+C")
    assert studio.find("lease").text() == "Token of valid: on the clipboard until you quit"
    assert [each.text() for each in lifetimes.actions() if each.isChecked()] == ["Only when I quit"]


def test_the_clipboard_can_be_cleared_at_once(open_studio, sandbox) -> None:
    studio = granted(open_studio, sandbox)
    studio.press("Ctrl+Shift+C", "Ctrl+Shift+X")
    assert pasted(studio.bot) == ""
    assert studio.find("lease").text() == ""


def test_quitting_takes_the_token_off_the_clipboard(open_studio, sandbox) -> None:
    studio = granted(open_studio, sandbox)
    studio.press("Ctrl+Shift+C")
    assert pasted(studio.bot) == studio.token
    studio.program.shut_down()
    assert pasted(studio.bot) == ""


def test_removing_the_account_takes_the_token_off_the_clipboard(open_studio, sandbox) -> None:
    studio = granted(open_studio, sandbox, keychain=NoKeychain())
    studio.press("Ctrl+Shift+C", "Ctrl+Shift+Backspace")
    studio.dialog()
    studio.press("Alt+R")
    studio.wait(lambda: len(studio.state.accounts) == 1)
    assert pasted(studio.bot) == ""


def test_forgetting_the_key_takes_the_token_off_the_clipboard(open_studio, sandbox) -> None:
    studio = granted(open_studio, sandbox)
    studio.press("Ctrl+Shift+C")
    studio.click("forgetKey")
    assert pasted(studio.bot) == ""


def test_what_another_program_copies_meanwhile_stays(open_studio, sandbox) -> None:
    studio = granted(open_studio, sandbox)
    studio.press("Ctrl+Shift+C")
    with offered(studio.bot, "of another program"):
        studio.wait(lambda: studio.find("lease").text() == "")
        studio.press("Ctrl+Shift+X")
        assert pasted(studio.bot) == "of another program"


class TakenClipboard:
    """A system on which another program holds the clipboard."""

    def offer(self, *_: object) -> bool:
        return False

    def still_ours(self, _clipboard: QClipboard) -> bool:
        return False

    def withdraw(self, _clipboard: QClipboard) -> None:
        raise AssertionError


def test_what_could_not_be_copied_is_not_said_to_be(open_studio, sandbox) -> None:
    studio = granted(open_studio, sandbox)
    studio.program.clipboard._concealment = TakenClipboard()
    studio.press("Ctrl+Shift+C")
    assert studio.window.statusBar().currentMessage().startswith("Could not copy")
    assert studio.find("lease").text() == ""


def test_without_a_token_there_is_nothing_to_copy(open_studio, sandbox) -> None:
    studio = open_studio(asking(sandbox, "refused"))
    assert not studio.program.workspace.actions_by_name["copyToken"].isEnabled()
    studio.press("Ctrl+Shift+C")
    assert QGuiApplication.clipboard().text() == ""
    assert studio.window.childAt(QPoint(5, 5)) is not None
