"""Odd input, the short form of ``make fuzz``: nothing escapes, no false success, 50 ms at most."""

import random
from collections.abc import Callable, Iterator

import pytest
from fuzz import tokens
from fuzz.campaign import Target, by_damage, by_structure, run, without_stage
from fuzz.oracle import granted_by, rightful_tokens
from fuzz.targets import FULL
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication

SEED = 20_261_122
SHARE = 50
FEWEST = 100


@pytest.fixture(autouse=True)
def _application(qapp: QApplication) -> QApplication:
    return qapp


@pytest.mark.parametrize("target", FULL, ids=lambda target: target.name)
def test_odd_input_keeps_its_promises(target: Target) -> None:
    row = run(target, SEED, max(FEWEST, FULL[target] // SHARE))
    assert row.kept, "\n".join(map(str, row.told))
    assert row.accepted, "nothing was accepted: this proves nothing"
    assert row.refused, "nothing was refused: this proves nothing"


@pytest.mark.parametrize("make", [tokens.DAMAGED.cases, by_structure(st.binary())])
def test_a_seed_makes_the_same_cases_again(make: Callable[[int], Iterator[object]]) -> None:
    first, again, other = (make(seed) for seed in (1, 1, 2))
    cases = [next(first) for _ in range(20)]
    assert [next(again) for _ in range(20)] == cases
    assert [next(other) for _ in range(20)] != cases


def test_a_broken_promise_is_told_with_its_case() -> None:
    def judge(case: int) -> bool:
        assert case < 9, "too much"
        return case < 5

    target = Target("numbers", by_damage(lambda rng: rng.randrange(10)), without_stage(judge))
    row = run(target, 1, 200)
    assert not row.kept
    assert row.cases == row.accepted + row.refused + row.broken == 200
    told = row.told[0]
    assert (told.case, "too much" in told.why) == (9, True)
    alone = run(target, 1, 200, only=told.number)
    assert (alone.cases, alone.broken) == (1, 1)


def test_a_case_that_costs_too_much_breaks_a_promise() -> None:
    clock = iter([float(second) for second in range(100)])
    court = without_stage(lambda _: True)
    target = Target("slow", by_damage(random.Random.random), court, lambda: next(clock))
    row = run(target, 1, 1)
    assert (row.broken, row.accepted) == (1, 0)
    assert "1000 ms" in row.told[0].why


def test_the_oracle_grants_nothing_but_a_strict_success() -> None:
    good = b'{"code":1000,"data":{"session_token":"a.b.c"},"message":null}'
    assert granted_by(good) == "a.b.c"
    for old, new in (
        (b"1000", b"1000.0"),
        (b"1000", b"true"),
        (b"1000", b"4010"),
        (b"a.b.c", b""),
        (b"a.b.c", b"a b"),
        (b"a.b.c", b"a\\n"),
        (b"a.b.c", "é".encode()),
        (b"a.b.c", b"a" * 16_385),
        (b"null", b"NaN"),
        (b"{", b'{"code":1000,'),
        (b"{", b"\xef\xbb\xbf{"),
        (b"null}", b"null}}"),
        (b"null", b'"\xff"'),
    ):
        assert granted_by(good.replace(old, new, 1)) is None, (old, new)
    for status in (b"201", b"302", b"401"):
        assert rightful_tokens(b"HTTP/1.1 " + status + b" X\r\n\r\n" + good) == set()
    assert rightful_tokens(b"HTTP/1.1 200 X\r\n\r\n" + good) == {"a.b.c"}
