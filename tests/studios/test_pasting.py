import json
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepbrain_desktop.studios.credentials import Secret
from deepbrain_desktop.studios.pasting import (
    LONGEST_TEXT,
    Found,
    find_credentials,
    looks_like_app_id,
    looks_like_user_key,
    looks_secret,
)

APP_ID = "studiov3.user@example.com"


@pytest.fixture
def key():
    return str(uuid.uuid4())


@pytest.mark.parametrize(
    "form",
    [
        '{{"appId": "{0}", "userKey": "{1}"}}',
        '{{"userKey":"{1}","appId":"{0}","more":[1,{{}}]}}',
        'Hello,\n\n{{\n  "appId": "{0}",\n  "userKey": "{1}"\n}}\n\nBye',
        'curl -X POST https://x.example -d \'{{"appId": "{0}", "userKey": "{1}"}}\'',
        'curl https://x.example --data "{{\\"appId\\": \\"{0}\\", \\"userKey\\": \\"{1}\\"}}"',
        'curl https://x.example \\\n -H "A: ${{B}}" \\\n -d {{"appId":"{0}","userKey":"{1}"}}',
        "appId={0} userKey={1}",
        "appId={0}&userKey={1}",
        "appId: {0}\nuserKey: {1}",
        "App ID: {0}\nUser key: {1}\n",
        "app_id = '{0}'\nuser_key = '{1}'",
        "APP_ID={0}\nAPI_KEY={1}",
        'const appId = "{0}";\nconst userKey = "{1}";',
        "App Id : {0} , Api Key : {1}",
        "{{'appId': '{0}', 'userKey': '{1}'}}",
        "{0}\n{1}",
        "{1}\n{0}\n",
        "  {0}\t{1} ",
        "App Id\n{0}\nApi Key\n{1}",
        "Hi, my app id is {0}, and the key ({1}) does not work.",
        '"{0}", "{1}"',
        "Your appId: {0}, your userKey: {1}.",
        "Here (appId: {0}, userKey: {1}).",
        "**appId:** {0}\n**userKey:** {1}",
        "*App ID*: {0}\n*User key*: {1}",
        "App ID: <{0}>\nUser key: [{1}]",
        "appId: “{0}”, userKey: “{1}”",
        "appId => '{0}', userKey => '{1}'",
        "appId：{0}　userKey：{1}",
        "“{0}” “{1}”",
    ],
)
def test_both_values_are_found(form, key):
    assert find_credentials(form.format(APP_ID, key)) == Found(APP_ID, Secret(key))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"appId": "studiov3.a@b.example"}', Found("studiov3.a@b.example", None)),
        ("appId=x", Found("x", None)),
        ("STUDIO-API-KEY: abc", Found(None, Secret("abc"))),
        ('{"userKey": "abc", "appId": 5}', Found("5", Secret("abc"))),
        ("userKey: a*b(c)[d]!", Found(None, Secret("a*b(c)[d]!"))),
        ("APP_ID=\nUSER_KEY=abc", Found(None, Secret("abc"))),
        ("App ID:\nUser key: abc", Found(None, Secret("abc"))),
        ("**User key:** \n**App ID:** x", Found("x", None)),
    ],
)
def test_one_value_alone_is_found(text, expected):
    assert find_credentials(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "hello",
        "two words",
        APP_ID,
        "{}",
        "{",
        "}{",
        "[1, 2]",
        '{"appId": ""}',
        "the app identifier is a secret",
        "myappid=x",
        '{"a":' * 10_000 + "1" + "}" * 10_000,
        "[" * 60_000 + "{" + "}",
        '{"n": ' + "9" * 5_000 + "}",
    ],
)
def test_what_holds_no_credentials_is_left_as_it_is(text):
    found = find_credentials(text)
    assert found is None


def test_a_key_alone_is_left_as_it_is(key):
    assert find_credentials(key) is None


def test_of_two_keys_none_is_chosen(key):
    assert find_credentials(f"{APP_ID} {key} {uuid.uuid4()}") is None


def test_a_text_too_long_for_a_message_is_left_as_it_is(key):
    pair = f"appId={APP_ID} userKey={key}"
    assert find_credentials(pair.ljust(LONGEST_TEXT)) is not None
    assert find_credentials(pair.ljust(LONGEST_TEXT + 1)) is None


def test_what_was_found_does_not_show_the_key(key):
    assert key not in repr(find_credentials(f"{APP_ID} {key}"))


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(texts, texts)
def test_whatever_a_json_body_holds_is_found_unchanged(app_id, user_key):
    body = json.dumps({"appId": app_id, "userKey": user_key})
    assert find_credentials(body) == Found(app_id, Secret(user_key))


@given(st.text())
def test_no_text_is_too_odd(text):
    found = find_credentials(text)
    assert found is None or found.app_id or found.user_key


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        (APP_ID, True),
        (f" {APP_ID}\n", True),
        ("studiov3.", False),
        ("studiov3.user", False),
        ("user@example.com", False),
        ("studiov2.user@example.com", False),
        ("", False),
    ],
)
def test_the_shape_of_an_app_id(text, shape):
    assert looks_like_app_id(text) is shape


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("0b5e7c1a-0000-4000-8000-0123456789ab", True),
        (" 0B5E7C1A-0000-4000-8000-0123456789AB ", True),
        ("0b5e7c1a000040008000-0123456789ab", False),
        ("0b5e7c1a-0000-4000-8000-0123456789abc", False),
        ("", False),
    ],
)
def test_the_shape_of_a_user_key(text, shape):
    assert looks_like_user_key(text) is shape


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        " {}. ",
        "http://{}",
        "HTTPS://{}/",
        "https://{}:8443",
        "{}.:443",
        "userKey={}",
        "the key is {}!",
        "\u201c{}\u201d",
        "{{{}}}",
        "키는 {}입니다",
        "{}\u200b",
        "Bearer {}",
    ],
)
@pytest.mark.parametrize("secret", [str(uuid.uuid4()), "eyJhbGciOiJub25lIn0.eyJqdGkiOiJhIn0.c2ln"])
def test_a_secret_is_known_for_one_whatever_stands_around_it(text, secret):
    assert looks_secret(text.format(secret))


@pytest.mark.parametrize(
    "text",
    [
        "",
        APP_ID,
        f"studiov3.{uuid.uuid4()}@example.com",
        f"https://{uuid.uuid4()}.example",
        f"kim+{uuid.uuid4()}@example.com",
        "Kim (production), key eyJ",
    ],
)
def test_what_is_no_secret_is_not_taken_for_one(text):
    assert not looks_secret(text)
