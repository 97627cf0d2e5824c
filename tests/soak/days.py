"""Working days with clocks that a simulation moves, each look held against an oracle."""

import os
import random
import time
from collections.abc import Callable, Iterator
from zoneinfo import ZoneInfo

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from soak.day_oracle import Expected, Lease
from soak.desk import Desk, asking, until
from soak.lines import Line, broken
from soak.simulated import Clocks

from deepbrain_desktop.session.state import Granted, Requesting
from deepbrain_desktop.studios.sandbox import Sandbox
from deepbrain_desktop.studios.scenarios import SANDBOX_USER_KEY
from deepbrain_desktop.system.clipboard import Clipboard
from deepbrain_desktop.ui.ticking import Ticking

ZONE = ZoneInfo("Europe/Berlin")
DAY = 86_400.0
WORKDAY = 9 * 3600.0
LIFETIME = 60
SCENARIOS = ("valid", "short", "expiring", "expired", "not-yet-valid", "no-expiry", "opaque")
CLOCK_TOLERANCE = 30.0


def run(seed: int, count: int) -> Iterator[Line]:
    """Yield what was wrong in ``count`` days."""
    os.environ["TZ"] = ZONE.key
    time.tzset()
    application = QApplication([])
    clocks = Clocks()
    with Sandbox(pace=0, now=clocks.true) as sandbox:
        days = _Days(random.Random(seed), clocks, sandbox)
        for _ in range(count):
            days.work()
        days.desk.close()
    del application
    looks = days.looks
    steps = ", ".join(f"{each} {number}" for each, number in sorted(days.done.items()))
    yield Line("simulated working days: steps", count, 0, 0, why=steps)
    yield broken("wrong about status, time left or expiry, in looks", looks, days.wrong_status)
    yield broken("wrong about the clipboard, in looks", looks, days.wrong_lease)
    yield broken("wrong about this computer's clock, in looks", looks, days.wrong_remark)


