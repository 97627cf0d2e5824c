"""What the bytes of an answer may at most be taken to grant: from the promise, not the program.

A success is HTTP 200, a code that is the integer 1000, and a token of 1 to 16,384 printable ASCII
characters, in JSON that is UTF-8 without a mark, a name that stands twice, or a NaN.
"""

import contextlib
import json
import re
import zlib
from collections.abc import Iterator

LONGEST_TOKEN = 16 * 1024
LONGEST_BODY = 256 * 1024

_STATUS = re.compile(rb"HTTP/\S*[ \t]+(\d+)[ \t\r\n]")
_INTERIM = re.compile(rb"10[02-9]|1[1-9]\d")
_HEAD_END = re.compile(rb"\n\r?\n")
_CHUNK = re.compile(rb"([0-9a-fA-F]{1,8})[^\n]*\n")
_LENGTH = re.compile(rb"^content-length:\s*(\d{1,9})\s*$", re.IGNORECASE | re.MULTILINE)
_ZLIB, _GZIP, _BARE = 15, 31, -15


def rightful_tokens(wire: bytes) -> set[str]:
    """Every token that could be granted, in whichever way the bytes are framed and packed."""
    framed = list(_bodies_of_200(wire))
    plain = [*framed, *(unpacked for body in framed for unpacked in _unpacked(body))]
    return {token for body in plain if (token := granted_by(body)) is not None}


def granted_by(body: bytes) -> str | None:
    """The token of an envelope that is strictly a success."""
    if len(body) > LONGEST_BODY:
        return None
    try:
        value = json.loads(
            body.decode("utf-8"), object_pairs_hook=_pairs, parse_constant=_no_number
        )
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict) or type(value.get("code")) is not int or value["code"] != 1000:
        return None
    data = value.get("data")
    token = data.get("session_token") if isinstance(data, dict) else None
    if not isinstance(token, str) or not 0 < len(token) <= LONGEST_TOKEN:
        return None
    return token if all("!" <= character <= "~" for character in token) else None


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("twice")
    return dict(pairs)


def _no_number(_text: str) -> object:
    raise ValueError("no number")


def _bodies_of_200(wire: bytes) -> Iterator[bytes]:
    while (line := _STATUS.match(wire)) and (end := _HEAD_END.search(wire)):
        head, rest = wire[: end.end()], wire[end.end() :]
        if not _INTERIM.fullmatch(line.group(1)):
            break
        wire = rest  # the answer comes after it (RFC 9110, section 15.2)
    else:
        return
    if line.group(1) != b"200":
        return
    lengths = [int(each) for each in _LENGTH.findall(head.replace(b"\r", b""))]
    yield from (rest[:length] for length in lengths if length <= len(rest))
    yield rest
    yield _of_chunks(rest)


def _of_chunks(rest: bytes) -> bytes:
    body = b""
    while (size := _CHUNK.match(rest)) and (length := int(size.group(1), 16)):
        body += rest[size.end() : size.end() + length]
        rest = rest[size.end() + length + 2 :]  # whichever two bytes stand for the line's end
    return body


def _unpacked(body: bytes) -> Iterator[bytes]:
    for kind in (_GZIP, _ZLIB, _BARE):
        with contextlib.suppress(zlib.error):
            yield zlib.decompressobj(kind).decompress(body, LONGEST_BODY + 1)
