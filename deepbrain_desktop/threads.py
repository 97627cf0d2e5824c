"""Start a thread, or say that there is none to be had."""

import mmap
import threading

_ROOM = 16 * 1024 * 1024
"""Bytes of address space: the usual stack of 8 MiB and whatever a thread's first steps take."""


def start(thread: threading.Thread) -> None:
    """Start it. Raises RuntimeError or MemoryError where no thread or memory for it is to be had.

    ``Thread.start`` waits until the thread runs, which it never does when its first steps find no
    memory (CPython 3.11-3.13): the caller would wait for ever.
    """
    try:
        mmap.mmap(-1, _ROOM).close()
    except OSError:
        raise RuntimeError("no memory for a thread") from None
    thread.start()
