"""make soak: what holds for hours has to hold for days. A table; 1 where a promise was broken.

``--seed N`` repeats what was random, ``--only NAME`` runs one piece, ``--part N`` an Nth of each.
"""

import argparse
import random
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT / "tests")  # where this was started from would hide what is there
sys.path.insert(1, str(ROOT))

from soak.lines import HEADING, dumped  # noqa: E402
from soak.pieces import FULL, run_alone  # noqa: E402
from x_server import running_x_server  # noqa: E402


def main() -> int:
    """Run the pieces, each in a process of its own; returns 0 where every promise was kept."""
    options = _options()
    if options.alone:
        sys.stdout.write(
            dumped(import_module(f"soak.{options.alone}").run(options.seed, options.count))
        )
        return 0
    print(f"--seed {options.seed}\n\n{HEADING}")
    kept = True
    with running_x_server() as display, tempfile.TemporaryDirectory() as home:
        changes = {
            "DISPLAY": display,
            "HOME": home,
            "QT_QPA_PLATFORM": "xcb",
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={home}/no-bus",
            "NO_AT_BRIDGE": "1",
        }
        for name, count in FULL.items():
            if options.only in name:
                began = time.monotonic()
                for line in run_alone(name, options.seed, max(1, count // options.part), changes):
                    print(line, flush=True)
                    kept = kept and line.kept
                print(f"    {name}: {time.monotonic() - began:.0f} s", flush=True)
    return 0 if kept else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--only", default="", metavar="NAME")
    parser.add_argument("--part", type=int, default=1, metavar="N")
    parser.add_argument("--alone", help=argparse.SUPPRESS)
    parser.add_argument("--count", type=int, default=1, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
