"""The service's answer is a success only where it is strictly one."""

import gzip
import json
import math
import uuid
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st
from studios.odd_envelopes import MISSING, UNEXPECTED, envelope
from studios.raw_server import (
    RawServer,
    answering,
    ask,
    credentials_for,
    no_proxies,
    nothing_left_behind,
    success,
)

from deepbrain_desktop.studios import errors
from deepbrain_desktop.studios.client import Limits, StudiosClient
from deepbrain_desktop.studios.credentials import Secret
from deepbrain_desktop.studios.envelope import (
    DOCUMENTED_CODES,
    pause_from,
    read_envelope,
    seconds_since_epoch,
    shown_message,
    token_from,
)


@pytest.fixture(autouse=True)
def _leaves_nothing():
    with nothing_left_behind():
        yield


def reply(status, body):
    """Ask a server that answers this; return the token or the error."""
    with RawServer(answering(status, body)) as raw:
        try:
            return ask(raw.server).token.reveal()
        except errors.StudiosError as error:
            assert raw.requests == 1
            return error


def with_token(token):
    return envelope(data={"session_token": token}).encode()


@pytest.mark.parametrize("body", UNEXPECTED.values(), ids=UNEXPECTED.keys())
def test_anything_but_the_documented_envelope_is_refused(body):
    assert type(reply(200, body)) is errors.UnexpectedAnswer


@pytest.mark.parametrize("body", MISSING.values(), ids=MISSING.keys())
def test_success_without_a_token_is_no_success(body):
    error = reply(200, body.encode())
    assert type(error) is errors.TokenMissing
    assert error.exchange.code == 1000


@pytest.mark.parametrize(
    "token",
    ["a b", " a", "a\n", "\r\nX-Injected: 1", "a\0", "\x7f", "\x1b[31m", "é", "т", "\ud800", " "],
    ids=lambda token: "A8-" + ascii(token).replace("\\", "_"),
)
def test_a_token_with_odd_characters_is_refused_and_not_trimmed(token):
    assert type(reply(200, with_token(token))) is errors.TokenNotPrintable


@pytest.mark.parametrize("length", [16 * 1024 + 1, 200 * 1024], ids=["A9-16KiB+1", "A9-200KiB"])
def test_a_token_that_is_too_long_is_refused(length):
    assert type(reply(200, with_token("t" * length))) is errors.TokenTooLong


def test_a_token_of_the_longest_length_is_accepted_as_it_is():
    token = "".join(chr(33 + position % 94) for position in range(16 * 1024))
    assert reply(200, with_token(token)) == token


def test_what_the_envelope_holds_besides_does_not_matter():
    body = b'\r\n {"more":[1e400,{"code":1}],"data":{"session_token":"t"},"code":1000} \n'
    assert reply(200, body) == "t"


CODES = [
    (200, 4010, "A1"),
    (200, 7777, "A16"),
    (200, 0, "A16"),
    (200, -1, "A16"),
    (200, 200, "A16"),
    (400, 4000, "A17"),
    (422, 4000, "A17"),
    (401, 4010, "A17"),
    (403, 4030, "A17"),
    (404, 4040, "A17"),
    (429, 4290, "A17"),
    (500, 5000, "A17/H13"),
    (503, 5000, "A17"),
    (201, 4010, "A17"),
]


@pytest.mark.parametrize(
    ("status", "code"),
    [row[:2] for row in CODES],
    ids=[f"{row[2]}-{row[0]}-{row[1]}" for row in CODES],
)
def test_a_code_other_than_success_refuses(status, code):
    error = reply(status, envelope(code=code, message="Says why").encode())
    assert type(error) is errors.ServiceRefused
    assert (error.code, error.reason, str(error)) == (code, f"API-{code}", f"API-{code}")
    assert error.retry_after == (30 if code == 4290 else None)
    assert error.exchange.status == status
    assert error.exchange.code == code
    assert error.exchange.message == "Says why"


@pytest.mark.parametrize("status", [400, 401, 500], ids=str)
@pytest.mark.parametrize("code", [1000, 7777], ids=str)
def test_a_failed_status_is_not_overruled_by_a_code_that_is_no_documented_error(status, code):
    error = reply(status, envelope(code=code).encode())
    assert type(error) is errors.HttpFailed
    assert error.status == status
    assert error.exchange.code == code


@pytest.mark.parametrize("status", [201, 202, 206, 226], ids=str)
def test_success_is_status_200_alone(status):
    assert type(reply(status, envelope().encode())) is errors.UnexpectedAnswer


