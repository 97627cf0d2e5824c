"""A private X server: for the tests, the benchmark and the pictures."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator

PATIENCE = 5.0
"""Seconds that it may take to end."""


class NoXServer(RuntimeError):
    """Xvfb is missing, or did not start."""


@contextlib.contextmanager
def running_x_server(width: int = 1400, height: int = 1000) -> Iterator[str]:
    """Start one and yield its display; raises NoXServer."""
    with x_server(width, height) as (display, _):
        yield display


@contextlib.contextmanager
def x_server(width: int, height: int) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Start one and yield its display and its process; raises NoXServer.

    It does not reset when its last client leaves: that would end whoever connects meanwhile.
    """
    program = shutil.which("Xvfb")
    if program is None:
        raise NoXServer("Xvfb is missing; make test installs it")
    reading, writing = os.pipe()
    screen = ["-screen", "0", f"{width}x{height}x24"]
    process = subprocess.Popen(
        [program, "-displayfd", str(writing), *screen, "-nolisten", "tcp", "-noreset"],
        pass_fds=[writing],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as answer:
            number = answer.readline().strip()
        if not number:
            raise NoXServer("Xvfb did not start")
        yield f":{number}", process
    finally:
        process.terminate()
        process.wait(PATIENCE)
