"""Pasted texts, damaged and odd, through what looks for credentials in them and checks them."""

import json
import random
import uuid

from fuzz.campaign import Target, by_damage, without_stage
from fuzz.mutation import damaged

from deepbrain_desktop.studios.credentials import (
    LONGEST_USER_KEY,
    Credentials,
    InvalidValue,
    parse_server,
)
from deepbrain_desktop.studios.hints import Hint, app_id_hint, user_key_hint
from deepbrain_desktop.studios.pasting import LONGEST_TEXT, Found, find_credentials

APP_ID = "studiov3.someone@example.com"


def _samples(key: str) -> tuple[str, ...]:
    body = json.dumps({"appId": APP_ID, "userKey": key})
    url = "https://ai-streamer.deepbrain.io/api/v2/sessions/token"
    return (
        body,
        f"curl -X POST {url} -H 'Content-Type: application/json' -d '{body}'",
        f"appId={APP_ID} userKey={key}",
        f"App ID: {APP_ID}\nUser key: {key}\n",
        f"{APP_ID}\n{key}",
        f'export APP_ID="{APP_ID}"; export USER_KEY="{key}"',
        f"Hello,\n> our app id is {APP_ID} and the key is {key}.\nBest regards",
        url,
        key,
        APP_ID,
        json.dumps({"a": body}),
    )


_OTHERS = tuple(each.encode() for each in _samples("5a4db0c5-0000-4000-8000-000000000000"))
_WORDS = (
    b"appId",
    b"userKey",
    b"app id",
    b"api-key",
    b"appid=" * 500,
    b'app_id"' + b'"' * 9_000,
    b"user key" + b" " * 9_000,
    b"{" * 9_000,
    b"}" * 9_000,
    b"eyJ.a.b",
    b"studiov3.",
    b"@",
    b"https://",
    b"http://[::1",
    b"\\ud800",
    b"\xc2\xa0",
    b"\xe2\x80\x8b",
    b"a" * 70_000,
)


def _damaged_text(rng: random.Random) -> str:
    key = str(uuid.UUID(int=rng.getrandbits(128), version=4))
    sample = rng.choice(_samples(key)).encode()
    if rng.random() > 0.02:
        sample = damaged(rng, sample, _OTHERS, _WORDS)
    return sample.decode("utf-8", rng.choice(("replace", "surrogateescape")))


def _judge(text: str) -> bool:
    found = find_credentials(text)
    app_id, key = _values(found, text)
    hints = (app_id_hint(app_id, key), user_key_hint(key))
    assert all(hint is None or isinstance(hint, Hint) for hint in hints)
    _check_address(text)
    try:
        credentials = Credentials.parse(app_id, key)
    except InvalidValue:
        return False
    for value in (credentials.app_id, credentials.user_key.reveal()):
        # A space of another width is a hint's business.
        assert all(each.isprintable() or each.isspace() for each in value)
        assert len(value.splitlines()) == 1
    assert 0 < len(credentials.user_key.reveal()) <= LONGEST_USER_KEY
    return True


def _check_address(text: str) -> None:
    try:
        server = parse_server(text)
    except InvalidValue:
        return
    assert server.origin.startswith("https://") or server.is_loopback
    assert parse_server(server.origin) == server


def _values(found: Found | None, text: str) -> tuple[str, str]:
    if found is None:
        return text, text  # pasted as it stands
    assert len(text) <= LONGEST_TEXT
    app_id = found.app_id or ""
    key = found.user_key.reveal() if found.user_key else ""
    assert app_id or key, "found, but nothing"
    assert len(key) < 8 or key in app_id or key not in repr(found), "the key shows itself"
    whole = "\\" in text  # then a value may stand there in JSON's own writing
    assert all(value in text or whole for value in (app_id, key)), "made up"
    return app_id, key


DAMAGED = Target("pasted texts", by_damage(_damaged_text), without_stage(_judge))
