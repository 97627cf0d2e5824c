"""Scripts that run in processes of their own, with this program's code at hand."""

import os
import subprocess
import sys
from collections.abc import Mapping

WITHOUT_PRIVILEGES = """
import ctypes, sys
if sys.platform == "linux":
    # No capability at all (capset(2), version 3): root becomes a user like others, in this process.
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    assert ctypes.CDLL(None).capset(header, (ctypes.c_uint32 * 6)()) == 0
"""


def environment(changes: Mapping[str, str] | None = None) -> dict[str, str]:
    """What a child finds: as here, but unmeasured, for what limits it would hit the measuring."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    return {
        **own,
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "PYTHONDONTWRITEBYTECODE": "1",
        **(changes or {}),
    }


def run(
    script: str, *arguments: object, changes: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run ``script`` to its end, at most a minute."""
    return subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        env=environment(changes),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def start(script: str, *arguments: object) -> subprocess.Popen[str]:
    """Start ``script``; to be used in a ``with`` and ended by whoever started it."""
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
