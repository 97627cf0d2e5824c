"""Exit with 0 when a window can be shown here, with 1 when not.

A display that is named but does not answer counts as none: Qt would abort on it.
"""

from __future__ import annotations

import ctypes
import os
import socket
import sys
from pathlib import Path


def answers_wayland(environment: os._Environ[str]) -> bool:
    """Tell whether the compositor's socket takes a connection."""
    name = environment.get("WAYLAND_DISPLAY", "")
    if not name:
        return False
    path = Path(environment.get("XDG_RUNTIME_DIR", "/nonexistent"), name)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(2)
        try:
            connection.connect(str(path))
        except OSError:
            return False
    return True


def answers_x11(environment: os._Environ[str]) -> bool:
    """Tell whether the X server lets this account in, by the library that Qt uses as well."""
    if not environment.get("DISPLAY"):
        return False
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return False
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    try:
        return int(xcb.xcb_connection_has_error(connection)) == 0
    finally:
        xcb.xcb_disconnect(connection)


def main() -> int:
    """Ask the system that this machine has."""
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    if platform.partition(":")[0] in {"offscreen", "minimal"}:
        return 1
    if sys.platform in {"darwin", "win32"}:
        return 0
    return 0 if answers_wayland(os.environ) or answers_x11(os.environ) else 1


if __name__ == "__main__":
    sys.exit(main())
