"""The pieces of a soak, how often each is done in full, and a process of its own for each."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import children
from soak.lines import Line, loaded

FULL = {"cycles": 1_000, "endings": 300, "kills": 1_000, "days": 30, "two_accounts": 1_000}
"""Names of modules beside this one; each has ``run(seed, count)``, which yields lines."""
LONGEST = 3_600
"""Seconds."""


def run_alone(name: str, seed: int, count: int, changes: Mapping[str, str] = {}) -> list[Line]:
    """Run one piece in a process of its own and return its lines."""
    ran = subprocess.run(
        [
            *(sys.executable, "-W", "error", str(Path(__file__).parent)),
            *("--alone", name, "--seed", str(seed), "--count", str(count)),
        ],
        env=children.environment(changes),
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    complaints = [] if ran.returncode == 0 and not ran.stderr else [ran.stderr[-3000:] or "died"]
    lines = loaded(ran.stdout) if ran.stdout else []
    silent = Line(f"{name}: words on standard error", count, len(complaints), 0)
    return [*lines, silent if not complaints else Line(silent.what, count, 1, 0, why=complaints[0])]
