"""What is odd in a token's content is a note beside it; it stays a token that can be copied."""

import base64
import json
import time
from dataclasses import dataclass
from email.utils import formatdate

import pytest
from faults.scene import Scene
from faults.served import whole
from studios.made_tokens import HEADER, armoured, token_of
from studios.raw_server import success
from ui.eyes import readable

NOW = int(time.time())
DAY = 86_400
"""Seconds. These tokens are made when tests are collected, which may be long before their turn."""
GOOD = {"appId": "studiov3.a@b.example", "iat": NOW, "exp": NOW + DAY}


@dataclass(frozen=True)
class Odd:
    """A token, and what the window says of it."""

    id: str
    token: str
    status: str
    note: str = ""
    """Somewhere in the window, in small letters."""

    def __str__(self) -> str:
        return self.id


def expiring(name: str, exp: object, status: str = "Expiry not readable", note: str = "") -> Odd:
    """A token with this for its expiry, as JSON where it is a text of JSON."""
    text = exp if isinstance(exp, str) and not exp.startswith('"') else json.dumps(exp)
    return Odd(f"J3-{name}", token_of(f'{{"iat":{NOW},"exp":{text}}}'), status, note)


def headed(name: str, note: str, **header: object) -> Odd:
    return Odd(f"J5-{name}", token_of(GOOD, header), "Valid", note)


