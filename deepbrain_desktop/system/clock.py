"""The clocks: the wall's, one that only goes forward, and the service's."""

import sys
import time
from dataclasses import dataclass


def wall() -> float:
    """Seconds since 1970 by this computer's clock, which anybody may set."""
    return time.time()


if sys.platform == "win32":

    def elapsed() -> float:
        """Seconds since some moment; never set back, and counting through suspend.

        ``time.monotonic`` reads GetTickCount64, since Python 3.13 QueryPerformanceCounter; both
        include sleep and hibernation (Microsoft, "Acquiring high-resolution time stamps").
        """
        return time.monotonic()

elif sys.platform == "darwin":

    def elapsed() -> float:
        """Seconds since some moment; never set back, and counting through suspend.

        CLOCK_MONOTONIC goes on while the system sleeps (macOS, clock_gettime(3)), unlike
        mach_absolute_time, which ``time.monotonic`` reads.
        """
        return time.clock_gettime(time.CLOCK_MONOTONIC)

else:

    def elapsed() -> float:
        """Seconds since some moment; never set back, and counting through suspend.

        CLOCK_BOOTTIME is CLOCK_MONOTONIC and the time the system was suspended (Linux,
        clock_gettime(2)).
        """
        return time.clock_gettime(time.CLOCK_BOOTTIME)


@dataclass(frozen=True, slots=True)
class ServiceTime:
    """The service's clock, known from one moment at which it was measured."""

    anchor_epoch: float
    """What the service's clock showed then, in seconds since 1970."""
    anchor_elapsed: float
    """What ``elapsed`` showed then."""

    def now(self, elapsed: float) -> float:
        """The service's time, in seconds since 1970, when ``elapsed()`` shows ``elapsed``.

        Does not change when somebody sets this computer's clock.
        """
        return self.anchor_epoch + (elapsed - self.anchor_elapsed)
