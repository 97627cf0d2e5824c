"""Whether there is a display, asked before Qt would abort for want of one."""

import contextlib
import socket
import sys
from collections.abc import Iterator, Mapping

from deepbrain_desktop.product import NAME


def missing_display(environment: Mapping[str, str]) -> str | None:
    """Say what is missing, in one line; None where a window can be opened.

    Qt ends the process with a core dump where no platform plugin finds its display. Which plugins
    it tries is as in QGuiApplicationPrivate::createPlatformIntegration (Qt 6.11).
    """
    if sys.platform != "linux":
        return None
    asked = environment.get("QT_QPA_PLATFORM")
    platforms = asked.split(";") if asked else list(_usual_platforms(environment))
    if any(_is_served(each.partition(":")[0], environment) for each in platforms):
        return None
    known = (environment.get("WAYLAND_DISPLAY"), environment.get("DISPLAY"))
    named = " or ".join(filter(None, known))
    if not named:
        return f"{NAME} needs a display: neither DISPLAY nor WAYLAND_DISPLAY is set."
    return f"{NAME} can’t open the display {named}."


def _usual_platforms(environment: Mapping[str, str]) -> Iterator[str]:
    if "WAYLAND_DISPLAY" in environment or environment.get("XDG_SESSION_TYPE") == "wayland":
        yield "wayland"
    yield "xcb"


def _is_served(platform: str, environment: Mapping[str, str]) -> bool:
    if platform.startswith("wayland"):
        return _wayland_answers(environment)
    # Others, such as offscreen, need no server.
    return platform != "xcb" or _x11_answers(environment)


def _wayland_answers(environment: Mapping[str, str]) -> bool:
    if environment.get("WAYLAND_SOCKET"):  # the number of a connection that was handed down
        return True
    # wl_display_connect: a name below XDG_RUNTIME_DIR, or a path; wayland-0 if there is none.
    name = environment.get("WAYLAND_DISPLAY") or "wayland-0"
    folder = environment.get("XDG_RUNTIME_DIR", "")
    if not name.startswith("/") and not folder:
        return False
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as attempt:
        attempt.connect(name if name.startswith("/") else f"{folder}/{name}")
        return True
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
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(display.encode(), None))
    failed = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    return not failed