READABLE = (
    Odd("J1-expired", token_of(GOOD | {"exp": NOW - 90, "iat": NOW - 3600}), "Expired"),
    Odd("J1-expired-in-1970", token_of({"exp": 1}), "Expiry not readable"),
    Odd("J2-no-expiry", token_of({"appId": "a"}), "Lifetime unknown"),
    Odd("J2-no-claims", token_of({}), "Lifetime unknown", "empty object"),
    expiring("text", '"abc"'),
    expiring("digits-as-text", f'"{NOW + 60}"'),
    expiring("list", "[]"),
    expiring("object", "{}"),
    expiring("null", "null"),
    expiring("true", "true"),
    expiring("negative", "-5"),
    expiring("fraction", f"{NOW + DAY}.5", "Valid"),
    expiring("1e400", "1e400"),
    expiring("Infinity", "Infinity"),
    expiring("NaN", "NaN"),
    expiring("ten-to-the-30", "1" + "0" * 30),
    expiring("after-the-year-9999", "253402300800"),
    expiring("5000-digits", "9" * 5000),
    expiring("milliseconds", str((NOW + DAY) * 1000), note="milliseconds"),
    Odd("J4-not-before", token_of(GOOD | {"nbf": NOW + DAY // 2}), "Not yet valid"),
    Odd("J4-issued-ahead", token_of(GOOD | {"iat": NOW + DAY // 2}), "Valid", "issued"),
    headed("alg-none", "none: nobody signed", alg="none"),
    headed("alg-missing", "alg missing"),
    headed("alg-unknown", "not a registered", alg="XX999"),
    headed("alg-a-number", "alg is not a text", alg=7),
    headed("alg-rs256", "", alg="RS256"),
    headed("kid-a-number", "kid is not a text", alg="HS256", kid=7),
    headed("crit-unknown", "crit demands", alg="HS256", crit=["x"]),
    Odd("J5-no-signature", token_of(GOOD, signature=b""), "Valid", "no signature"),
    Odd("J7-b64-false", f"{armoured({'alg': 'HS256', 'b64': False, 'crit': ['b64']})}.a.b",
        "", "b64 is false"),
    Odd("J10-utf-16", token_of(json.dumps(GOOD).encode("utf-16")), "Valid", "another encoding"),
    Odd("J15-a-mail-address", token_of(GOOD | {"email": "someone@private.example"}), "Valid"),
    Odd("J12-900-claims", token_of(GOOD | {f"{each:x}": 1 for each in range(900)}), "Valid"),
    Odd("J12-one-long-claim", token_of(GOOD | {"c": "x" * 11_000}), "Valid"),
    Odd("J12-html-in-a-claim", token_of(GOOD | {"<b>c": "<img src=x>"}), "Valid", "<img src=x>"),
    Odd("J12-bidi-in-a-claim", token_of(GOOD | {"c": "\u202egpj.exe"}), "Valid"),
    Odd("J10-two-claims-of-one-name", token_of(f'{{"exp":{NOW + DAY},"a":1,"a":2}}'), "Valid",
        "twice"),
)  # fmt: skip
PAYLOAD = armoured(GOOD)
PADDED = base64.urlsafe_b64encode(b'{"exp":1900000000}' + b" " * 2).decode()
OPAQUE = (
    Odd("J8-one-part", "abcdefghijkl", "Opaque token"),
    Odd("J8-two-parts", f"{armoured(HEADER)}.{PAYLOAD}", ""),
    Odd("J8-four-parts", f"{token_of(GOOD)}.x", ""),
    Odd("J8-five-parts", f"{armoured({'alg': 'dir', 'enc': 'A256GCM'})}..a.b.c", "", "encrypted"),
    Odd("J9-not-base64", "!!!.???.###", "Opaque token"),
    Odd("J9-padded", f"{armoured(HEADER)}.{PADDED}.x", ""),
    Odd("J9-plus-and-slash", f"{armoured(HEADER)}.+/+/.x", ""),
    Odd("J10-a-list", token_of([1]), "", "not an object"),
    Odd("J10-a-text", token_of('"text"'), "", "not an object"),
    Odd("J10-null", token_of("null"), "", "not an object"),
    Odd("J10-bad-utf-8", token_of(b'{"a":"\xff"}'), ""),
    Odd("J10-empty", f"{armoured(HEADER)}..x", "", "no payload"),
    Odd("J11-deep-payload", token_of("[" * 6000 + "]" * 6000), "", ""),
    Odd("J11-deep-header", f"{armoured('[' * 6000 + ']' * 6000)}.{PAYLOAD}.x", "", ""),
    Odd("J16-dots-alone", "..", ""),
    Odd("J16-a-word", "opaque-session-token", "Opaque token", "not a readable jwt"),
    Odd("J16-quotes-and-slashes", "\"'`$(id)\\", "Opaque token"),
)  # fmt: skip


@pytest.mark.parametrize("odd", [*READABLE, *OPAQUE], ids=str)
def test_an_odd_token_is_shown_as_it_is_and_can_be_copied(scene: Scene, odd: Odd) -> None:
    body = json.dumps({"code": 1000, "data": {"session_token": odd.token}, "message": None})
    outcome = scene.attempt_with(whole(body.encode()))
    assert (outcome.reason, outcome.token) == ("OK", odd.token)
    assert scene.studio.find("copyToken").isEnabled()
    assert odd.status in scene.studio.find("tokenStatus").text()
    assert odd.note in readable(scene.studio.window).lower()
    assert "ignature not checked" in scene.words
    assert "\u202e" not in scene.words
    scene.studio.press("Alt+2", "Alt+3", "Alt+4", "Alt+1")


def test_j15_a_mail_address_in_a_claim_is_in_no_file(scene: Scene) -> None:
    mail = "someone-else@private.example"
    token = token_of(GOOD | {"email": mail})
    scene.attempt_with(whole(success(token)))
    assert mail in scene.words
    for file in scene.folder.rglob("*"):
        assert not file.is_file() or mail.encode() not in file.read_bytes(), file


@pytest.mark.parametrize(
    ("offset", "word"),
    [pytest.param(-DAY, "fast", id="J18-a-day-fast"), pytest.param(3600, "slow", id="J18-slow")],
)
def test_a_clock_that_is_wrong_is_told_and_does_not_count(scene: Scene, offset, word) -> None:
    theirs = time.time() + offset
    token = token_of({"iat": int(theirs), "exp": int(theirs) + 3600})
    scene.attempt_with(whole(success(token), 200, f"Date: {formatdate(theirs, usegmt=True)}"))
    assert scene.studio.find("tokenStatus").text() == "Valid"
    assert f"{word}; the countdown follows" in scene.words
    assert scene.studio.find("countdown").text().startswith(("59:", "1:00:00"))
