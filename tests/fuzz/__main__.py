"""make fuzz: odd input in bulk, by seed; a table, and the cases that broke a promise.

``--seed N`` repeats a campaign, ``--only WORDS --case N`` one of its cases.
"""

import argparse
import os
import random
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT / "tests")  # where this was started from would hide what is there
sys.path.insert(1, str(ROOT))

from fuzz.campaign import SLOWEST, Row, run  # noqa: E402
from fuzz.targets import FULL  # noqa: E402
from x_server import running_x_server  # noqa: E402

HEADS = ("target", "cases", "seed", "accepted", "refused", "broken", "slowest", "verdict")


def main() -> int:
    """Run the campaigns; returns 0 where every promise was kept."""
    options = _options()
    print(f"At most {SLOWEST * 1000:.0f} ms of processor time a case; --seed {options.seed}\n")
    _print(HEADS)
    rows = []
    with running_x_server() as display, tempfile.TemporaryDirectory() as home:
        os.environ |= {"DISPLAY": display, "HOME": home, "QT_QPA_PLATFORM": "xcb"}
        for target, count in FULL.items():
            if options.only in target.name:
                began = time.monotonic()
                row = run(target, options.seed, max(1, count // options.part), options.case)
                rows.append(row)
                took = time.monotonic() - began
                _print(_cells(row), f"in {took:.0f} s; slowest: case {row.slowest_case}")
    for row in rows:
        for broken in row.told:
            print(f"\n{row.target}, seed {row.seed}, {broken}")
    return 0 if rows and all(row.kept for row in rows) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--only", default="", metavar="WORDS", help="targets of this name")
    parser.add_argument("--case", type=int, metavar="N", help="this one case of each target")
    parser.add_argument("--part", type=int, default=1, metavar="N", help="one Nth of the cases")
    return parser.parse_args()


def _cells(row: Row) -> tuple[str, ...]:
    counts = (row.cases, row.seed, row.accepted, row.refused, row.broken)
    verdict = "kept" if row.kept else "BROKEN"
    return row.target, *map(str, counts), f"{row.slowest * 1000:.1f} ms", verdict


def _print(cells: tuple[str, ...], more: str = "") -> None:
    target, *numbers, verdict = cells
    print(f"{target:24}", *(f"{each:>9}" for each in numbers), f"  {verdict:8}", more, flush=True)


if __name__ == "__main__":
    sys.exit(main())
