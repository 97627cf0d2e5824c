"""Traces of a secret in foreign words, however it is spelt there."""

import base64
import html
import re
import unicodedata
from urllib.parse import unquote

SHORTEST_TRACE = 8
"""Characters in a row that give too much of a secret away."""

_NESTED_ESCAPES = 2
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})")


def has_trace(text: str, secret: str) -> bool:
    """Whether ``text`` holds a part of ``secret``, in other letters' case, escaped or broken up.

    Also where it is written as base64 or in hexadecimal digits. The time it takes grows with the
    length of ``text``, so that should be cut before.
    """
    folded = _folded(text)
    return _shares_a_run(folded, _folded(secret)) or any(
        _shares_a_run(_letters_and_digits(folded), spelling) for spelling in _spellings(secret)
    )


def _shares_a_run(text: str, secret: str) -> bool:
    last = len(text) - SHORTEST_TRACE
    return any(text[at : at + SHORTEST_TRACE] in secret for at in range(last + 1))


def _spellings(secret: str) -> list[str]:
    raw = secret.encode("utf-8", "surrogatepass")
    # What stands before it decides at which of its bytes a group of three begins.
    coded = (base64.urlsafe_b64encode(raw[skipped:]).decode() for skipped in range(3))
    plain = (each.translate({ord("-"): None, ord("_"): None}) for each in coded)
    letters = _letters_and_digits(_folded(secret))
    return [letters, raw.hex(), *(each.rstrip("=").casefold() for each in plain)]


def _folded(text: str) -> str:
    """What is seen of it but blanks, unescaped and in one case."""
    for _ in range(_NESTED_ESCAPES):
        text = _ESCAPE.sub(_character, html.unescape(unquote(text)))
    compatible = unicodedata.normalize("NFKC", text).casefold()
    return "".join(filter(str.isprintable, compatible)).replace(" ", "")


def _letters_and_digits(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _character(escape: re.Match[str]) -> str:
    return chr(int(escape[1] or escape[2], 16))
