"""What an account is called where its name is shown."""

from deepbrain_desktop.account import Account
from deepbrain_desktop.studios.pasting import looks_like_user_key
from deepbrain_desktop.ui.plain_text import one_line

LONGEST_NAME = 200
"""Characters that a name of the person's own may have."""


def display_name(account: Account) -> str:
    """Its name, or failing that the mail address of its app id."""
    app_id = "" if looks_like_user_key(account.app_id) else account.app_id.strip()
    return one_line(account.name) or one_line(app_id.removeprefix("studiov3.")) or "New account"
