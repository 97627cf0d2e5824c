"""Every way in which a text may be written down, and the search for all of them at once."""

import base64
import html
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import quote, quote_plus

PIECE = 16
"""Characters at either end of a text that are looked for; the whole has them as well."""

_WIDTHS = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
_BYTES = (*_WIDTHS, "latin-1")
_ANCHOR = 5
"""Bytes that decide whether to compare further."""


def spellings(text: str) -> Iterator[tuple[str, str]]:
    """``text`` as the notations of text and of its bytes have it, each with its name."""
    yield "plain", text
    yield "JSON", json.dumps(text)[1:-1]
    yield "JSON with UTF-8", json.dumps(text, ensure_ascii=False)[1:-1]
    yield "JSON with \\/", json.dumps(text)[1:-1].replace("/", "\\/")
    yield "repr", repr(text)[1:-1]
    yield "ASCII", ascii(text)[1:-1]
    yield "HTML", html.escape(text)
    yield "percent", quote(text, safe="")
    yield "percent but /", quote(text)
    yield "form", quote_plus(text)
    yield "percent, small", _small(quote(text, safe=""))
    for name, digits in (("\\u", "{:04x}"), ("\\u, capital", "{:04X}")):
        units = _units(text.encode("utf-16-be"))
        yield name, "".join("\\u" + digits.format(unit) for unit in units)
    for encoding in _BYTES:
        raw = _encoded(text, encoding)
        yield f"hex of {encoding}", raw.hex()
        yield f"HEX of {encoding}", raw.hex().upper()
        yield f"spaced hex of {encoding}", raw.hex(" ")
        yield f"\\x of {encoding}", "".join(f"\\x{byte:02x}" for byte in raw)
        yield f"all percent of {encoding}", "".join(f"%{byte:02X}" for byte in raw)
        for before in range(3):
            coded = _base64(raw, before)
            yield f"base64+{before} of {encoding}", coded
            yield f"base64url+{before} of {encoding}", coded.translate({43: "-", 47: "_"})


def needles(text: str) -> dict[bytes, str]:
    """What to look for, and the name of the form that it is."""
    found: dict[bytes, str] = {}
    for end, piece in (("begin", text[:PIECE]), ("end", text[-PIECE:])):
        for name, spelling in spellings(piece):
            for encoding in (*_WIDTHS, *(["latin-1"] if name == "plain" else [])):
                # Zeros at its ends may belong to what is around it.
                raw = _encoded(spelling, encoding).strip(b"\0")
                if len(raw) >= PIECE / 2:
                    found.setdefault(raw, f"{end}, {name}, {encoding}")
    return found


class Search:
    """Looks for secrets, by their names, in whatever form."""

    def __init__(self, secrets: Iterable[tuple[str, str]]) -> None:
        self._known: dict[bytes, list[tuple[bytes, str, str]]] = {}
        for name, text in secrets:
            for needle, form in needles(text).items():
                self._known.setdefault(needle[:_ANCHOR], []).append((needle, name, form))
        self._anchors = re.compile(_trie(self._known), re.DOTALL)

    def __call__(self, data: bytes) -> Counter[tuple[str, str]]:
        """How often each form of each secret is in ``data``, by name and form."""
        found: Counter[tuple[str, str]] = Counter()
        search: Callable[[bytes, int], re.Match[bytes] | None] = self._anchors.search
        match = search(data, 0)
        while match:
            start = match.start()
            for needle, name, form in self._known[match[0]]:
                if data.startswith(needle, start):
                    found[name, form] += 1
            match = search(data, start + 1)
        return found


def _trie(words: Iterable[bytes]) -> bytes:
    branches: dict[int, list[bytes]] = {}
    for word in words:
        if word:
            branches.setdefault(word[0], []).append(word[1:])
    if not branches:
        return b""
    parts = [re.escape(bytes([first])) + _trie(rest) for first, rest in branches.items()]
    return parts[0] if len(parts) == 1 else b"(?:" + b"|".join(parts) + b")"


def _base64(raw: bytes, before: int) -> str:
    """What base64 makes of ``raw`` with so many bytes before it and whatever after it."""
    coded = base64.b64encode(bytes(before) + raw).decode()
    return coded[-(-before * 8 // 6) : (before + len(raw)) * 8 // 6]


def _encoded(text: str, encoding: str) -> bytes:
    return text.encode(encoding, "ignore")


def _units(raw: bytes) -> Iterator[int]:
    return (int.from_bytes(raw[at : at + 2]) for at in range(0, len(raw), 2))


def _small(text: str) -> str:
    return re.sub("%..", lambda match: match[0].lower(), text)
