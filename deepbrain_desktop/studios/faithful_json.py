"""JSON read so that nothing of it is lost, and written again as it was received.

Python's own reader drops names that stand twice, rewrites numbers, and recurses; a person who looks
at a token wants to see what is there.
"""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from deepbrain_desktop.studios.decoded import shown

INDENTED_LEVELS = 32
"""What is nested deeper stands on one line, or indentation would outgrow the text."""


class NestedTooDeeply(ValueError):
    """More lists and objects within each other than wanted."""


class Number(str):
    """A JSON number, NaN or an infinity, as it was written."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Object:
    """A JSON object with all its members, names that stand twice included."""

    members: Sequence[tuple[str, "Json"]] = field(repr=False)

    def last(self) -> dict[str, "Json"]:
        """Its members by name; of two with the same name, the last (RFC 7519, section 4)."""
        return dict(self.members)


Json: TypeAlias = "bool | str | list[Json] | Object | None"


@dataclass(frozen=True, slots=True)
class Reading:
    """A JSON value and what is odd about its text."""

    value: Json = field(repr=False)
    encoding: str
    """As Python names it; ``utf-8`` is the only one that JSON allows between systems."""
    duplicates: tuple[str, ...] = field(repr=False)
    """Names that stand twice in one object, anywhere."""
    non_finite: tuple[str, ...] = field(repr=False)
    """NaN, infinities, and numbers that are too large for a double, as written."""


def read(data: bytes, deepest: int) -> Reading:
    """The JSON value in ``data``, nested at most ``deepest`` levels; UTF-8, -16 or -32.

    Raises NestedTooDeeply, or another ValueError where ``data`` is no JSON.
    """
    encoding = json.detect_encoding(data)
    text = data.decode(encoding, "surrogatepass")
    if _depth(text) > deepest:
        raise NestedTooDeeply
    duplicates: dict[str, None] = {}
    non_finite: dict[str, None] = {}

    def found_object(members: list[tuple[str, Json]]) -> Object:
        names: set[str] = set()
        for name, _ in members:
            if name in names:
                duplicates[name] = None
            names.add(name)
        return Object(members)

    def found_number(literal: str) -> Number:
        if not math.isfinite(float(literal)):
            non_finite[literal] = None
        return Number(literal)

    value: Json = json.loads(
        text,
        object_pairs_hook=found_object,
        parse_int=found_number,
        parse_float=found_number,
        parse_constant=found_number,
    )
    return Reading(value, encoding, tuple(duplicates), tuple(non_finite))


def written(value: Json, margin: str = "") -> str:
    """``value`` as JSON on one line, or on lines that begin with ``margin`` (a line break)."""
    deeper = margin + "  " if 0 < len(margin) < 2 * INDENTED_LEVELS else ""
    if not deeper:
        margin = ""
    match value:
        case Number():
            return str(value)
        case Object(members) if members:
            opening, closing = "{}"
            colon = ": " if deeper else ":"
            pairs = [(_quoted(name) + colon, member) for name, member in members]
        case [_, *_]:
            opening, closing = "[]"
            pairs = [("", member) for member in value]
        case Object():
            return "{}"
        case _:
            return _quoted(value)
    lines = []
    for label, member in pairs:  # no comprehension: its frame would halve the depth there is
        lines.append(f"{deeper}{label}{written(member, deeper)}")
    return f"{opening}{','.join(lines)}{margin}{closing}"


def display(value: Json) -> str:
    """``value`` as it is shown: a text as it is, anything else as JSON on one line; cut."""
    return shown(value if isinstance(value, str) else written(value))


def _quoted(value: "bool | str | list[Json] | None") -> str:
    return json.dumps(value, ensure_ascii=False)


_BRACKETS = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)


def _depth(text: str) -> int:
    """How deeply lists and objects are nested; found without recursion, in linear time."""
    depth = deepest = 0
    for bracket in _BRACKETS.finditer(text):
        match bracket[0][0]:
            case "[" | "{":
                depth += 1
                deepest = max(deepest, depth)
            case "]" | "}":
                depth -= 1
    return deepest
