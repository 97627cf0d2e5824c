"""A process that saves accounts, killed at any moment: old ones or new ones, never half a file."""

import os
import random
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from soak.lines import Line, broken

from deepbrain_desktop.account import Account
from deepbrain_desktop.system.accounts_file import AccountsFile, Reading

OLD, NEW = (
    tuple(Account(id=f"{number:032x}", name=name * 20) for number in range(200))
    for name in ("old", "new")
)


def run(seed: int, count: int) -> Iterator[Line]:
    """Yield what ``count`` kills left behind."""
    rng = random.Random(seed)
    torn: list[str] = []
    seen = {"old": 0, "new": 0}
    most_litter = 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "accounts.json"
        AccountsFile(path).write(OLD)
        longest = 2 * _seconds_to_write(path)
        for number in range(count):
            _kill_a_writer(path, rng.uniform(0, longest))
            found = AccountsFile(path).read()
            if found == Reading(OLD):
                seen["old"] += 1
            elif found == Reading(NEW):
                seen["new"] += 1
            else:
                torn.append(f"kill {number}: {found!r:.200}")
            most_litter = max(most_litter, len(_beside(path)))
        file = AccountsFile(path)
        file.read()
        file.write(NEW)
        left = _beside(path)
    yield broken("killed while saving: neither the old nor the new accounts", count, torn)
    why = f"old {seen['old']}, new {seen['new']}"
    yield Line("killed while saving: files beside it at any time", count, most_litter, 1, why=why)
    yield broken("killed while saving: files beside it after the next save", count, left)


def _beside(path: Path) -> list[str]:
    return sorted(each.name for each in path.parent.iterdir() if each != path)


def _seconds_to_write(path: Path) -> float:
    file = AccountsFile(path)
    file.read()
    began = time.perf_counter()
    for _ in range(10):
        file.write(OLD)
    return (time.perf_counter() - began) / 10


def _kill_a_writer(path: Path, seconds: float) -> None:
    """Start one that writes without end, and kill it so long after its first word."""
    ear, begun = os.pipe()
    process = os.fork()
    if not process:
        _write_for_ever(path, begun)
    try:
        os.read(ear, 1)
        time.sleep(seconds)
    finally:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        os.close(ear)
        os.close(begun)


def _write_for_ever(path: Path, begun: int) -> None:
    try:
        file = AccountsFile(path)
        is_new = file.read().accounts == NEW
        os.write(begun, b".")
        while True:
            file.write(OLD if is_new else NEW)
            is_new = not is_new
    finally:
        os._exit(1)
