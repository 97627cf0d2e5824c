"""What is said where there is no window to say it in: lines on standard output and error."""

import sys
from typing import TextIO


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


def tell(line: str) -> None:
    """Print a line on standard output, at once.

    Once nobody reads it any more, or its disk is full, nothing else is said there: what the
    program was started for is done all the same. The full disk is complained of.
    """
    try:
        _print(line, sys.stdout)
    except OSError as error:
        sys.stdout = None  # as where there is none from the start
        if not isinstance(error, BrokenPipeError):
            complain(f"Standard output takes nothing more: {error.strerror}.")


def complain(line: str) -> None:
    """Print a line on standard error, if anybody takes it."""
    try:
        _print(line, sys.stderr)
    except OSError:
        sys.stderr = None


def _print(line: str, stream: TextIO | None) -> None:
    if stream is not None:
        shown = "".join(each if each.isprintable() else "?" for each in line)
        encoding = stream.encoding or "utf-8"
        print(shown.encode(encoding, "replace").decode(encoding), file=stream, flush=True)
