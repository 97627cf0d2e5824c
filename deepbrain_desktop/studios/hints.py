"""What looks unusual about typed credentials, before anything is sent; it never stops a request."""

import unicodedata
from enum import Enum

from deepbrain_desktop.studios.pasting import looks_like_app_id, looks_like_user_key


class Hint(Enum):
    """One thing worth a second look."""

    SWAPPED = "swapped"
    APP_ID_SHAPE = "app id shape"
    KEY_SHAPE = "key shape"
    TOKEN_AS_KEY = "token instead of key"  # noqa: S105 - a name
    INVISIBLE = "invisible"


def app_id_hint(app_id: str, user_key: str) -> Hint | None:
    """What is unusual about the app id; an empty one is just not typed yet."""
    text = app_id.strip()
    if not text:
        return None
    if _has_invisible(text):
        return Hint.INVISIBLE
    if looks_like_user_key(text) or (looks_like_app_id(user_key) and not looks_like_app_id(text)):
        return Hint.SWAPPED
    return None if looks_like_app_id(text) else Hint.APP_ID_SHAPE


def user_key_hint(user_key: str) -> Hint | None:
    """What is unusual about the user key."""
    text = user_key.strip()
    if not text:
        return None
    if _has_invisible(text):
        return Hint.INVISIBLE
    if text.startswith("eyJ") and text.count(".") == 2:
        return Hint.TOKEN_AS_KEY
    if looks_like_app_id(text):
        return Hint.SWAPPED
    return None if looks_like_user_key(text) else Hint.KEY_SHAPE


def _has_invisible(text: str) -> bool:
    return any(
        character != " "
        and (character.isspace() or unicodedata.category(character).startswith("C"))
        for character in text
    )
