"""The running window, found and worked through the accessibility bus by names alone."""

import secrets
import uuid

import pytest
from program.running import account, sandbox_account
from program.screen import clipboard, copied

from deepbrain_desktop.studios.sandbox import Sandbox
from deepbrain_desktop.studios.scenarios import SANDBOX_USER_KEY

BUTTON, CHECK_BOX, FIELD, LABEL = "push button", "check box", "text", "label"
ALWAYS = {
    "Accounts": "list",
    "App ID": FIELD,
    "User key": "password text",
    "Server": "combo box",
    "Remember": CHECK_BOX,
    "Request token": BUTTON,
}
WITH_A_TOKEN = {
    "Token status": LABEL,
    "Expiry": LABEL,
    "Claims": "table",
    "Copy token": BUTTON,
}
TABS = ("Claims", "Header", "Token", "Request")
WITH_A_FAILURE = {"Details": CHECK_BOX, "Copy report": BUTTON}


def test_every_control_is_found_by_its_name_in_the_state_that_has_it(home, open_window):
    home.keep_accounts(*map(sandbox_account, ("silent", "valid", "refused")))
    _, window = open_window(home)
    for name, role in ALWAYS.items():
        window.look(name, role=role)
    window.press("Request token")
    window.look("Cancel", role=BUTTON)
    window.press("Cancel")
    window.gone("Cancel")
    window.keys("ctrl+Next", "ctrl+Return")
    for name, role in WITH_A_TOKEN.items():
        window.look(name, role=role)
    for name in TABS:
        window.look(name, role="page tab")
    window.keys("ctrl+Next", "ctrl+Return")
    window.look("Message", words="not accepted")
    for name, role in WITH_A_FAILURE.items():
        window.look(name, role=role)


def test_the_whole_job_is_done_by_names(home, open_window):
    """Without a mouse, and without knowing where anything is."""
    _, window = open_window(home)
    window.choose("Server", "Sandbox")
    window.type("App ID", "studiov3.valid@sandbox.example")
    window.type("User key", SANDBOX_USER_KEY)
    window.press("Request token")
    window.look("Token status", words="Valid")
    window.look("Expiry", words="in 59 minutes")
    claims = {name: (value, meaning) for name, value, meaning in window.table("Claims")}
    assert claims["appId"][0] == "studiov3.valid@sandbox.example"
    assert claims["exp"][1] == "Expires at"
    window.focus("Copy token")
    window.keys("space")
    window.look("Clipboard", words="leaves the clipboard")
    assert clipboard().count(".") == 2


def test_the_user_key_is_in_no_state_to_be_read(home, open_window, keyring):
    key = str(uuid.uuid4())
    with Sandbox(remembered=1) as service:
        home.keep_accounts(
            account(
                "Mine",
                "studiov3.refused@sandbox.example",
                server="other",
                address=service.server.origin,
            ),
            account("Next", "next"),
        )
        running, window = open_window(home)
        window.type("User key", key)
        window.look("User key", words="●" * len(key))
        assert not leaks(window, key), "while it is typed"
        window.press("Request token")
        window.look("Message", words="not accepted")
        assert service.requests_seen[-1].body["userKey"] == key
        window.press("Details")
        window.look("Failure details")
        assert not leaks(window, key), "in a failure"
        window.look("User key", words="Saved in GNOME Keyring")
        assert not leaks(window, key), "when it is saved"
        window.press("Request token")
        window.look("Message", words="not accepted")
        assert service.wait_for_posts(2, seconds=5)
        assert not leaks(window, key), "when it was read again"
        window.keys("ctrl+Next")
        window.look("App ID", words="next")
        assert not leaks(window, key), "when another account is shown"
    assert key not in running.stderr + running.stdout


