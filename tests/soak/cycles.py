"""Open, request, copy, request, cancel, close, in one process, over and over."""

import contextlib
import gc
import random
import subprocess
import sys
from collections.abc import Iterator

from PySide6.QtWidgets import QApplication
from soak.desk import Belongings, Desk, asking, run_for, until
from soak.lines import Line

from deepbrain_desktop.session.state import Granted, Requesting, Stopped
from deepbrain_desktop.studios.credentials import Server, parse_server
from deepbrain_desktop.studios.scenarios import SANDBOX_USER_KEY

WARM_UP = 100
MOST_MEMORY = 5.0
"""MiB."""


def run(seed: int, count: int) -> Iterator[Line]:
    """Yield what a process holds after ``count`` cycles that it did not before, but after some."""
    rng = random.Random(seed)
    application = QApplication([])
    with _served() as server:
        warm_up = min(WARM_UP, count)
        for _ in range(warm_up):
            _cycle(rng, server)
        before = Belongings.settled(Belongings.now())
        for _ in range(count):
            _cycle(rng, server)
        after = Belongings.settled(before)
    del application
    grown = (after.kib - before.kib) / 1024
    why = f"from {before.kib / 1024:.1f} MiB, after {warm_up} more cycles"
    yield Line("request, cancel, close: memory", count, grown, MOST_MEMORY, " MiB", why)
    for name, number in after.counted.items():
        more = number - before.counted[name]
        yield Line(f"request, cancel, close: {name}", count, more, 0, why=f"of {number}")


@contextlib.contextmanager
def _served() -> Iterator[Server]:
    """A sandbox in a process of its own, so that what it remembers is not counted here."""
    command = [sys.executable, "-m", "deepbrain_desktop.studios.sandbox"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield parse_server(process.stdout.readline())
        finally:
            process.terminate()


def _cycle(rng: random.Random, server: Server) -> None:
    valid, silent = (
        asking(server, f"studiov3.{name}@sandbox.example") for name in ("valid", "silent")
    )
    desk = Desk(valid, silent)
    for account in (valid, silent):
        desk.session.keys.type_key(account.id, SANDBOX_USER_KEY)
    desk.page.request.click()
    until(lambda: isinstance(desk.current.phase, Granted), "a token")
    desk.program.workspace.actions_by_name["copyToken"].trigger()
    desk.program.workspace.actions_by_name["nextAccount"].trigger()
    desk.page.request.click()
    if rng.random() < 0.5:
        run_for(rng.uniform(0, 0.01))
        desk.page.cancel.click()
        assert isinstance(desk.current.phase, Stopped)
    else:
        assert isinstance(desk.current.phase, Requesting)
    desk.close()  # half of the time with a request under way
    # How many closed windows wait for the collector, as each refers to itself, is chance.
    gc.collect()
