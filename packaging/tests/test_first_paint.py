"""How long it takes from the start of the process until the window can be seen."""

import contextlib
import mmap
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from building import PYTHON, ROOT

ROUNDS = 15
PATIENCE = 60.0
"""Seconds that a window may take."""


class Screen:
    """A display whose picture is read as memory: looking at it costs the program nothing."""

    def __init__(self, number: str, picture: Path) -> None:
        self.number = number
        with picture.open("rb") as file:
            self._memory = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._middle = slice(len(self._memory) // 4, len(self._memory) // 4 + 4000)

    @property
    def middle(self) -> bytes:
        """Some points of a line on which every window lies."""
        return self._memory[self._middle]


@contextlib.contextmanager
def screen(folder: Path) -> Iterator[Screen]:
    reading, writing = os.pipe()
    process = subprocess.Popen(
        [
            *("Xvfb", "-displayfd", str(writing), "-screen", "0", "1000x800x24"),
            *("-fbdir", folder, "-nolisten", "tcp", "-noreset"),
        ],
        pass_fds=[writing], stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writing)
    try:
        with os.fdopen(reading) as answer:
            number = f":{answer.readline().strip()}"
        yield Screen(number, folder / "Xvfb_screen0")
    finally:
        process.terminate()
        process.wait(10)


class Paint(NamedTuple):
    """Seconds until a window is seen: by the clock, and those in which its process had a processor.

    The second do not depend on what else the machine does.
    """

    passed: float
    worked: float


def first_paint(command: list[object], on: Screen, home: Path) -> Paint:
    """Start ``command``, and end it when it shows a window."""
    empty = on.middle
    known = {"HOME": str(home), "PATH": "/usr/bin:/bin", "DISPLAY": on.number, "LC_ALL": "C.UTF-8"}
    start = time.perf_counter()
    with subprocess.Popen(command, env=known, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        while on.middle == empty:
            assert time.perf_counter() - start < PATIENCE, command
            time.sleep(0.0005)
        passed = time.perf_counter() - start
        tasks = Path(f"/proc/{process.pid}/task").glob("*/schedstat")
        worked = sum(int(each.read_text().split()[0]) for each in tasks) / 1e9
        process.kill()
    while on.middle != empty:
        assert time.perf_counter() - start < PATIENCE, "the window stays"
        time.sleep(0.01)
    return Paint(passed, worked)


@pytest.fixture
def bare(program: Path, tmp_path: Path) -> Path:
    """A frozen program that is nothing but a window, with the same Python and Qt."""
    folder = tmp_path / "bare"
    shutil.copytree(program, folder, symlinks=True)
    subprocess.run(
        [
            *(PYTHON, "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR"),
            *("--distpath", tmp_path / "dist", "--workpath", tmp_path / "work"),
            Path(__file__).with_name("bare.spec"),
        ],
        check=True,
        timeout=600,
    )
    # Without a COLLECT the executable stays among the work.
    (built,) = tmp_path.glob("work/*/bare")
    shutil.copy(built, folder / "bare")
    return folder / "bare"


def test_the_first_paint_is_as_fast_as_that_of_a_bare_frozen_window(
    program: Path, bare: Path, tmp_path: Path, figure
) -> None:
    commands: dict[str, list[object]] = {
        "bare frozen window": [bare],
        "installed program": [program / "deepbrain-desktop"],
        "from source": [PYTHON, "-m", "deepbrain_desktop"],
        "bare window from source": [PYTHON, Path(__file__).with_name("bare.py")],
    }
    seen: dict[str, list[Paint]] = {name: [] for name in commands}
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    with screen(pictures) as on:
        for _ in range(ROUNDS):
            for name, command in commands.items():
                seen[name].append(first_paint(command, on, tmp_path))
    # The least of many: what else this machine does can only add to it.
    passed = {name: min(each.passed for each in paints) for name, paints in seen.items()}
    worked = {name: min(each.worked for each in paints) for name, paints in seen.items()}
    for name in commands:
        figure(
            f"first paint, {name}: {passed[name] * 1e3:.0f} ms, {worked[name] * 1e3:.0f} at work"
        )
    for other in ("bare frozen window", "from source"):
        ratios = [each["installed program"] / each[other] for each in (passed, worked)]
        figure(
            f"first paint, installed program : {other} = {ratios[0]:.2f}, {ratios[1]:.2f} at work"
        )
    assert worked["installed program"] <= 1.25 * worked["bare frozen window"]