@pytest.mark.parametrize(
    "name",
    [
        "Request token",
        "Cancel",
        "Copy token",
    ],
)
def test_what_is_pressed_all_day_can_be_pressed_through_the_bus(name, home, open_window):
    home.keep_accounts(sandbox_account("silent" if name == "Cancel" else "valid"))
    _, window = open_window(home)
    if name != "Request token":
        window.keys("ctrl+Return")
    assert "Press" in window.look(name)["actions"]


def test_nobody_on_the_bus_hears_the_user_key(home, open_window, screen):
    """Not as it is typed, pasted, shown or masked, nor as it is taken out of the field again.

    While it is shown, who asks the field is told what stands there.
    """
    typed, pasted = (f"{secrets.randbelow(10**36):036}" for _ in range(2))
    home.keep_accounts(account("Someone", "someone@example.com", remember=False))
    _, window = open_window(home)
    with screen.listening() as heard:
        window.type("App ID", "heard@example.com")
        window.type("User key", typed)
        window.keys("BackSpace", "ctrl+d", "ctrl+Prior")
        window.look("User key", words="●" * 35)
        window.focus("User key")
        with copied(pasted):
            window.keys("ctrl+a", "ctrl+v")
            window.look("User key", words="●" * 36)
        window.press("Show user key")
        window.look("User key", words=pasted)
        window.press("Show user key")
        window.look("User key", words="●" * 36)
        window.press("Show user key")
        window.look("User key", words=pasted)
        window.press("Forget")
        window.gone("Forget")
    said = "".join(heard)
    assert "heard@example.com" in said
    assert not [each for each in said if each.isdigit()]


def test_what_came_of_it_is_spoken_whether_good_or_bad(home, open_window, screen):
    home.keep_accounts(*map(sandbox_account, ("refused", "valid")))
    _, window = open_window(home)
    with screen.listening() as heard:
        window.keys("ctrl+Return")
        window.look("Message", words="not accepted")
        window.keys("ctrl+Next", "ctrl+Return")
        window.look("Token status", words="Valid")
        window.keys("ctrl+shift+c")
        window.look("Clipboard", words="leaves the clipboard in")
        window.keys("ctrl+Prior")
        window.look("Details")
    spoken = ("App ID or user key not accepted. ", "Token: Valid. ", "Token copied")
    found = [start for each in heard for start in spoken if each.startswith(start)]
    assert found[:3] == list(spoken)


def test_that_a_request_was_cancelled_is_spoken_once(home, open_window, screen):
    home.keep_accounts(sandbox_account("silent"))
    _, window = open_window(home)
    with screen.listening() as heard:
        window.keys("ctrl+Return")
        window.look("Cancel")
        window.keys("Escape")
        window.gone("Cancel")
        window.keys("F2")
        window.look("Name")
        window.keys("Return")
        window.gone("Name")
    assert [each for each in heard if "Cancelled" in each] == ["Cancelled. No token was kept."]


def test_what_cannot_be_sent_is_spoken_where_the_cursor_stands_already(home, open_window, screen):
    home.keep_accounts(account("Mine", "studiov3.mine@app.example"))
    _, window = open_window(home)
    with screen.listening() as heard:
        window.focus("User key")
        window.keys("Return")
        window.look("User key", words="Enter the user key first.")
        window.keys("Return")
        window.look("User key", words="Enter the user key first.")
    assert "Enter the user key first." in heard


def test_text_that_dictation_software_enters_is_what_is_sent(home, open_window):
    with Sandbox(remembered=1) as service:
        address = service.server.origin
        home.keep_accounts(account("Mine", "before", server="other", address=address))
        _, window = open_window(home)
        window.type("User key", SANDBOX_USER_KEY)
        window.write("App ID", "studiov3.valid@sandbox.example")
        window.press("Request token")
        assert service.wait_for_posts(1, seconds=10)
        assert service.requests_seen[-1].body["appId"] == "studiov3.valid@sandbox.example"


def leaks(window, secret: str) -> list[dict]:
    return [each for each in window.tree() if secret in str(each)]
