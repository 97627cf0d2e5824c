"""A process that does nothing but beat, and tells at its end when it could not.

It shows what the machine does to every process at that time. Ends when its input does.
"""

import select
import sys
import time

BEAT = 0.005
"""Seconds between two beats."""
NOTED = 0.02
"""Seconds from which on a gap is worth a note."""


def beat() -> None:
    """Beat until the input ends; then print begin and end of each gap."""
    print("beating", flush=True)
    gaps, last = [], time.monotonic()
    while not select.select([sys.stdin], [], [], BEAT)[0]:
        now = time.monotonic()
        if now - last > NOTED:
            gaps.append((last, now))
        last = now
    for begin, end in gaps:
        print(begin, end)


if __name__ == "__main__":
    beat()
