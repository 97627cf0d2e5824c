"""Whether the session bus answers, asked before Qt would wait for it without end."""

import contextlib
import os
import re
import socket
import sys
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from urllib.parse import unquote

_ADDRESS = "DBUS_SESSION_BUS_ADDRESS"
_PATIENCE = 2.0
"""Seconds. A bus that is at work answers within a few milliseconds."""


def hide_silent_bus(environment: MutableMapping[str, str]) -> Callable[[], None]:
    """Keep Qt off a session bus that takes connections and says nothing. Return what undoes it.

    Qt 6.11 connects as the first window is shown, if not before, has no limit for that (libdbus
    has none for the handshake), and asks for the bus once only. The keychain's limits are its own.

    To be called with ``os.environ`` before the application object is made.
    """
    if sys.platform != "linux" or not _is_silent(environment):
        return lambda: None
    before = environment.get(_ADDRESS)
    environment[_ADDRESS] = "disabled:"

    def undo() -> None:
        if before is None:
            del environment[_ADDRESS]
        else:
            environment[_ADDRESS] = before

    return undo


def _is_silent(environment: Mapping[str, str]) -> bool:
    for place in _sockets(environment):
        with contextlib.closing(socket.socket(socket.AF_UNIX)) as attempt:
            attempt.settimeout(_PATIENCE)
            try:
                attempt.connect(place)
                # The first step of every client (D-Bus Specification, "Authentication Protocol").
                attempt.sendall(
                    b"\0AUTH EXTERNAL %s\r\n" % str(os.getuid()).encode().hex().encode()
                )
                attempt.recv(1)
            except (TimeoutError, BlockingIOError):  # the latter: its queue is full
                return True
            except (OSError, ValueError):  # not here, or not a name
                continue
            return False
    return False


def _sockets(environment: Mapping[str, str]) -> Iterator[str]:
    """Where the bus may be, as libdbus looks for it on Linux."""
    asked = environment.get(_ADDRESS)
    if asked is None:
        yield environment.get("XDG_RUNTIME_DIR", "") + "/bus"
        return
    for kind, place in re.findall(r"unix:(?:[^;]*,)?(path|abstract)=([^,;]*)", asked):
        yield ("\0" if kind == "abstract" else "") + unquote(place)
