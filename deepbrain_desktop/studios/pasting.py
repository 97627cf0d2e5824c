"""Find an app id and a user key in text that somebody sent."""

import json
import re
from dataclasses import dataclass

from deepbrain_desktop.studios.credentials import USER_KEY_SHAPE, Secret

LONGEST_TEXT = 65_536
"""Characters of a pasted text that are looked at; more is no message from a customer."""
LONGEST_VALUE = 16_384
"""Characters of a value that may still be one of the two, mistyped or not."""

_QUOTES = "\"'`“”‘’„«»"
_MARKS = _QUOTES + "*|()<>[]"
_AROUND = _MARKS + ",;.:"
"""What stands around a value that was copied out of a text."""
_BEFORE = rf"[\s\\{re.escape(_MARKS)}]*+"
_APP_ID_NAME = r"app[ _-]?id"
_USER_KEY_NAME = r"(?:user[ _-]?key|studio-api-key|api[ _-]?key)"
_VALUE = (
    rf"{_BEFORE}[:=：]{_BEFORE}"
    rf"(?!(?:{_APP_ID_NAME}|{_USER_KEY_NAME}){_BEFORE}[:=：])"  # there is no value, but a name
    rf"([^\s{_QUOTES},;&}}\\]+)"
)
_APP_ID = re.compile(rf"(?<![a-z]){_APP_ID_NAME}{_VALUE}", re.IGNORECASE)
_USER_KEY = re.compile(rf"(?<![a-z]){_USER_KEY_NAME}{_VALUE}", re.IGNORECASE)
_TOKEN = re.compile(r"eyJ[\w-]{8,}\.", re.ASCII)
"""How a JWT begins: with a JSON object in base64."""
_BETWEEN_WORDS = re.compile(r"[^\w.@-]+", re.ASCII)
"""What is neither in a key or a token nor in an app id."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a text holds of the two."""

    app_id: str | None
    user_key: Secret | None


def find_credentials(text: str) -> Found | None:
    """Credentials in a JSON body, a cURL line, ``appId=… userKey=…`` or bare values.

    Returns None where the text is nothing of the kind: then it is to be pasted as it stands.
    """
    if len(text) > LONGEST_TEXT:
        return None
    app_id, user_key = _from_json(text)
    app_id = app_id or _first(_APP_ID, text)
    user_key = user_key or _first(_USER_KEY, text)
    if app_id is None and user_key is None:
        app_id, user_key = _bare_pair(text)
    if app_id is None and user_key is None:
        return None
    if max(len(app_id or ""), len(user_key or "")) > LONGEST_VALUE:
        return None
    return Found(app_id, None if user_key is None else Secret(user_key))


def looks_like_app_id(text: str) -> bool:
    """Whether it has the documented shape ``studiov3.<mail address>``."""
    name, separator, mail = text.strip().partition(".")
    return bool(separator) and name == "studiov3" and "@" in mail


def looks_like_user_key(text: str) -> bool:
    """Whether it has the shape of a UUID, as in the documentation's sample."""
    return USER_KEY_SHAPE.fullmatch(text.strip()) is not None


def looks_secret(text: str) -> bool:
    """Whether one of its words is a user key or a token, put into whatever field by mistake."""
    words = (word.strip("._-") for word in _BETWEEN_WORDS.split(text))
    return any(looks_like_user_key(word) or _TOKEN.match(word) for word in words)


def _from_json(text: str) -> tuple[str | None, str | None]:
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start:
        return None, None
    try:
        body = json.loads(text[start : end + 1])
    except (ValueError, RecursionError):
        return None, None
    if not isinstance(body, dict):
        return None, None
    app_id, user_key = body.get("appId"), body.get("userKey")
    return (
        app_id if isinstance(app_id, str) and app_id else None,
        user_key if isinstance(user_key, str) and user_key else None,
    )


def _first(pattern: re.Pattern[str], text: str) -> str | None:
    match = pattern.search(text)
    return (match.group(1).rstrip(_AROUND) or None) if match else None


def _bare_pair(text: str) -> tuple[str | None, str | None]:
    words = [word.strip(_AROUND) for word in text.split()]
    keys = {word for word in words if looks_like_user_key(word)}
    # Alone with a key, any mail address will do; among other words it must have the shape.
    fits = (lambda word: "@" in word) if len(words) == 2 else looks_like_app_id
    app_ids = {word for word in words if fits(word)}
    if len(keys) != 1 or len(app_ids) != 1:
        return None, None
    return app_ids.pop(), keys.pop()
