import traceback
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepbrain_desktop.studios.credentials import (
    ISSUING_PATH,
    LONGEST_ADDRESS,
    LONGEST_APP_ID,
    LONGEST_USER_KEY,
    PRODUCTION,
    Credentials,
    Flaw,
    InvalidValue,
    Secret,
    Server,
    parse_app_id,
    parse_server,
    parse_user_key,
)


def flaw_of(parse, text):
    with pytest.raises(InvalidValue) as raised:
        parse(text)
    return raised.value.flaw


@pytest.fixture
def text():
    return str(uuid.uuid4())


def test_credentials_are_trimmed_and_meant_for_production_by_default(text):
    found = Credentials.parse("\n app ", f"\t{text}\r\n")
    assert found == Credentials("app", Secret(text), PRODUCTION)


def test_production_is_the_host_of_the_documentation():
    assert PRODUCTION.token_url == "https://ai-streamer.deepbrain.io/api/v2/sessions/token"
    assert PRODUCTION.is_production
    assert not PRODUCTION.is_loopback


@pytest.mark.parametrize("parse", [parse_app_id, parse_user_key, parse_server])
@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("", Flaw.EMPTY),
        (" \t\r\n", Flaw.EMPTY),
        ("\u00a0\u3000", Flaw.EMPTY),
        ("a\nb", Flaw.SEVERAL_LINES),
        ("a\r\nb", Flaw.SEVERAL_LINES),
        ("a\u2028b", Flaw.SEVERAL_LINES),
        ("a\x00b", Flaw.CONTROL_CHARACTER),
        ("a\x1b[31mb", Flaw.CONTROL_CHARACTER),
        ("a\tb", Flaw.CONTROL_CHARACTER),
        ("a\x7fb", Flaw.CONTROL_CHARACTER),
        ("a\ud800b", Flaw.CONTROL_CHARACTER),
        ("a\u200bb", Flaw.INVISIBLE_CHARACTER),
        ("\ufeffa", Flaw.INVISIBLE_CHARACTER),
        ("a\u202eb", Flaw.INVISIBLE_CHARACTER),
        ("a\u2066b", Flaw.INVISIBLE_CHARACTER),
        ("a\ue000b", Flaw.INVISIBLE_CHARACTER),
        ("a" * 10_000, Flaw.TOO_LONG),
    ],
)
def test_what_cannot_be_sent_says_why(parse, text, flaw):
    assert flaw_of(parse, text) is flaw


@pytest.mark.parametrize(
    ("parse", "longest"), [(parse_app_id, LONGEST_APP_ID), (parse_user_key, LONGEST_USER_KEY)]
)
def test_the_longest_value_is_accepted_and_one_more_character_is_not(parse, longest):
    assert parse(" " + "x" * longest) == "x" * longest
    assert flaw_of(parse, "x" * (longest + 1)) is Flaw.TOO_LONG


@pytest.mark.parametrize("text", ["한글@예.한국", 'it\'s "quoted" \\ / %', "ключ", "a b", "🔑"])
def test_what_is_visible_is_sent_as_it_is(text):
    assert parse_app_id(text) == parse_user_key(text) == text


def test_a_refusal_does_not_repeat_the_value(text):
    with pytest.raises(InvalidValue) as raised:
        parse_user_key(f"{text}\n{text}")
    shown = "".join(traceback.format_exception(raised.value))
    assert text not in shown
    assert text not in repr(raised.value.args)


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://a.example", "https://a.example"),
        ("a.example", "https://a.example"),
        ("A.Example:8443", "https://a.example:8443"),
        (" https://a.example/ ", "https://a.example"),
        ("HTTPS://A.EXAMPLE:443", "https://a.example"),
        ("https://a.example:", "https://a.example"),
        ("https://a_b.example", "https://a_b.example"),
        ("https://192.0.2.7:99", "https://192.0.2.7:99"),
        ("https://[2001:db8::1]:99", "https://[2001:db8::1]:99"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://localhost:80", "http://localhost"),
        ("http://127.0.0.1", "http://127.0.0.1"),
        ("http://127.9.8.7", "http://127.9.8.7"),
        ("http://[::1]:5000", "http://[::1]:5000"),
        ("localhost", "https://localhost"),
        ("https://ai-streamer.deepbrain.io/", "https://ai-streamer.deepbrain.io"),
    ],
)
def test_an_address_is_brought_down_to_its_origin(address, origin):
    server = parse_server(address)
    assert server == Server(origin)
    assert server.host == origin.partition("://")[2]
    assert server.token_url == origin + ISSUING_PATH
    assert parse_server(origin) == server


