"""Traces of a secret in foreign words, however it is spelt there."""

import base64
import html
import re
import unicodedata
from itertools import product
from urllib.parse import unquote

SHORTEST_TRACE = 8
"""Characters in a row that give too much of a secret away."""

_NESTED_ESCAPES = 2
_POINTS = re.compile(r"\\u([0-9a-fA-F]{4})|\\U000([0-9a-fA-F]{5})")
_BYTES = re.compile(r"(?:\\x[0-9a-fA-F]{2})+")


def has_trace(text: str, secret: str) -> bool:
    """Whether ``text`` holds a part of ``secret``, in other letters' case, escaped or broken up.

    Also where it is written as base64 or in hexadecimal digits. A secret shorter than
    SHORTEST_TRACE is looked for as a whole. The time it takes grows with the length of ``text``,
    so that should be cut before.
    """
    texts = _readings(text)
    bare = set(map(_letters_and_digits, texts))
    return any(_shares_a_run(*pair) for pair in product(texts, _readings(secret))) or any(
        _shares_a_run(*pair) for pair in product(bare, _spellings(secret))
    )


def _shares_a_run(text: str, secret: str) -> bool:
    length = min(SHORTEST_TRACE, len(secret))
    runs = {text[at : at + length] for at in range(len(text) - length + 1)} if length else ()
    return any(run in secret for run in runs)


def _spellings(secret: str) -> set[str]:
    raw = secret.encode("utf-8", "surrogatepass")
    # What stands before it decides at which of its bytes a group of three begins.
    coded = (base64.urlsafe_b64encode(raw[skipped:]).decode() for skipped in range(3))
    plain = (each.translate({ord("-"): None, ord("_"): None}) for each in coded)
    spellings = {
        *map(_letters_and_digits, _readings(secret)),
        raw.hex(),
        *(each.rstrip("=").casefold() for each in plain),
    }
    return {each for each in spellings if len(each) >= SHORTEST_TRACE}


def _readings(text: str) -> set[str]:
    """What is seen of it but blanks, in one case: as it stands, unescaped, and unescaped again."""
    readings = {_seen(text)}
    for _ in range(_NESTED_ESCAPES):
        text = _unescaped(text)
        readings.add(_seen(text))
    return readings


def _seen(text: str) -> str:
    compatible = unicodedata.normalize("NFKC", text).casefold()
    return "".join(filter(str.isprintable, compatible)).replace(" ", "")


def _letters_and_digits(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _unescaped(text: str) -> str:
    text = _BYTES.sub(_text_of_bytes, html.unescape(unquote(text)))
    text = _POINTS.sub(lambda point: chr(int(point[1] or point[2], 16)), text)
    # Two of the short ones may be one character.
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")


def _text_of_bytes(escapes: re.Match[str]) -> str:
    raw = bytes.fromhex(escapes[0].replace("\\x", ""))
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")
