"""Packed bodies of answers: unpacked whole, with their checksum, or not at all.

urllib3 takes what is there of a packed body that was cut, its checksum unseen, and leaves a body
in an encoding that it does not know as it is.
"""

import zlib

from deepbrain_desktop.studios.errors import UnexpectedAnswer

ACCEPTED = "gzip, deflate"
"""For Accept-Encoding."""

_GZIP, _ZLIB, _BARE = 31, 15, -15
"""Window sizes that make zlib expect one of the three formats."""
_FORMATS = {"gzip": (_GZIP,), "x-gzip": (_GZIP,), "deflate": (_ZLIB, _BARE)}
"""Some servers send deflate without the wrapping of zlib (RFC 9110, section 8.4.1.2)."""


def unpacked(body: bytes, encoding: str | None, most: int) -> bytes:
    """Return what was packed as Content-Encoding says; its first ``most`` bytes where it is more.

    Raises UnexpectedAnswer where that is no encoding accepted, or the body not exactly one.
    """
    name = (encoding or "identity").strip().lower()
    if name in ("", "identity") or not body:  # nothing is not packed, whatever the head says
        return body
    for window in _FORMATS.get(name, ()):
        unpacker = zlib.decompressobj(window)
        try:
            found = unpacker.decompress(body, most)
        except zlib.error:
            continue
        if len(found) >= most or (unpacker.eof and not unpacker.unused_data):
            return found
    raise UnexpectedAnswer
