"""Text without what must not leave the window: keys, tokens, passwords, e-mail addresses.

A safety net below the rule that secrets are not logged in the first place. It goes by shapes and
names, rather takes too much than too little, and needs time in proportion to the text, whatever
that is: each pattern either matches all of a run of characters or gives up after a few.
"""

import re

MARK = "••••"

_AFTER_BEARER = re.compile(
    r"\b(bearer\b|authorization[\"'\\]*+\s*+[:=,])\s*+[^\n]++", re.IGNORECASE
)

_NAMED = re.compile(
    r"((?:user[ _-]?key|studio[ _-]api[ _-]key|session[ _-]?token|api[ _-]?key|access[ _-]?token"
    r"|password|passwd|secret)"
    r"[\"'\\]*+\s*+[:=,])\s*+[^\n]++",
    re.IGNORECASE,
)
"""To the end of the line: a key may hold quotes, so where a quoted value ends is a guess."""

_USER_INFO = re.compile(r"://[^\s/]*@")

_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)

_RUN = re.compile(r"[A-Za-z0-9_+/=.%-]{12,}+")
"""Whatever may be a token, a key or a part of one; a file name as well."""

_TOKEN = re.compile(r"(?<![A-Za-z0-9])eyJ.*|eyJ.{16,}", re.DOTALL)
"""A JSON object in base64, which every JWT begins with, and what comes after it."""

_LONG = re.compile(r"[A-Za-z0-9_+=%-]{32,}+")

_WORDS = re.compile(r"[a-z]{0,20}+(?:[_-]++[a-z]{1,20}+)*+[_-]*+")
"""A long name such as ``a_name_of_many_words``, which is no secret."""

_BEFORE_AT = re.compile(r"([^\s/@\"'<>,;()\[\]{}|%]++)(@|%40)?")

_KINDS = str.maketrans(
    {
        **dict.fromkeys("abcdefghijklmnopqrstuvwxyz", "a"),
        **dict.fromkeys("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "A"),
        **dict.fromkeys("0123456789", "0"),
    }
)
_CHANGES = ("aA", "a0", "Aa", "A0", "0a", "0A")


def redact(text: str) -> str:
    """``text`` with a mark in the place of everything that looks secret or personal.

    That is: tokens (JWT), what follows ``Bearer`` or stands after a field named like a key,
    UUIDs, 32 and more characters of hexadecimal digits or base64, user and password in an
    address, and all but the first character of the name in an e-mail address.
    """
    text = _AFTER_BEARER.sub(rf"\1 {MARK}", text)
    text = _NAMED.sub(rf"\1 {MARK}", text)
    text = _USER_INFO.sub(f"://{MARK}@", text)
    text = _UUID.sub(MARK, text)
    text = _RUN.sub(_without_secrets, text)
    if "@" in text or "%40" in text:
        text = _BEFORE_AT.sub(_masked, text)
    return text


def _without_secrets(match: re.Match[str]) -> str:
    run = _TOKEN.sub(MARK, match[0])
    if "/" in run and len(run) >= 32 and _looks_random(run):
        return MARK
    return _LONG.sub(lambda long: long[0] if _WORDS.fullmatch(long[0]) else MARK, run)


def _looks_random(run: str) -> bool:
    # Base64 may hold slashes, and so does a path. Of two neighbours in random base64 some 58 %
    # are of different kinds (small letter, capital, digit), in words and paths less than 15 %.
    kinds = run.translate(_KINDS)
    return sum(map(kinds.count, _CHANGES)) > 0.2 * len(run)


def _masked(match: re.Match[str]) -> str:
    run, at = match.groups()
    name, equals, value = run.rpartition("=")
    if at is None or value in ("", MARK):
        return match[0]
    if ":" in run:
        return f"{MARK}{at}"
    return f"{name}{equals}{value[:1]}…{at}"
