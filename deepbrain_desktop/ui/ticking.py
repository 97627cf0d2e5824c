"""Ticks once a second while something on the screen moves with time, and not at all otherwise."""

import math

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from deepbrain_desktop.session.state import AccountState, Failed, Granted, Requesting, State
from deepbrain_desktop.studios import validity as validities
from deepbrain_desktop.studios.validity import next_change
from deepbrain_desktop.ui.status import SLOW_KEYCHAIN, validity_of

SECOND = 1000
_LONGEST = 86_400 * SECOND
"""Milliseconds; a timer counts no further than 24 days."""


class Ticking(QObject):
    """Decides when the window has to look at its clocks again."""

    ticked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._resting = True
        self._timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.ticked)

    def rest(self, *, resting: bool) -> None:
        """Stop ticking while nothing can be seen."""
        self._resting = resting
        if resting:
            self._timer.stop()

    def follow(self, state: State, elapsed: float, lease_ends_at: float | None = None) -> None:
        """Tick when something of this state, or of a lease on the clipboard, looks different."""
        if self._resting:
            return
        # One clock sets the beat, so that its seconds are counted without a gap; others keep to it.
        beat = _beat(state.current, elapsed) if state.current else None
        if beat is None and lease_ends_at is not None:
            beat = _to_next_second(lease_ends_at - elapsed)
        if beat is None and any(_wait(each, elapsed) is not None for each in state.accounts):
            beat = SECOND
        if beat is not None:
            self._timer.start(beat)
        else:
            self._timer.stop()


def _beat(account: AccountState, elapsed: float) -> int | None:
    wait = _wait(account, elapsed)
    match account.phase:
        case Granted(decoded=decoded, service_time=time) if wait is None:
            # No countdown, but the claims tell how long ago their moments were.
            moments = (each.instant for each in (*decoded.claims, *decoded.header))
            moment = next((each for each in moments if each is not None), None)
            return None if moment is None else _to_next_second(moment - time.now(elapsed))
    return wait


def _wait(account: AccountState, elapsed: float) -> int | None:
    match account.phase:
        case Requesting(since=since):
            past = elapsed - since
            return _at(SLOW_KEYCHAIN - past) if past < SLOW_KEYCHAIN else _to_next_second(-past)
        case Failed() if account.paused_until is not None and account.paused_until > elapsed:
            return _to_next_second(account.paused_until - elapsed)
        case Granted():
            return _token_wait(account.phase, elapsed)
    return None


def _token_wait(granted: Granted, elapsed: float) -> int | None:
    now = granted.service_time.now(elapsed)
    change = next_change(granted.decoded, now, granted.received)
    waits = [] if change is None else [_at(change)]
    match validity_of(granted, elapsed):
        case validities.Valid(left=left) | validities.Expiring(left=left):
            waits.append(_to_next_second(left))
        case validities.NotYetValid(wait=wait):
            waits.append(_to_next_second(wait))
        case validities.Expired(ago=ago):
            waits.append(_to_next_second(-ago))
    return min(waits, default=None)


def _to_next_second(left: float) -> int:
    """Milliseconds until a countdown of ``left`` seconds shows the next number."""
    return _at(left - math.floor(left))


def _at(wait: float) -> int:
    """Milliseconds after which ``wait`` seconds are over for certain."""
    return min(max(20, math.ceil(wait * SECOND) + 5), _LONGEST)
