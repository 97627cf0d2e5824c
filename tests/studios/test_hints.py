import uuid

import pytest

from deepbrain_desktop.studios.hints import Hint, app_id_hint, user_key_hint

APP_ID = "studiov3.user@example.com"
KEY = str(uuid.uuid4())


@pytest.mark.parametrize(
    ("app_id", "user_key", "hint"),
    [
        ("", "", None),
        ("  ", KEY, None),
        (APP_ID, KEY, None),
        (f" {APP_ID}\n", "", None),
        ("user@example.com", KEY, Hint.APP_ID_SHAPE),
        ("studiov3.user", KEY, Hint.APP_ID_SHAPE),
        (KEY, "", Hint.SWAPPED),
        (KEY, APP_ID, Hint.SWAPPED),
        ("something", APP_ID, Hint.SWAPPED),
        (APP_ID, APP_ID, None),
        (f"{APP_ID}\u200b", KEY, Hint.INVISIBLE),
        ("studiov3.us\u00a0er@example.com", KEY, Hint.INVISIBLE),
        ("studiov3.\u202euser@example.com", KEY, Hint.INVISIBLE),
        ("studiov3.us\ner@example.com", KEY, Hint.INVISIBLE),
    ],
)
def test_what_is_unusual_about_an_app_id(app_id, user_key, hint):
    assert app_id_hint(app_id, user_key) is hint


@pytest.mark.parametrize(
    ("user_key", "hint"),
    [
        ("", None),
        (" ", None),
        (KEY, None),
        (f"\t{KEY.upper()} ", None),
        (KEY[:-1], Hint.KEY_SHAPE),
        ("two words", Hint.KEY_SHAPE),
        (APP_ID, Hint.SWAPPED),
        ("eyJhbGciOiJIUzI1NiJ9.e30.c2ln", Hint.TOKEN_AS_KEY),
        ("eyJhbGciOiJIUzI1NiJ9", Hint.KEY_SHAPE),
        (f"{KEY[:8]}\u200b{KEY[8:]}", Hint.INVISIBLE),
        (f"\u2066{KEY}", Hint.INVISIBLE),
    ],
)
def test_what_is_unusual_about_a_user_key(user_key, hint):
    assert user_key_hint(user_key) is hint
