"""An end that nothing can hold up."""

import faulthandler
import signal
import sys

_NO_FILE = 2**31 - 1
"""A number that no open file has: what is written to it is lost, and no file need be opened."""


def end_within(seconds: float) -> None:
    """End this process, with status 1, should it still run after so many seconds.

    Qt takes its leave of a display server and of a clipboard manager and waits for the answer of
    one that hangs, with Python's lock held; faulthandler's timer needs neither. It needs a thread;
    where there is none to be had, the system's alarm ends the process (by SIGALRM).
    """
    try:
        faulthandler.dump_traceback_later(seconds, exit=True, file=_NO_FILE)
    except RuntimeError:
        if sys.platform != "win32":
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_REAL, seconds)
