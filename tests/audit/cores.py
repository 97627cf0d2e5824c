"""Core files: as many as the machine will have, and whether they can be seen."""

import resource
import shutil
from pathlib import Path

_PATTERN = Path("/proc/sys/kernel/core_pattern")


def without_limit() -> tuple[str, ...]:
    """What to put before a command, so that it could leave a core file of any size."""
    program = shutil.which("prlimit")
    assert program is not None, "prlimit is missing; it belongs to util-linux"
    return (program, f"--core={_hard_limit()}", "--")


def lie_in_current_folder() -> bool:
    """Whether a core file would be left where the process was; or else it is beyond our sight."""
    try:
        pattern = _PATTERN.read_text()
    except OSError:
        return False
    return not pattern.startswith(("|", "/")) and _hard_limit() != "0"


def _hard_limit() -> str:
    limit = resource.getrlimit(resource.RLIMIT_CORE)[1]
    return "unlimited" if limit == resource.RLIM_INFINITY else str(limit)
