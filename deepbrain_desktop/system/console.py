"""A console to answer in, where Windows gives a program with a window none."""

import sys


def borrow_console() -> None:
    """Let what is printed reach the console that this program was started from, on Windows.

    Nothing changes elsewhere, where output is redirected, and where there is no such console.
    Source: AttachConsole, ATTACH_PARENT_PROCESS.
    """
    if sys.platform != "win32" or sys.stdout is not None:
        return
    import ctypes

    if ctypes.windll.kernel32.AttachConsole(-1):
        sys.stdout = sys.stderr = open("CONOUT$", "w", encoding="utf-8")  # noqa: SIM115, PTH123
