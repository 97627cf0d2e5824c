"""The envelope's faults: a success is one strictly, and the service's words are only quoted."""

import json
import secrets
from base64 import b64encode
from urllib.parse import quote

import pytest
from faults.rules import LONGEST_QUOTE
from faults.scene import Scene
from faults.served import Fault, each_of, fails, whole
from studios.odd_envelopes import MISSING, UNEXPECTED, envelope

from deepbrain_desktop.studios.credentials import PRODUCTION

LONGEST_TOKEN = 16 * 1024


@pytest.mark.parametrize("body", UNEXPECTED.values(), ids=UNEXPECTED.keys())
def test_anything_but_the_documented_envelope_is_no_success(scene: Scene, body) -> None:
    fails(scene, Fault("", whole(body), "API-FORMAT", "Unexpected answer"))


@pytest.mark.parametrize("body", MISSING.values(), ids=MISSING.keys())
def test_success_without_a_token_is_no_success(scene: Scene, body) -> None:
    fails(scene, Fault("", whole(body.encode()), "API-NO-TOKEN", "no token"))
    assert "None" not in scene.words


def with_token(token: object) -> bytes:
    return envelope(data={"session_token": token}).encode()


ODD_TOKENS = {
    "space": "a.b c",
    "leading-space": " a.b.c",
    "trailing-newline": "a.b.c\n",
    "nul": "a.b\0.c",
    "escape": "a.b\x1b[2J.c",
    "delete": "a.b\x7f.c",
    "header-injection": "a.b.c\r\nX-Injected: yes",
    "accent": "a.é.c",
    "homoglyph-dot": "a․b․c",
    "zero-width-space": "a.b\u200b.c",
    "bidi": "a.\u202eb.c",
    "lone-surrogate": "a.\ud800.c",
    "nothing-but-blanks": "   ",
}


@pytest.mark.parametrize("token", ODD_TOKENS.values(), ids=[f"A8-{name}" for name in ODD_TOKENS])
def test_a_token_that_is_not_printable_is_not_kept(scene: Scene, token) -> None:
    fails(scene, Fault("", whole(with_token(token)), "API-TOKEN-CHARACTERS", "unexpected char"))


@each_of(
    Fault("A9-one-too-many", whole(with_token("x" * (LONGEST_TOKEN + 1))), "API-TOKEN-LENGTH"),
    Fault("A9-5-MB", whole(with_token("x" * 5_000_000)), "HTTP-TOO-LARGE"),
)
def test_a_token_that_is_too_long_is_not_kept(scene: Scene, fault: Fault) -> None:
    fails(scene, fault)


def test_a9_the_longest_token_is_shown_and_copied_whole(scene: Scene) -> None:
    outcome = scene.attempt_with(whole(with_token("x" * LONGEST_TOKEN)))
    assert outcome.token == "x" * LONGEST_TOKEN


def refusing(code: int, status: int, message: object = "Says why") -> bytes:
    return json.dumps({"code": code, "data": None, "message": message}).encode()


CODES = {
    "A1-200-with-4010": (200, 4010, "not accepted"),
    "A1-200-with-4000": (200, 4000, "did not accept the form"),
    "A16-7777": (200, 7777, "code 7777"),
    "A16-0": (200, 0, "code 0"),
    "A16-minus-1": (200, -1, "code -1"),
    "A17-4000": (422, 4000, "did not accept the form"),
    "A17-4010": (401, 4010, "App ID or user key not accepted"),
    "A17-4030": (403, 4030, "may not create"),
    "A17-4040": (404, 4040, "does not know this app ID"),
    "A17-5000": (500, 5000, "internal error"),
}


@pytest.mark.parametrize(("status", "code", "says"), CODES.values(), ids=CODES.keys())
def test_each_code_has_words_of_its_own(scene: Scene, status, code, says) -> None:
    fails(scene, Fault("", whole(refusing(code, status), status), f"API-{code}", says))


MESSAGES = {
    "html": "<a href='https://evil.example'><img src=x onerror=alert(1)>sign in</a>",
    "markdown": "[sign in](https://evil.example)",
    "bidi": "user\u202egpj.exe\u2066",
    "ansi": "\x1b[2J\x1b]0;title\x07\x08\x08",
    "surrogate": "\ud800",
    "nul": "a\0b",
    "200-KB": "x" * 200_000,
    "100-KB-of-lines": "\n" * 50_000 + "x" * 50_000,
    "combining": "a" + "\u0301" * 5000,
    "korean": "사용자 키가 올바르지 않습니다",
}
CONTROLS = {
    *map(chr, range(0x20)),
    "\x7f",
    *"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
}


@pytest.mark.parametrize("message", MESSAGES.values(), ids=[f"A10-{name}" for name in MESSAGES])
def test_the_services_words_are_quoted_and_nothing_more(scene: Scene, message) -> None:
    fails(scene, Fault("", whole(refusing(4010, 401, message), 401), "API-4010"))
    scene.studio.press("Ctrl+I")
    quoted = dict(scene.studio.page.details.facts)["Service said"]
    assert not CONTROLS & set(quoted)
    assert len(quoted) <= LONGEST_QUOTE * 8, "each character may have been written out"
    scene.studio.press("Ctrl+I")


@pytest.mark.parametrize(
    "spelt",
    [
        pytest.param(str, id="A10-the-key"),
        pytest.param(lambda key: b64encode(key.encode()).decode(), id="A10-the-key-in-base64"),
        pytest.param(quote, id="A10-the-key-for-an-address"),
        pytest.param(str.upper, id="A10-the-key-in-capitals"),
        pytest.param(lambda key: f"{'.' * 290}{key}", id="A10-the-key-across-the-cut"),
    ],
)
def test_a_key_that_the_service_repeats_is_not_shown(scene: Scene, spelt) -> None:
    key = f"{secrets.token_hex(8)}/{secrets.token_hex(8)}=="
    scene.type_key(key)
    said = spelt(key)
    scene.keep_secret(said.lstrip("."))
    fails(scene, Fault("", whole(refusing(4010, 401, f"{said} is wrong"), 401), "API-4010"))
    scene.studio.press("Ctrl+I")
    assert said.lstrip(".") not in scene.words
    scene.studio.press("Ctrl+I")


def test_a18_production_is_where_the_documentation_s_heading_says() -> None:
    url = "https://ai-streamer.deepbrain.io/api/v2/sessions/token"
    assert PRODUCTION.token_url == url
