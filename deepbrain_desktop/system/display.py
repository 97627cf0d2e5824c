"""Whether there is a display, asked before Qt would abort for want of one."""

import sys
from collections.abc import Mapping


def missing_display(environment: Mapping[str, str]) -> str | None:
    """Say what is missing, in one line; None where a window can be opened.

    Qt ends the process with a core dump where no platform plugin finds its display.
    """
    if sys.platform != "linux" or environment.get("QT_QPA_PLATFORM", "") not in ("", "xcb"):
        return None
    if environment.get("WAYLAND_DISPLAY") and not environment.get("QT_QPA_PLATFORM"):
        return None
    display = environment.get("DISPLAY")
    if not display:
        return "DeepBrain Desktop needs a display: neither DISPLAY nor WAYLAND_DISPLAY is set."
    return None if _answers(display) else f"DeepBrain Desktop can’t open the display {display}."


def _answers(display: str) -> bool:
    import ctypes

    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return False
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(display.encode(), None))
    failed = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    return not failed
