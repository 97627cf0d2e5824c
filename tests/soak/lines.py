"""What a soak measured, beside the bound that it has to keep."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Line:
    """One promise, and what came of it."""

    what: str
    count: int
    measured: float
    bound: float
    """The most that may be measured."""
    unit: str = ""
    why: str = ""
    """What broke it, or what the figure does not say."""

    @property
    def kept(self) -> bool:
        return self.measured <= self.bound

    def __str__(self) -> str:
        measured = f"{self.measured:,.2f}".removesuffix(".00") + self.unit
        bound = f"≤ {self.bound:,.2f}".removesuffix(".00") + self.unit
        verdict = "kept" if self.kept else "BROKEN"
        return f"{self.what:62} {self.count:>7,} {measured:>11} {bound:>9}  {verdict:6}  {self.why}"


HEADING = f"{'what':62} {'count':>7} {'measured':>11} {'bound':>9}  verdict"


def broken(what: str, count: int, reasons: Iterable[str], bound: int = 0) -> Line:
    """How many of ``count`` broke a promise, and the first three reasons."""
    found = list(reasons)
    return Line(what, count, len(found), bound, why="; ".join(found[:3]))


def dumped(lines: Iterable[Line]) -> str:
    """As one line of text, for another process."""
    return json.dumps([asdict(line) for line in lines])


def loaded(text: str) -> list[Line]:
    """The lines in such a text."""
    return [Line(**fields) for fields in json.loads(text)]
