"""make bench: how quick and how light the program is, as ratios beside a bare window in one run."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from x_server import running_x_server  # noqa: E402

RUNS = 15
REQUESTING_RUNS = 5
"""How a process comes to lie in memory shifts the ratio by 5 %; the middle one of these tells."""


@dataclass(frozen=True, slots=True)
class Line:
    """One figure, and the bound it has to keep."""

    what: str
    figure: float
    bound: float | None
    """None where the figure is told for what it is worth."""
    unit: str
    raw: str


def main() -> int:
    """Measure everything; returns 0 where every bound is kept."""
    subprocess.run(
        [sys.executable, "-m", "compileall", "-q", "deepbrain_desktop"], cwd=ROOT, check=True
    )
    with display() as environment:
        lines = [*starting(environment), *working(environment), *idling(environment)]
    width = max(len(line.what) for line in lines)
    for line in lines:
        verdict = "" if line.bound is None else "kept" if kept(line) else "NOT KEPT"
        figure = f"{line.figure:.2f} {line.unit}"
        bound = "" if line.bound is None else f"≤ {line.bound:g} {line.unit}"
        print(f"{line.what:{width}}  {figure:>12}  {bound:>12}  {verdict:8}  {line.raw}")
    target = ROOT / "build" / "bench.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps([asdict(line) for line in lines], indent=1, ensure_ascii=False))
    print(f"\nAlso in {target.relative_to(ROOT)}")
    return 0 if all(map(kept, lines)) else 1


def kept(line: Line) -> bool:
    """Whether the figure keeps its bound."""
    return line.bound is None or line.figure <= line.bound


@contextmanager
def display() -> Iterator[dict[str, str]]:
    """A private X server and home for what is measured."""
    with running_x_server() as number, tempfile.TemporaryDirectory() as home:
        kept = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH")
        environment = {name: os.environ[name] for name in kept if name in os.environ}
        yield environment | {
            "DISPLAY": number,
            "HOME": home,
            "QT_QPA_PLATFORM": "xcb",
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={home}/none",
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}",
        }


def measure(script: str, environment: dict[str, str], *arguments: str) -> dict[str, float]:
    """Run one of the scripts beside this file; it prints its figures as JSON."""
    ran = subprocess.run(
        [sys.executable, str(HERE / script), *arguments],
        env=environment,
        cwd=environment["HOME"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    if ran.returncode:
        raise SystemExit(f"{script} {arguments} failed:\n{ran.stderr}")
    figures: dict[str, float] = json.loads(ran.stdout)
    return figures


def starting(environment: dict[str, str]) -> Iterator[Line]:
    """Process start to first paint, and memory then and after the first request."""
    bare, ours = [], []
    for run in range(RUNS + 2):
        pair = measure("bare.py", environment), measure("program.py", environment)
        if run >= 2:  # the first ones warm the disk's cache
            bare.append(pair[0])
            ours.append(pair[1])
    # Of times the least: what else the machine does can only add to them.
    middle = statistics.median
    for what, name, beside, bound, of_many in (
        ("process start to first paint", "painted", "painted", 1.15, min),
        ("resident memory at first paint", "resident", "resident", 1.25, middle),
        ("resident memory after the first request", "resident_later", "resident", 1.8, middle),
        ("process start to the filled window", "filled", "painted", None, min),
        ("resident memory with the filled window", "resident_filled", "resident", None, middle),
    ):
        floor = of_many(each[beside] for each in bare)
        figure = of_many(each[name] for each in ours)
        yield Line(what, figure / floor, bound, "×", f"{figure:.0f} beside {floor:.0f}")


def working(environment: dict[str, str]) -> Iterator[Line]:
    """One request beside a plain one, the hand-over, and the event loop's longest gap."""
    several = [measure("requesting.py", environment) for _ in range(REQUESTING_RUNS)]
    several.sort(key=lambda each: each["ours"] / each["plain"])
    figures = several[REQUESTING_RUNS // 2]
    ratio = figures["ours"] / figures["plain"]
    raw = f"{figures['ours']:.2f} ms beside {figures['plain']:.2f} ms"
    yield Line("a request beside requests.post", ratio, 1.10, "×", raw)
    figures = measure("handing_over.py", environment)
    yield Line("hand-over to and from the window", figures["handover"], 20, "ms", "")
    gap = figures["longest_gap"]
    yield Line("event loop's longest gap, first request", gap, 50, "ms", "16 KiB token, keychain")


def idling(environment: dict[str, str]) -> Iterator[Line]:
    """Wake-ups of the whole process with a valid token, hidden and shown."""
    figures = measure("idling.py", environment)
    raw = f"{figures['hidden']:.0f} in {figures['seconds']:.0f} s"
    yield Line("wake-ups while hidden, each second", figures["hidden_rate"], 0, "/s", raw)
    raw = f"{figures['ticks']:.0f} ticks in {figures['seconds']:.0f} s"
    yield Line("ticks of ours while shown, each second", figures["tick_rate"], 1.1, "/s", raw)


if __name__ == "__main__":
    sys.exit(main())
