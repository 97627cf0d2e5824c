"""What redaction takes, what it leaves, and that no text keeps it busy."""

import base64
import json
import secrets
import time
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepbrain_desktop.system.redaction import MARK, redact


def segment(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def jwt(payload: object, signature: str) -> str:
    return f"{segment({'alg': 'HS256'})}.{segment(payload)}.{signature}"


SIGNATURE = secrets.token_urlsafe(32)
KEY = str(uuid.uuid4())
ODD_KEY = f'{secrets.token_hex(6)}"/\\é한 {secrets.token_hex(6)}'
TOKEN = jwt({"jti": secrets.token_hex(8)}, SIGNATURE)


@pytest.mark.parametrize(
    "secret",
    [
        TOKEN,
        jwt({"a": 1}, "short"),
        f"{segment({'alg': 'none'})}.{segment({})}.",
        TOKEN[:40],
        KEY,
        KEY.upper(),
        KEY.replace("-", ""),
        uuid.uuid4().hex[:16] * 2,
        secrets.token_hex(16),
        secrets.token_urlsafe(24),
        secrets.token_urlsafe(200),
        base64.b64encode(secrets.token_bytes(48)).decode(),
        base64.b64encode(b"/?>" * 20 + secrets.token_bytes(16)).decode(),
        "/".join(secrets.token_urlsafe(14) for _ in range(4)),
        "abcdefab-cdef-abcd-efab-cdefabcdefab",
        secrets.token_urlsafe(48).replace("-", "%2B").replace("_", "%2F") + "%3D",
    ],
    ids=lambda secret: f"{len(secret)} characters",
)
@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "got {} from the service",
        "({})",
        '"{}"',
        "value={};",
        "https://example.com/?q={}&x=1",
        "a\n{}\nb",
        "한국{}한국",
        "\x1b[31m{}\x1b[0m",
        "{0}, {0}",
    ],
)
def test_a_secret_is_recognised_by_its_shape(secret, around):
    redacted = redact(around.format(secret))
    assert MARK in redacted
    assert secret not in redacted
    for part in secret.split("."):
        assert len(part) < 12 or part not in redacted


@pytest.mark.parametrize(
    "text",
    [
        '{{"appId": "x", "userKey": {quoted}}}',
        '{{\n  "userKey":\n    {quoted}\n}}',
        "{{'userKey': {shown}}}",
        "userKey={0}",
        "user key: {0}",
        "USER_KEY = {0}",
        "STUDIO-API-KEY: {0}",
        "headers = [('STUDIO-API-KEY', {shown})]",
        "studio_api_key={0}",
        '{{\\"session_token\\": {quoted}}}',
        "sessionToken={0}",
        "client_secret={0}",
        "password: {0}",
        "Authorization: Bearer {0}",
        "authorization: Basic {0}",
        "{{'Authorization': {shown}}}",
        "Bearer {0}",
        "bearer\t{0}",
        "Bearer\n{0}",
        "Bearer%20{0}",
    ],
)
@pytest.mark.parametrize("secret", ["k1", "pa55 w0rd", ODD_KEY, KEY, TOKEN], ids=len)
def test_a_secret_is_recognised_by_its_name(text, secret):
    redacted = redact(text.format(secret, quoted=json.dumps(secret), shown=repr(secret)))
    assert MARK in redacted
    for part in secret.split():
        assert part not in redacted


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("http://user:pa@ss=,@proxy:3128/x", "http://••••@proxy:3128/x"),
        ("via user:pass@proxy:3128", "via ••••@proxy:3128"),
        ("http_proxy=user:pass@proxy", "••••@proxy"),
        ("studiov3.anna@example.com failed", "s…@example.com failed"),
        ("appId=studiov3.anna@example.com", "appId=s…@example.com"),
        ('("anna.müller+x@example.com")', '("a…@example.com")'),
        ("anna%40example.com", "a…%40example.com"),
        ("안나@example.com", "안…@example.com"),
    ],
)
def test_names_and_passwords_before_an_at_sign_are_masked(text, redacted):
    assert redact(text) == redacted


@pytest.mark.parametrize(
    "text",
    [
        "",
        'File "/usr/lib/python3.11/site-packages/urllib3/connectionpool.py", line 493, in urlopen',
        'File "/home/anna/Projects/DeepBrain/deepbrain_desktop/system/accounts_file.py", line 12',
        "C:\\Users\\Anna\\AppData\\Local\\deepbrain-desktop\\accounts.json",
        "deepbrain_desktop.system.accounts_file: a_late_write_undoes_itself_and_says_so",
        "POST https://ai-streamer.deepbrain.io/api/v2/sessions/token 200 in 0.214 s, NET-TIMEOUT",
        "accounts.damaged-20261122-174612.json",
        "requests.exceptions.ConnectionError: HTTPSConnectionPool(host='localhost', port=443)",
        "the userKey field is missing; the user key was refused",
        "=" * 100 + "-" * 100,
        "한국어 문장은 그대로 남는다",
    ],
)
def test_what_is_no_secret_stays(text):
    assert redact(text) == text or set(text) == {"=", "-"}


@given(st.text() | st.text(alphabet="abcA01._-/+=%@: \n\"'eyJBearer"))
def test_what_was_redacted_stays_as_it_is(text):
    redacted = redact(text)
    assert redact(redacted) == redacted


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "A1b2",
        "/",
        "a/",
        "aA0/",
        " ",
        "\n",
        "@",
        "a@",
        ":",
        "a:",
        "://",
        "://a",
        "%",
        "%4",
        "=",
        "a=",
        "_",
        "a_",
        "eyJ",
        "eyJ.",
        "bearer",
        "bearer ",
        "userKey",
        "userKey ",
        "userKey\\",
        'userKey"',
        "userKey:",
        "authorization",
        "12345678-1234-",
        "secret password ",
        "a" * 31 + "/",
        "é",
    ],
    ids=repr,
)
def test_no_text_keeps_it_busy(unit):
    # Quadratic time would be minutes.
    begun = time.process_time()
    redact("eyJ a@b userKey: x\n://" + unit * (1_000_000 // len(unit)))
    assert time.process_time() - begun < 2
