"""What a measured process can say about itself."""

import json
import os
import sys
import time
from pathlib import Path


def since_start() -> float:
    """Milliseconds since this process was started (proc(5), field 22 of stat, and uptime)."""
    started = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
    now = time.clock_gettime(time.CLOCK_BOOTTIME)
    return (now - started / os.sysconf("SC_CLK_TCK")) * 1000


def resident() -> float:
    """Resident memory in KiB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 1024


def switches() -> int:
    """How often any thread of this process was woken up."""
    total = 0
    for task in Path("/proc/self/task").iterdir():
        for line in (task / "status").read_text().splitlines():
            if line.startswith("voluntary_ctxt_switches"):
                total += int(line.split()[1])
    return total


def tell(figures: dict[str, float]) -> None:
    """Print the figures for who started this process."""
    print(json.dumps(figures), file=sys.stdout, flush=True)
