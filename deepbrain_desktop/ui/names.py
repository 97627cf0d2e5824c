"""What an account is called where its name is shown."""

from deepbrain_desktop.account import Account
from deepbrain_desktop.studios.pasting import looks_secret
from deepbrain_desktop.ui.plain_text import one_line

LONGEST_NAME = 200
"""Characters that a name of the person's own may have."""


def display_name(account: Account) -> str:
    """Its name, or failing that the mail address of its app id."""
    name, mail = shown_name(account.name), shown_name(account.app_id).removeprefix("studiov3.")
    return name or mail or "New account"


def display_app_id(account: Account) -> str:
    """Its app id, on one line."""
    return shown_name(account.app_id)


def shown_name(text: str) -> str:
    """``text`` on one line, unless a secret was put there by mistake."""
    return "" if looks_secret(text) else one_line(text)
