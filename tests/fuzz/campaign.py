"""Many cases through one target: what is counted, what is measured, what breaks a promise."""

import itertools
import random
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st

SLOWEST = 0.050
"""Seconds of processor time that one case may cost."""
SUSPECT = 0.005
"""Seconds above which a case is judged three times, of which the quickest counts."""
BATCH = 500
MOST_TOLD = 5
"""Broken cases that are kept to be told."""


Judge = Callable[[Any], bool]
"""Puts one case in; whether it was accepted. Raises for a broken promise."""


@dataclass(frozen=True)
class Target:
    """What is fuzzed, with what, and how it is judged."""

    name: str
    cases: Callable[[int], Iterator[Any]]
    """All cases of a seed, one after the other, without end."""
    court: Callable[[], AbstractContextManager[Judge]]
    """Where cases are judged, built for each batch; complains of what is left behind."""
    clock: Callable[[], float] = time.thread_time
    """Processor time, in seconds."""


@dataclass(frozen=True)
class Broken:
    """One case that broke a promise."""

    number: int
    case: object
    why: str

    def __str__(self) -> str:
        return f"case {self.number}: {self.why}\n    {self.case!r:.1500}"


@dataclass
class Row:
    """What came of a campaign."""

    target: str
    seed: int
    cases: int = 0
    accepted: int = 0
    slowest: float = 0.0
    slowest_case: int = 0
    broken: int = 0
    told: list[Broken] = field(default_factory=list)

    @property
    def refused(self) -> int:
        return self.cases - self.accepted - self.broken

    @property
    def kept(self) -> bool:
        return self.broken == 0

    def note(self, number: int, case: object, why: str) -> None:
        self.broken += 1
        if len(self.told) < MOST_TOLD:
            self.told.append(Broken(number, case, why))


def run(target: Target, seed: int, count: int, only: int | None = None) -> Row:
    """Judge the first ``count`` cases of a seed, or of those ``only`` the one of that number."""
    row = Row(target.name, seed)
    numbered = enumerate(target.cases(seed))
    taken = ((n, case) for n, case in numbered if only is None or n == only)
    left = count if only is None else 1
    while left:
        batch = min(left, BATCH)
        left -= batch
        try:
            with target.court() as judge:
                for number, case in itertools.islice(taken, batch):
                    _note(row, number, case, lambda case=case: _timed(target, judge, case))
        except AssertionError as reason:
            row.note(row.cases - 1, f"the {batch} cases before", f"left behind: {reason}")
    return row


def _note(row: Row, number: int, case: object, timed: Callable[[], tuple[bool, float]]) -> None:
    row.cases += 1
    try:
        accepted, took = timed()
        if took > SUSPECT:  # was it the case, or the collector of garbage in its midst?
            took = min(took, *(timed()[1] for _ in range(2)))
    except Exception as error:  # noqa: BLE001 - it is what is looked for
        place = traceback.extract_tb(error.__traceback__)[-1]
        row.note(number, case, f"{type(error).__name__} {error} ({place.name}:{place.lineno})")
        return
    if took > row.slowest:
        row.slowest, row.slowest_case = took, number
    if took > SLOWEST:
        row.note(number, case, f"took {took * 1000:.0f} ms of processor time, three times")
    else:
        row.accepted += accepted


def _timed(target: Target, judge: Judge, case: object) -> tuple[bool, float]:
    began = target.clock()
    accepted = judge(case)
    return accepted, target.clock() - began


def without_stage(judge: Judge) -> Callable[[], AbstractContextManager[Judge]]:
    """A court that needs nothing around it."""
    return lambda: nullcontext(judge)


# Where cases come from


def by_damage(make: Callable[[random.Random], Any]) -> Callable[[int], Iterator[Any]]:
    """Each case from a generator of its own, so that it can be made again without the others."""

    def cases(seed: int) -> Iterator[Any]:
        number = 0
        while True:
            yield make(random.Random(f"{seed}/{number}"))
            number += 1

    return cases


def by_structure(strategy: st.SearchStrategy[Any]) -> Callable[[int], Iterator[Any]]:
    """Hypothesis' examples of a strategy, in batches with seeds of their own."""

    def cases(seed: int) -> Iterator[Any]:
        batch = 0
        while True:
            yield from _examples(strategy, seed + batch * 1_000_003)
            batch += 1

    return cases


def _examples(strategy: st.SearchStrategy[Any], seed: int) -> list[Any]:
    found: list[Any] = []

    @seeded(seed)
    @settings(
        max_examples=BATCH,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def gather(example: object) -> None:
        found.append(example)

    gather()
    return found
