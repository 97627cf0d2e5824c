"""The locks name one version and its hashes for everything, and one project nowhere else."""

import re
from pathlib import Path

import pytest

LOCKS = Path(__file__).parents[1] / "packaging/requirements"
NAMES = sorted(path.name for path in LOCKS.glob("*.txt"))
PINNED = re.compile(r"[A-Za-z0-9._-]+==[^\s;*]+(?: ; [^\\]+?)?")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def entries(name: str) -> list[tuple[str, list[str]]]:
    """Each requirement with its marker, and the options that follow it."""
    lines = (LOCKS / name).read_text("utf-8").replace("\\\n", " ").splitlines()
    found = (re.split(r"\s+(?=--)", line.strip()) for line in lines)
    return [(first, rest) for first, *rest in found]


def test_there_are_locks():
    assert {"run.txt", "development.txt"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_requirement_is_one_version_with_hashes_and_nothing_else(name):
    for requirement, options in entries(name):
        assert PINNED.fullmatch(requirement), requirement
        assert options, f"{requirement} has no hash"
        assert [each for each in options if not HASH.fullmatch(each)] == []


APART = ("run.txt", "locking.txt", "windows.txt")
"""The lock itself, and those of tools that the program does not run beside."""


@pytest.mark.parametrize("name", [each for each in NAMES if each not in APART])
def test_what_runs_is_the_same_everywhere(name):
    run = {
        requirement.partition(" ;")[0]: set(hashes) for requirement, hashes in entries("run.txt")
    }
    other = {requirement.partition(" ;")[0]: set(hashes) for requirement, hashes in entries(name)}
    assert run.items() <= other.items()
