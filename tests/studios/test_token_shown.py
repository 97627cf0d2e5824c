"""Promises about what of a token is shown: rows J12 to J16 of the fault table."""

import json
import time
import uuid

import pytest
from studios.made_tokens import NOW, claim, detail, notes, token_of

from deepbrain_desktop.studios.decoded import (
    Entry,
    ExpiryNotStated,
    Kind,
    Note,
    Remark,
    escaped,
    shown,
)
from deepbrain_desktop.studios.faithful_json import read
from deepbrain_desktop.studios.token import DEEPEST, LONGEST_TOKEN, decode
from deepbrain_desktop.studios.validity import validity

# J12 to J16: size, privacy, opaque tokens


SLOWEST = {
    "2,000 claims": "{" + ",".join(f'"{"abcdefgh"[at % 8]}":0' for at in range(2000)) + "}",
    "empty objects": '{"a":[' + ",".join(["{}"] * 4000) + "]}",
    "deep and wide": '{"a":' + "[" * 255 + ",".join(["1"] * 5500) + "]" * 255 + "}",
    "invisible text": json.dumps({"a": "\u202e" * 3900}, ensure_ascii=False),
    "open quotes": '"\\' * 5900,
    "not a number": '{"a":[' + ",".join(["NaN"] * 2900) + "]}",
    "one long number": '{"exp":' + "9" * 11_900 + "}",
}


@pytest.mark.parametrize("payload", SLOWEST.values(), ids=SLOWEST.keys())
def test_j12_sixteen_kibibytes_are_read_within_50_ms(payload):
    token = token_of(payload)
    assert 15_000 < len(token) <= LONGEST_TOKEN

    def seconds() -> float:
        start = time.thread_time()
        decode(token)
        return time.thread_time() - start

    assert min(seconds() for _ in range(3)) < 0.05


def test_j12_all_of_2_000_claims_are_there():
    decoded = decode(token_of(SLOWEST["2,000 claims"]))
    assert len(decoded.claims) == 2_000
    assert decoded.kind is Kind.JWT


def test_j12_a_text_past_the_limit_is_not_read():
    at_limit = token_of({"a": "x" * 12_100})
    at_limit += "A" * (LONGEST_TOKEN - len(at_limit))
    assert decode(at_limit).kind is Kind.JWT
    for token in (at_limit + "A", "." * 5_000_000):
        decoded = decode(token)
        assert decoded.kind is Kind.OPAQUE
        assert decoded.remarks == (Remark(Note.TOO_LONG, str(len(token))),)


def test_j15_an_e_mail_address_is_shown_and_no_repr_tells_it():
    address = f"studiov3.{uuid.uuid4().hex}@example.com"
    token = token_of(
        {"sub": address, "exp": address, "nbf": address, address: 1},
        header={"alg": address, "kid": [address], address: 1},
    )
    decoded = decode(token)
    assert claim(decoded, "sub").value == address
    assert address in detail(decoded, Note.EXPIRY_UNREADABLE)
    read_alone = read(json.dumps({address: address}).encode(), DEEPEST)
    pieces = (
        decoded,
        *decoded.remarks,
        decoded.expiry,
        validity(decoded, NOW, NOW),
        read_alone,
        read_alone.value,
    )
    assert not any(address in repr(piece) for piece in pieces)
    assert address not in repr(claim(decoded, "sub"))


@pytest.mark.parametrize(
    "token", ["", ".", "..", "....", "www.example.com", "v2.local.AAAA", "한글", "\ud800", "a b"]
)
def test_j16_what_is_no_jwt_is_opaque(token):
    decoded = decode(token)
    assert decoded.kind is Kind.OPAQUE
    assert decoded.claims_json is None
    assert decoded.expiry == ExpiryNotStated()


@pytest.mark.parametrize("token", [uuid.uuid4().hex, str(uuid.uuid4())])
def test_j16_a_token_of_one_part_is_opaque_and_its_form_is_all_there_is_to_say(token):
    assert notes(decode(token)) == {Note.WRONG_NUMBER_OF_PARTS}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("qa@example.com", "qa@example.com"),
        ("한글 émigré 日本", "한글 émigré 日本"),
        ("a\nb\x1b[31m\x7f\x85", "a\\u000ab\\u001b[31m\\u007f\\u0085"),
        ("\u202egpj.exe\u2066", "\\u202egpj.exe\\u2066"),
        ("\ud800", "\\ud800"),
        ("a\u200b\u00a0\u2028\ufeff\u00ad", "a\\u200b\\u00a0\\u2028\\ufeff\\u00ad"),
        ("\u3164\u115f\u2800\u034f\ufe0f", "\\u3164\\u115f\\u2800\\u034f\\ufe0f"),
        ("⚠\ufe0f PROD", "⚠\ufe0f PROD"),
        ("⚠\ufe0f\ufe0f a\ufe0f", "⚠\ufe0f\\ufe0f a\\ufe0f"),
        ("\U000e0041", "\\udb40\\udc41"),
        ("C:\\temp", "C:\\temp"),
    ],
)
def test_what_cannot_be_seen_is_escaped_and_the_rest_is_left_alone(text, expected):
    assert escaped(text) == shown(text) == expected
    decoded = decode(token_of({text: text, "list": [text]}))
    assert decoded.claims[0] == Entry(expected, expected)
    assert decoded.claims[1].value.isprintable()
    assert json.loads(decoded.claims_json or "") == {text: text, "list": [text]}


def test_a_long_text_is_cut_at_300_characters_never_within_an_escape():
    assert shown("x" * 300) == "x" * 300
    assert shown("x" * 301) == "x" * 299 + "…"
    assert shown("x" * 298 + "\n") == "x" * 298 + "…"
    assert shown("x" * 294 + "\n") == "x" * 294 + "\\u000a"
    assert shown("\n" * 5_000_000) == "\\u000a" * 49 + "…"
