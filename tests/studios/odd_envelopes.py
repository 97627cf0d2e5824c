"""Answers with HTTP 200 that are no success, by what is odd about them."""

import json


def envelope(**fields):
    """The documented envelope as text, with these fields instead of its own."""
    return json.dumps({"code": 1000, "data": {"session_token": "t"}, "message": None} | fields)


UNEXPECTED = {
    "A4-code-missing": b'{"data":{"session_token":"t"},"message":null}',
    "A4-code-null": envelope(code=None).encode(),
    "A4-code-true": envelope(code=True).encode(),
    "A4-code-text": envelope(code="1000").encode(),
    "A4-code-float": envelope(code=1000.0).encode(),
    "A4-code-list": envelope(code=[1000]).encode(),
    "A4-code-of-4000-digits": b'{"code":1%s,"data":null}' % (b"0" * 4000),
    "A4-code-of-5000-digits": b'{"code":1%s,"data":null}' % (b"0" * 5000),
    "A4-code-too-large": b'{"code":10000000000}',
    "A12-list": b"[1000]",
    "A12-text": b'"1000"',
    "A12-number": b"1000",
    "A12-null": b"null",
    "A12-bom": b"\xef\xbb\xbf" + envelope().encode(),
    "A12-utf-16": envelope().encode("utf-16"),
    "A12-utf-16-without-bom": envelope().encode("utf-16-le"),
    "A12-bad-utf-8": b'{"code":1000,"data":{"session_token":"t"},"message":"\xff"}',
    "A12-overlong-utf-8": b'{"code":1000,"data":{"session_token":"t"},"message":"\xc0\xaf"}',
    "A12-trailing-bytes": envelope().encode() + b"x",
    "A12-two-documents": envelope().encode() * 2,
    "A12-trailing-nul": envelope().encode() + b"\0",
    "A12-nan": b'{"code":1000,"data":{"session_token":"t","x":NaN}}',
    "A12-infinity": b'{"code":1000,"data":{"session_token":"t","x":-Infinity}}',
    "A12-two-codes": b'{"code":4010,"code":1000,"data":{"session_token":"t"}}',
    "A12-two-tokens": b'{"code":1000,"data":{"session_token":"a","session_token":"b"}}',
    "A12-two-names-spelt-apart": b'{"code":1000,"c\\u006fde":1000,"data":{"session_token":"t"}}',
    "A12-deep": b'{"code":1000,"data":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "A12-comment": b'/**/{"code":1000,"data":{"session_token":"t"}}',
    "A12-single-quotes": b"{'code':1000}",
    "A12-blank": b" \r\n ",
    "A12-html": b"<!doctype html><title>Sign in</title>",
    "A12-half": envelope().encode()[:-3],
}
"""No envelope as it is documented."""

MISSING = {
    "A5-data-null": envelope(data=None),
    "A5-data-missing": '{"code":1000}',
    "A6-data-list": envelope(data=["t"]),
    "A6-data-text": envelope(data="t"),
    "A6-data-number": envelope(data=1),
    "A6-data-true": envelope(data=True),
    "A7-missing": envelope(data={}),
    "A7-null": envelope(data={"session_token": None}),
    "A7-empty": envelope(data={"session_token": ""}),
    "A7-number": envelope(data={"session_token": 123}),
    "A7-object": envelope(data={"session_token": {}}),
    "A7-other-case": envelope(data={"Session_Token": "t"}),
}
"""Success is reported, but there is no token."""
