"""The matrix is whole: each known fault has its case, or a place where it is told of."""

import subprocess
import sys
from pathlib import Path

import pytest
from faults.catalogue import BESIDE, ELSEWHERE, HERE, number_of, table, untried

ROOT = Path(__file__).parents[2]
FEWEST = 120


@pytest.fixture(scope="module")
def cases() -> set[str]:
    """The names of all tests of the matrix."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "--collect-only",
        "--full",
        "-p",
        "no:randomly",
    ]
    found = subprocess.run(
        [*command, Path(__file__).parent], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return {line for line in found.stdout.splitlines() if number_of(line)}


def test_every_known_fault_has_a_case(cases) -> None:
    assert not untried(cases)


def test_enough_cases_are_tried(cases) -> None:
    assert len(cases) >= FEWEST


def test_what_another_system_has_to_show_stands_in_the_checklist() -> None:
    checklist = (ROOT / "packaging/checklist.md").read_text()
    for number, where in ELSEWHERE.items():
        assert number in checklist or "checklist" not in where, f"{number} is not in the checklist"


def test_the_limits_that_nothing_shows_are_told_in_readme() -> None:
    assert "Revocation is not looked up" in (ROOT / "README.md").read_text()


def test_what_is_tried_beside_the_matrix_is_there() -> None:
    for place in BESIDE.values():
        assert (ROOT / place).is_file(), place


@pytest.mark.parametrize(
    ("node", "number"),
    [
        ("tests/faults/test_network.py::test_a_fault[N5-silent]", "N5"),
        ("tests/faults/test_life.py::test_u16_a_signal_ends_it", "U16"),
        ("tests/faults/test_rules.py::test_a_secret_in_the_log_is_found", None),
        ("tests/faults/test_system.py::test_it_runs[utf-8]", None),
    ],
)
def test_a_number_is_read_from_a_name(node, number) -> None:
    assert number_of(node) == number


def test_the_table_tells_what_did_not_hold() -> None:
    told = table({"a[N5-silent]": True, "a[N6-drips]": False})
    assert "N  network                     2       1" in told
    assert "P  packages                    –       –" in told
    assert all(
        f"  {number}: {where}" in told for number, where in (*ELSEWHERE.items(), *BESIDE.items())
    )
    assert len(HERE) > 100