MESSAGES = {
    "html": "<a href='https://example.org'>sign in</a>",
    "bidi": "user\u202egpj.exe",
    "ansi": "\x1b[2J\x08\x08",
    "surrogate": "\ud800",
    "10000": "x" * 10_000,
}


@pytest.mark.parametrize("text", MESSAGES.values(), ids=[f"A10-{name}" for name in MESSAGES])
def test_the_services_words_are_kept_as_they_are_and_cut(text):
    error = reply(401, envelope(code=4010, message=text).encode())
    assert error.exchange.message == text[:300]


@pytest.mark.parametrize("message", [None, 1, ["x"], {"a": "b"}, True], ids=str)
def test_a_message_that_is_no_text_is_none(message):
    assert reply(401, envelope(code=4010, message=message).encode()).exchange.message is None


@pytest.mark.parametrize("status", [200, 401], ids=str)
def test_a_key_that_the_service_repeats_is_not_passed_on(status):
    key = str(uuid.uuid4())
    text = "." * 290 + key + " is wrong"
    script = answering(status, envelope(code=4010, message=text).encode())
    with RawServer(script) as raw, pytest.raises(errors.ServiceRefused) as caught:
        StudiosClient(proxies=no_proxies).request_token(credentials_for(raw.server, key))
    assert caught.value.exchange.message == "." * 290 + "•••• is wr"


def test_a_packed_answer_is_unpacked():
    body = gzip.compress(success("t"))
    with RawServer(answering(200, body, "Content-Encoding: gzip")) as raw:
        assert ask(raw.server).token.reveal() == "t"


@pytest.mark.parametrize(
    "packed", [b"nonsense", gzip.compress(success("t"))[:-15]], ids=["not", "cut"]
)
def test_an_answer_that_cannot_be_unpacked_is_refused(packed):
    script = answering(200, packed, "Content-Encoding: gzip")
    with RawServer(script) as raw, pytest.raises(errors.UnexpectedAnswer):
        ask(raw.server)


def test_limits_are_the_callers():
    with RawServer(answering(200, success("t" * 11))) as raw:
        with pytest.raises(errors.TokenTooLong):
            ask(raw.server, Limits(token=10))
        with pytest.raises(errors.AnswerTooLarge):
            ask(raw.server, Limits(body=10))
        assert ask(raw.server, Limits(token=11, body=len(success("t" * 11)))).token


@given(st.binary(max_size=300))
def test_no_bytes_upset_the_reader(body):
    read_envelope(body)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(("code", "data", "x")), inner),
)


@given(_json)
def test_no_json_upsets_the_reader(value):
    found = read_envelope(json.dumps(value).encode())
    if found is not None:
        assert type(found.code) is int
        with pytest.raises(errors.StudiosError):
            token_from(found.data, 10)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("5", 5),
        (" 7 ", 7),
        ("0", 1),
        ("300", 300),
        ("301", 300),
        ("999999999", 300),
        ("9" * 5000, 300),
        ("-1", 30),
        ("abc", 30),
        ("5.5", 30),
        ("٥", 30),
        ("", 30),
        (None, 30),
        (formatdate(1_000_042, usegmt=True), 42),
        (formatdate(999_000, usegmt=True), 1),
        (formatdate(9_000_000_000, usegmt=True), 300),
        ("Sun, 99 Nov 9999 99:99:99 GMT", 30),
    ],
    ids=lambda value: f"H12-{str(value)[:20]}",
)
def test_a_pause_is_between_1_and_300_seconds_whatever_is_asked_for(header, seconds):
    assert pause_from(header, 1_000_000) == seconds


@given(st.text(max_size=70))
def test_no_header_upsets_the_pause(text):
    assert 1 <= pause_from(text, 1_000_000) <= 300


@given(
    st.text(max_size=70)
    | st.from_regex(r"\A[A-Z][a-z]{2}, \d{1,3} Nov \d{1,6} \d\d:\d\d:\d\d [-+G]\w{2,8}\Z")
)
def test_no_date_upsets_the_clock(text):
    found = seconds_since_epoch(text)
    assert found is None or math.isfinite(found)


def test_each_documented_error_code_is_known():
    assert sorted(DOCUMENTED_CODES) == [4000, 4010, 4030, 4040, 4290, 5000]


def test_an_empty_secret_hides_nothing():
    assert shown_message("words", Secret("")) == "words"
