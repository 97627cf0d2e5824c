"""What the audit demands: nothing found, the markers found, the planted leaks found."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from audit.evidence import Place, Row

Rows = Mapping[Place, Row]

SHOWN_BY = {
    "log line": {Place.FILES},
    "base64 in settings": {Place.FILES},
    "UTF-16 temp file": {Place.FILES},
    "deleted temp file": {Place.WRITES},
    "child argument": {Place.ARGUMENTS, Place.STARTS},
    "child environment": {Place.ENVIRONMENT, Place.STARTS},
    "stderr": {Place.OUTPUT},
    "clipboard left": {Place.SELECTIONS, Place.HANDED_OVER},
    "memory kept": {Place.MEMORY},
    "window title": {Place.TITLES},
    "spelt to readers": {Place.HEARD},
}
"""In which places each planted leak has to be found."""
TRACED = {each for each in Place if each.value.startswith("strace")}
"""Places that are seen by strace alone."""


def memory_bound(*, is_whole: bool) -> int:
    """The ratchet: hits in memory that are put up with."""
    lines = Path(__file__).with_name("memory.txt").read_text().splitlines()
    bounds = dict(line.split() for line in lines if not line.startswith("#"))
    return int(bounds["whole" if is_whole else "short"])


def is_leaking(rows: Rows, place: Place, *, is_whole: bool) -> bool:
    """Whether more is found in a place than is put up with."""
    bound = memory_bound(is_whole=is_whole) if place is Place.MEMORY else 0
    return rows[place].count > bound


def complaints(rows: Rows, *, is_whole: bool) -> Iterator[str]:
    """What is wrong with a run in which nothing was planted."""
    for place, row in rows.items():
        if is_leaking(rows, place, is_whole=is_whole):
            yield f"{row.count} hits, {place.value}: {'; '.join(row.examples[:5])}"
        if row.marked is False:
            yield f"the marker was not found, so nothing is shown: {place.value}"


def is_found(leak: str, rows: Rows) -> bool:
    """Whether a planted leak shows in every place where it has to, beside what strace sees."""
    looked_at = SHOWN_BY[leak] & set(rows)
    return bool(looked_at) and all(is_leaking(rows, place, is_whole=False) for place in looked_at)