class _Days:
    """A person at work, day after day, and somebody who looks over the shoulder."""

    def __init__(self, rng: random.Random, clocks: Clocks, sandbox: Sandbox) -> None:
        self._rng = rng
        self._clocks = clocks
        accounts = [asking(sandbox.server, f"studiov3.{n}@sandbox.example", n) for n in SCENARIOS]
        self.desk = Desk(*accounts, elapsed=clocks.elapsed, wall=clocks.wall)
        self.desk.program.preferences.clipboard_lifetime = LIFETIME
        for account in accounts:
            self.desk.session.keys.type_key(account.id, SANDBOX_USER_KEY)
        self._held: dict[str, Expected] = {}
        self._wrong_by: dict[str, float] = {}
        """What the computer's clock was ahead by when a token came."""
        self._lease: Lease | None = None
        self._lent = ""
        self.looks = 0
        self.done: dict[str, int] = {}
        self.wrong_status: list[str] = []
        self.wrong_lease: list[str] = []
        self.wrong_remark: list[str] = []

    def work(self) -> None:
        """One day from nine to six, and the night or the weekend after it."""
        began = self._clocks.service
        while self._clocks.service < began + WORKDAY:
            step = self._rng.choice(
                (
                    *(self._request, self._request, self._copy, self._copy, self._switch),
                    *(
                        self._wait,
                        self._wait_a_little,
                        self._wait_for_a_change,
                        self._wait_for_a_change,
                    ),
                    *(self._nap, self._set_clock),
                    *(self._clear, self._suspend_while_copied),
                )
            )
            self._do(step)
        self._do(self._go_home)

    def _do(self, step: Callable[[], None]) -> None:
        name = step.__name__.strip("_").replace("_", " ")
        self.done[name] = self.done.get(name, 0) + 1
        step()
        self._look(name)

    # What happens

    def _request(self) -> None:
        desk = self.desk
        desk.page.request.click()
        until(lambda: not isinstance(desk.current.phase, Requesting), "an outcome")
        assert isinstance(desk.current.phase, Granted), desk.current.phase
        token = desk.current.phase.token.reveal()
        self._held[desk.current.id] = Expected(token, self._clocks.service)
        self._wrong_by[desk.current.id] = self._clocks.wall_error

    def _copy(self) -> None:
        if self.desk.current.id in self._held:
            self.desk.program.workspace.actions_by_name["copyToken"].trigger()
            clocks = self._clocks
            self._lease = Lease(clocks.elapsed(), clocks.wall(), LIFETIME)
            self._lent = self._held[self.desk.current.id].token

    def _switch(self) -> None:
        for _ in range(self._rng.randrange(1, len(SCENARIOS))):
            self.desk.program.workspace.actions_by_name["nextAccount"].trigger()

    def _clear(self) -> None:
        self.desk.program.workspace.actions_by_name["clearClipboard"].trigger()
        self._lease = None

    def _wait(self) -> None:
        self._clocks.run(self._rng.uniform(60, 3_000))

    def _wait_a_little(self) -> None:
        self._clocks.run(self._rng.uniform(0, 40))

    def _wait_for_a_change(self) -> None:
        """Until shortly before or after the window has to say something else."""
        now, held = self._clocks.service, self._held.get(self.desk.current.id)
        coming = [each for each in held.changes if each > now] if held else []
        if coming:
            aim = coming[0] + self._rng.choice((-30, -4, 4, 30))
            self._clocks.run(max(0.0, aim - now))

    def _nap(self) -> None:
        """The lid is closed; on opening, the clock is right again."""
        self._clocks.run(self._rng.uniform(60, 2 * 3_600))
        self._clocks.wall_error = 0.0

    def _set_clock(self) -> None:
        self._clocks.wall_error = self._rng.choice((0.0, 0.0, 3 * DAY, -3 * DAY, 3_600, -3_600))

    def _suspend_while_copied(self) -> None:
        """A virtual machine is stopped, clocks and all, but for the wall's, which is set after.

        What was granted before counts too long from then on, as nothing tells it how long that
        was: so it is asked for anew.
        """
        if self._lease is None:
            return
        self._clocks.stand_still(self._rng.uniform(1, 600))
        self._held.clear()
        for each in self.desk.state.accounts:
            self.desk.session.accounts.select(each.id)
            self._request()

    def _go_home(self) -> None:
        now = self._clocks.service
        days = 3 if _weekday(now) == 4 else 1
        nine = now - (now - _nine(now)) + days * DAY
        nine += _offset(now) - _offset(nine)  # summer time ends in a night
        self._clocks.run(nine - now)

    # What is seen

    def _look(self, step: str) -> None:
        self._let_due_timers_ring()
        self.looks += 1
        clocks, desk = self._clocks, self.desk
        result = desk.page.result
        held = self._held.get(desk.current.id)
        if result is None or held is None:
            return
        where = f"after {step} at {clocks.service:.0f}"
        expiry = result.expiry.accessibleDescription()
        status = (result.status.text(), result.clock.text(), expiry)
        if wrong := held.judge(clocks.service, *status, ZONE):
            self.wrong_status.append(f"{desk.current.account.name} {where}: {wrong}")
        said_wrong = "computer’s clock" in result.remarks.accessibleDescription()
        said_wrong |= any("computer’s clock is" in value for _, value in result.request.facts)
        if said_wrong != (abs(self._wrong_by[desk.current.id]) > CLOCK_TOLERANCE):
            self.wrong_remark.append(f"{where}: {self._wrong_by[desk.current.id]:+.0f} s")
        pasted = QGuiApplication.clipboard().text()
        said = result.lease.accessibleDescription()
        lease = self._lease or Lease(-10 * LIFETIME, 0, LIFETIME)
        if wrong := lease.judge(clocks.elapsed(), clocks.wall(), said, pasted, self._lent):
            self.wrong_lease.append(f"{where}: {wrong}")
        if lease.left(clocks.elapsed(), clocks.wall()) <= 0:
            self._lease = None

    def _let_due_timers_ring(self) -> None:
        """As they would by themselves within the second, or at once when a computer wakes up."""
        for kind in (Clipboard, Ticking):
            for holder in self.desk.program.window.findChildren(kind):
                for timer in holder.findChildren(QTimer):
                    if timer.isActive():
                        timer.timeout.emit()
        QApplication.processEvents()


def _weekday(moment: float) -> int:
    return time.localtime(moment).tm_wday


def _nine(moment: float) -> float:
    """Nine o'clock of that day."""
    here = time.localtime(moment)
    return moment - ((here.tm_hour - 9) * 3600 + here.tm_min * 60 + here.tm_sec + moment % 1)


def _offset(moment: float) -> float:
    return float(time.localtime(moment).tm_gmtoff)