@pytest.mark.parametrize(
    ("address", "flaw"),
    [
        ("http://a.example", Flaw.NOT_ENCRYPTED),
        ("http://localhost.example", Flaw.NOT_ENCRYPTED),
        ("http://127.0.0.1.example", Flaw.NOT_ENCRYPTED),
        ("http://127.1.1.999", Flaw.NOT_ENCRYPTED),
        ("http://0.0.0.0", Flaw.NOT_ENCRYPTED),
        ("http://192.168.0.1", Flaw.NOT_ENCRYPTED),
        ("http://[2001:db8::1]", Flaw.NOT_ENCRYPTED),
        ("ftp://a.example", Flaw.SCHEME),
        ("file:///etc/passwd", Flaw.SCHEME),
        ("javascript://a.example", Flaw.SCHEME),
        ("://a.example", Flaw.SCHEME),
        ("https://user@a.example", Flaw.USER_INFO),
        ("https://user:pw@a.example", Flaw.USER_INFO),
        ("https://ai-streamer.deepbrain.io@a.example", Flaw.USER_INFO),
        ("user@a.example", Flaw.USER_INFO),
        ("https://a.example/api", Flaw.PATH),
        ("https://a.example?x", Flaw.PATH),
        ("https://a.example/#x", Flaw.PATH),
        ("https://xn--80ak6aa92e.example", Flaw.LOOK_ALIKE),
        ("https://\u0430i-streamer.deepbrain.io", Flaw.LOOK_ALIKE),
        ("https://", Flaw.NOT_AN_ADDRESS),
        ("https:///x", Flaw.NOT_AN_ADDRESS),
        ("//a.example", Flaw.NOT_AN_ADDRESS),
        ("not an address", Flaw.NOT_AN_ADDRESS),
        ("https://a..example", Flaw.NOT_AN_ADDRESS),
        ("0b5e7c1a-0000-4000-8000-0123456789ab", Flaw.NOT_AN_ADDRESS),
        ("https://0b5e7c1a-0000-4000-8000-0123456789ab.", Flaw.NOT_AN_ADDRESS),
        ("0b5e7c1a-0000-4000-8000-0123456789ab.:8443", Flaw.NOT_AN_ADDRESS),
        ("https://-a.example", Flaw.NOT_AN_ADDRESS),
        ("https://a.example\\@b.example", Flaw.USER_INFO),
        ("https://a.example\\.b", Flaw.NOT_AN_ADDRESS),
        ("https://a%2eexample", Flaw.NOT_AN_ADDRESS),
        ("https://a.example:0", Flaw.NOT_AN_ADDRESS),
        ("https://a.example:65536", Flaw.NOT_AN_ADDRESS),
        ("https://a.example:x", Flaw.NOT_AN_ADDRESS),
        ("https://[::1", Flaw.NOT_AN_ADDRESS),
        ("https://[:::::]", Flaw.NOT_AN_ADDRESS),
        ("https://[fe80::1%25eth0]", Flaw.NOT_AN_ADDRESS),
        ("https://" + "a" * 64 + ".example", Flaw.NOT_AN_ADDRESS),
        ("https://" + "a." * 200 + "example", Flaw.NOT_AN_ADDRESS),
        ("a" * (LONGEST_ADDRESS + 1), Flaw.TOO_LONG),
    ],
)
def test_an_address_that_no_key_may_be_sent_to_says_why(address, flaw):
    assert flaw_of(parse_server, address) is flaw


@pytest.mark.parametrize(
    ("origin", "loopback"),
    [
        ("http://localhost:1", True),
        ("http://127.0.0.1:1", True),
        ("https://[::1]", True),
        ("https://127.0.0.1.example", False),
        ("https://localhost.example", False),
        ("https://a.example", False),
    ],
)
def test_loopback_is_this_computer_only(origin, loopback):
    assert Server(origin).is_loopback is loopback


@given(st.text())
def test_an_address_is_a_clean_origin_or_refused(text):
    try:
        server = parse_server(text)
    except InvalidValue:
        return
    assert server.origin.isascii()
    assert server.origin.startswith("https://") or server.is_loopback
    assert not set("@?#\\ ") & set(server.origin)
    assert server.origin.count("/") == 2
    assert parse_server(server.origin) == server


@given(st.text())
def test_a_value_is_one_visible_line_or_refused(text):
    try:
        line = parse_user_key(text)
    except InvalidValue:
        return
    assert line
    assert line == line.strip()
    assert len(line.splitlines()) == 1
    assert "\x00" not in line
