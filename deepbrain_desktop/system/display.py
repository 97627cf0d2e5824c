"""Whether there is a display, asked before Qt would abort for want of one."""

import contextlib
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from deepbrain_desktop import threads

_LONGEST_TRIAL = 10
"""Seconds that Qt may try a platform, and that a display server may take to answer."""
_FILES = 16
"""What a window has open, or a little more; with half of them Qt ends the process or hangs."""
_THREADS = 3
"""What Qt starts with at most: two that listen to a Wayland server, one to the session bus."""


@dataclass(frozen=True, slots=True)
class NoDisplay:
    """Why no window can be opened."""

    platforms: str = ""
    """What QT_QPA_PLATFORM asks for, where that is what Qt can't use."""
    servers: tuple[str, ...] = ()
    """The display servers that do not answer; none where none is named."""
    scarce: bool = False
    """Whether the system had no process, file or threads for Qt."""


def missing_display(environment: Mapping[str, str]) -> NoDisplay | None:
    """Say what is missing; None where a window can be opened.

    Qt ends the process with a core dump where no platform plugin can be used, and waits for ever
    for a thread that it does not get. Which plugins it tries is as in
    QGuiApplicationPrivate::createPlatformIntegration (Qt 6.11).
    """
    if sys.platform != "linux":
        return None
    asked = environment.get("QT_QPA_PLATFORM")
    platforms = asked.split(";") if asked else list(_usual_platforms(environment))
    try:
        if any(_is_served(each, environment) for each in platforms):
            return None if _has_room() else NoDisplay(scarce=True)
    except OSError:
        return NoDisplay(scarce=True)
    if asked and not {each.lower() for each in platforms} <= _ASKED_OF_THE_SERVER.keys():
        return NoDisplay(platforms=asked)
    known = (environment.get("WAYLAND_DISPLAY"), environment.get("DISPLAY"))
    return NoDisplay(servers=tuple(filter(None, known)))


def _has_room() -> bool:
    """Whether Qt will get its threads and files: as many as that are taken here, all at once.

    Raises OSError where there are too few files.
    """
    with contextlib.ExitStack() as files:
        for _ in range(_FILES):
            files.callback(os.close, os.open(os.devnull, os.O_RDONLY))
    enough = threading.Event()
    started = [threading.Thread(target=enough.wait) for _ in range(_THREADS)]
    try:
        for each in started:
            threads.start(each)
    except (RuntimeError, MemoryError):
        return False
    finally:
        enough.set()
    for each in started:
        each.join()
    return True


def _usual_platforms(environment: Mapping[str, str]) -> Iterator[str]:
    if "WAYLAND_DISPLAY" in environment or environment.get("XDG_SESSION_TYPE") == "wayland":
        yield "wayland"
    yield "xcb"


def _is_served(platform: str, environment: Mapping[str, str]) -> bool:
    asks_server = _ASKED_OF_THE_SERVER.get(platform.lower())
    if asks_server is not None:
        return asks_server(environment)
    return bool(platform) and _qt_can_use(platform)


def _qt_can_use(platform: str) -> bool:
    """Try a platform that is no usual one in a process of its own, which may abort.

    Nothing less tells: its plugin may be missing, lack a library, or not find its device.
    Raises OSError where there is no process to be had.
    """
    child = os.fork()
    if child == 0:
        status = 1
        try:
            signal.alarm(_LONGEST_TRIAL)
            silence = os.open(os.devnull, os.O_RDWR)
            os.dup2(silence, 1)
            os.dup2(silence, 2)
            os.environ["QT_QPA_PLATFORM"] = platform
            from PySide6.QtGui import QGuiApplication

            QGuiApplication([])
            status = 0
        finally:
            os._exit(status)
    return os.waitpid(child, 0)[1] == 0


# Request 0 of object 1, 12 bytes with its argument: wl_display.sync, which any server answers.
_WAYLAND_SYNC = b"".join(each.to_bytes(4, sys.byteorder) for each in (1, 12 << 16, 2))


def _wayland_answers(environment: Mapping[str, str]) -> bool:
    if environment.get("WAYLAND_SOCKET"):  # the number of a connection that was handed down
        return True
    # wl_display_connect: a name below XDG_RUNTIME_DIR, or a path; wayland-0 if there is none.
    name = environment.get("WAYLAND_DISPLAY") or "wayland-0"
    folder = environment.get("XDG_RUNTIME_DIR", "")
    if not name.startswith("/") and not folder:
        return False
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as attempt:
        attempt.settimeout(_LONGEST_TRIAL)
        attempt.connect(name if name.startswith("/") else f"{folder}/{name}")
        attempt.sendall(_WAYLAND_SYNC)
        return bool(attempt.recv(1))
    return False


def _x11_answers(environment: Mapping[str, str]) -> bool:
    import ctypes

    display = environment.get("DISPLAY")
    if not display:
        return False
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return False
    xcb.xcb_connect.restype = xcb.xcb_get_setup.restype = ctypes.c_void_p
    screen = ctypes.c_int()
    connection = ctypes.c_void_p(xcb.xcb_connect(os.fsencode(display), ctypes.byref(screen)))
    answered = not xcb.xcb_connection_has_error(connection)
    if answered:
        # Qt looks for the screen that is named (":0.1") as well.
        setup = ctypes.c_void_p(xcb.xcb_get_setup(connection))
        answered = screen.value < xcb.xcb_setup_roots_length(setup)
    xcb.xcb_disconnect(connection)
    return answered


_ASKED_OF_THE_SERVER = {"wayland": _wayland_answers, "xcb": _x11_answers}
"""The usual platforms are not tried but asked for, as that takes no time."""
