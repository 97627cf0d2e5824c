"""An end that nothing can hold up."""

import faulthandler
import os


def end_within(seconds: float) -> None:
    """End this process, with status 1, should it still run after so many seconds.

    Qt takes its leave of a display server and of a clipboard manager and waits for the answer of
    one that hangs, with Python's lock held; faulthandler's timer needs neither.
    """
    faulthandler.dump_traceback_later(seconds, exit=True, file=os.open(os.devnull, os.O_WRONLY))
