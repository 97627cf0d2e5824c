"""A secret is found in foreign words, whatever they have done to it."""

import base64
import html
import json
import secrets
import uuid
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from studios.raw_server import (
    RawServer,
    answering,
    ask,
    credentials_for,
    no_proxies,
    nothing_left_behind,
)

from deepbrain_desktop.studios import errors
from deepbrain_desktop.studios.client import StudiosClient
from deepbrain_desktop.studios.traces import has_trace


@pytest.fixture(autouse=True)
def _leaves_nothing():
    with nothing_left_behind():
        yield


SPELT = {
    "plain": str,
    "capitals": str.upper,
    "percent": lambda key: quote(key, safe=""),
    "percent-of-all": lambda key: "".join(f"%{ord(each):02x}" for each in key),
    "percent-twice": lambda key: quote("".join(f"%{ord(each):02x}" for each in key)),
    "html": lambda key: "".join(f"&#{ord(each)};" for each in key),
    "html-names": html.escape,
    "json": json.dumps,
    "unicode-escapes": lambda key: "".join(f"\\u{ord(each):04x}" for each in key),
    "hex-escapes": lambda key: "".join(f"\\x{ord(each):02x}" for each in key),
    "blanks-between": " ".join,
    "lines-between": "\n".join,
    "zero-width-between": "\u200b".join,
    "bidi-between": "\u202e".join,
    "two-halves": lambda key: f"{key[:16]} and then {key[16:]}",
    "full-width": lambda key: "".join(
        chr(ord(each) + 0xFEE0) if each.isalnum() else each for each in key
    ),
    "hex": lambda key: key.encode().hex(),
    "spaced-hex": lambda key: key.encode().hex(" "),
    "base64": lambda key: base64.b64encode(key.encode()).decode(),
    "base64-of-a-header": lambda key: base64.b64encode(f"a:{key}".encode()).decode(),
    "base64url-of-more": lambda key: base64.urlsafe_b64encode(f"ab:{key}\n".encode()).decode(),
    "first-half": lambda key: key[:16],
    "last-12": lambda key: key[-12:],
    "last-8": lambda key: key[-8:],
}
KEYS = {
    "uuid": lambda: str(uuid.uuid4()),
    "quotes": lambda: f"{secrets.token_hex(8)}/'\"<&\\{secrets.token_urlsafe(12)}+==",
    "symbols": lambda: "".join(secrets.choice("!$*+,-./:;=?@^_|~") for _ in range(16)),
    "accents": lambda: f"é{secrets.token_urlsafe(9)}ß한글{secrets.token_urlsafe(9)}",
}


@pytest.mark.parametrize("spelt", SPELT.values(), ids=SPELT.keys())
@pytest.mark.parametrize(
    "make", [KEYS["uuid"], KEYS["quotes"], KEYS["symbols"]], ids=["uuid", "quotes", "symbols"]
)
def test_a_secret_is_found_however_it_is_spelt(spelt, make):
    key = make()
    assert has_trace(f"The key {spelt(key)} is wrong.", key)


WITHOUT_LATIN = {
    "json": json.dumps,
    "python-bytes": lambda key: repr(key.encode()),
    "python-ascii": ascii,
    "percent": quote,
    "html": lambda key: "".join(f"&#x{ord(each):x};" for each in key),
    "hex": lambda key: key.encode().hex(),
}


@pytest.mark.parametrize("spelt", WITHOUT_LATIN.values(), ids=WITHOUT_LATIN.keys())
@pytest.mark.parametrize("key", ["ключотсейфа", "나의비밀열쇠문자열", "🔑🔒🔓🔏🔐🧿🔑🔒🔓"])
def test_a_secret_of_other_letters_than_latin_is_found(spelt, key):
    assert has_trace(f"The key {spelt(key)} is wrong.", key)


@pytest.mark.parametrize("key", ["aB3$x9", "Zq8-kP2"])
@pytest.mark.parametrize("name", ["capitals", "percent-of-all", "html", "zero-width-between"])
def test_a_short_secret_is_found_as_a_whole(name, key):
    assert has_trace(f"The key {SPELT[name](key)} is wrong.", key)
    assert not has_trace(f"The key {key[:-1]} is wrong.", key)


@pytest.mark.parametrize("name", ["plain", "zero-width-between", "full-width", "last-8"])
def test_a_secret_that_looks_like_escapes_is_found(name):
    key = r"100%25 \u0041&amp;\x42%41%42%43"
    assert has_trace(f"The key {SPELT[name](key)} is wrong.", key)


@pytest.mark.parametrize("make", KEYS.values(), ids=KEYS.keys())
def test_words_without_it_are_left_alone(make):
    for words in (
        "",
        "Invalid credentials",
        "사용자 키가 올바르지 않습니다",
        f"Request {uuid.uuid4()}: the key that ends in {secrets.token_hex(2)} is not known",
        "100 % wrong; see https://docs.example/errors?code=4010&lang=en",
    ):
        assert not has_trace(words, make())


@given(st.text(max_size=60), st.text(max_size=40))
def test_no_text_upsets_the_search(text, secret):
    has_trace(text, secret)


def said_in(body, key, status):
    """The service's words that are passed on for this answer."""
    with RawServer(answering(status, body)) as raw:
        try:
            client = StudiosClient(proxies=no_proxies)
            exchange = client.request_token(credentials_for(raw.server, key)).exchange
        except errors.StudiosError as error:
            exchange = error.exchange
    return exchange.message


@pytest.mark.parametrize("status", [200, 401], ids=str)
def test_words_that_repeat_the_key_in_another_spelling_are_not_passed_on(status):
    key = str(uuid.uuid4())
    body = json.dumps({"code": 4010, "data": None, "message": f"no {key.upper()} here"}).encode()
    assert said_in(body, key, status) == "••••"


@pytest.mark.parametrize("spelt", [str, "-".join], ids=["plain", "broken-up"])
def test_words_do_not_carry_the_token_of_the_same_answer(spelt):
    token = secrets.token_urlsafe(30)
    fields = {"code": 4010, "data": {"session_token": token}, "message": f"{spelt(token)} is new"}
    said = said_in(json.dumps(fields).encode(), None, 200)
    assert said in ("•••• is new", "••••")


def test_words_carry_no_token_at_all():
    words = "Use eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln instead"
    body = json.dumps({"code": 4010, "data": None, "message": words}).encode()
    assert said_in(body, None, 401) == "Use •••• instead"


def test_words_about_a_success_are_kept_by_nobody():
    body = b'{"code":1000,"data":{"session_token":"a-token-of-some-length"},"message":"created"}'
    with RawServer(answering(200, body)) as raw:
        assert ask(raw.server).exchange.message is None


def test_words_that_hold_nothing_are_passed_on_as_they_are():
    body = b'{"code":1000,"data":{},"message":"created"}'
    assert said_in(body, str(uuid.uuid4()), 200) == "created"
