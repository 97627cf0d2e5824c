"""What is said about a failure."""

from dataclasses import dataclass
from enum import Enum


class Action(Enum):
    """The one thing that the message offers to do; values are the button's words."""

    TRY_AGAIN = "Try a&gain"
    OPEN_KEY_PAGE = "Open the &key page"
    TYPE_KEY = "Type the &key"
    EDIT_APP_ID = "&Change the app ID"
    EDIT_SERVER = "&Change the server"
    TRUST_HOST = "&Go on with this host"


@dataclass(frozen=True, slots=True)
class Explanation:
    """A failure in words: what happened, what to do, and the button that does it."""

    headline: str
    advice: str
    action: Action | None = Action.TRY_AGAIN
