"""Hear that the person's session is locked."""

import contextlib
import os
import socket
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSocketNotifier, Signal, Slot

from deepbrain_desktop import threads

if TYPE_CHECKING:
    from jeepney import MatchRule, Message
    from jeepney.io.blocking import DBusConnection

    _Rules = Callable[[DBusConnection], tuple[MatchRule, ...]]

_PATIENCE = 30.0
"""Seconds that a bus may take to let us in."""
_SAVERS = tuple(
    f"org.{name}"
    for name in (
        "freedesktop.ScreenSaver",
        "gnome.ScreenSaver",
        "kde.screensaver",
        "cinnamon.ScreenSaver",
        "mate.ScreenSaver",
        "xfce.ScreenSaver",
    )
)
_LOGIND = "org.freedesktop.login1"
_LOGIND_SESSION = f"{_LOGIND}.Session"
_PROPERTIES = "org.freedesktop.DBus.Properties"


class ScreenLock(QObject):
    """Emits ``locked`` when a screen saver covers the screen or logind locks the session.

    On Linux, each of the two buses has a daemon thread that holds no Qt object and sleeps until
    the bus has one of those signals for it; where there is no bus, it ends. Where there is no
    thread to be had, nothing is heard either. Signals: ActiveChanged of the desktops' screen savers
    on the session bus; Lock and LockedHint of org.freedesktop.login1(5) on the system bus.

    On Windows and macOS nothing is heard. The lock screen takes the focus there, which masks the
    user key at once; a token is masked after 30 s and off the clipboard after its time as ever.
    """

    locked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ear, self._bell = socket.socketpair()
        self._ear.setblocking(False)
        self._bell.setblocking(False)
        self._notifier = QSocketNotifier(self._ear.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._hear)
        self._lines = (_Line("SESSION", _saver_rules), _Line("SYSTEM", _logind_rules))

    def listen(self) -> None:
        """Begin to listen."""
        if sys.platform != "linux":
            return
        for line in self._lines:
            arguments = (line, self._bell)
            listener = threading.Thread(target=_listen, args=arguments, name=line.bus, daemon=True)
            with contextlib.suppress(RuntimeError, MemoryError):  # no thread is to be had
                threads.start(listener)

    def close(self) -> None:
        """Stop listening."""
        self._notifier.setEnabled(False)
        for line in self._lines:
            line.cut()
        self._ear.close()
        self._bell.close()

    @Slot()
    def _hear(self) -> None:
        with contextlib.suppress(OSError):
            self._ear.recv(4096)
        self.locked.emit()


class _Line:
    """A way to a bus, which one thread uses and another one may cut."""

    def __init__(self, bus: str, rules: "_Rules") -> None:
        self.bus = bus
        self.rules = rules
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._is_cut = False

    def use(self, connected: socket.socket) -> bool:
        """Take this socket; False where it is too late for that."""
        with self._lock:
            self._socket = connected
            return not self._is_cut

    def cut(self) -> None:
        """Give whoever waits for a message an error."""
        with self._lock:
            self._is_cut = True
            if self._socket is not None:
                with contextlib.suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)


def _listen(line: _Line, bell: socket.socket) -> None:
    # No bus, none that speaks to us, one that has gone, no file for it or for the code that speaks
    # to it: then there is nothing to hear.
    with contextlib.suppress(Exception):
        _hear_out(line, bell)


def _hear_out(line: _Line, bell: socket.socket) -> None:
    from jeepney.bus import get_bus
    from jeepney.bus_messages import message_bus
    from jeepney.io.blocking import DBusConnection, Proxy, prep_socket

    with contextlib.closing(prep_socket(get_bus(line.bus), timeout=_PATIENCE)) as connected:
        if not line.use(connected):
            return
        with DBusConnection(connected) as connection:
            bus = Proxy(message_bus, connection)
            for rule in line.rules(connection):
                bus.AddMatch(rule)
            while True:
                if _tells_of_a_lock(connection.receive()):
                    # A full pipe, in a storm of them, will wake the reader all the same.
                    with contextlib.suppress(BlockingIOError):
                        bell.send(b"\0")


def _saver_rules(_connection: "DBusConnection") -> "tuple[MatchRule, ...]":
    from jeepney import MatchRule

    return tuple(
        MatchRule(type="signal", interface=each, member="ActiveChanged") for each in _SAVERS
    )


def _logind_rules(connection: "DBusConnection") -> "tuple[MatchRule, ...]":
    from jeepney import DBusAddress, MatchRule, MessageType, new_method_call

    manager = DBusAddress("/org/freedesktop/login1", _LOGIND, f"{_LOGIND}.Manager")
    ours = os.environ.get("XDG_SESSION_ID")
    if ours:
        question = new_method_call(manager, "GetSession", "s", (ours,))
    else:
        question = new_method_call(manager, "GetSessionByPID", "u", (os.getpid(),))
    answer = connection.send_and_get_reply(question)
    if answer.header.message_type is not MessageType.method_return:
        return ()
    (path,) = answer.body
    return tuple(
        MatchRule(type="signal", sender=_LOGIND, interface=interface, member=member, path=path)
        for interface, member in ((_LOGIND_SESSION, "Lock"), (_PROPERTIES, "PropertiesChanged"))
    )


def _tells_of_a_lock(message: "Message") -> bool:
    from jeepney import HeaderFields

    fields = message.header.fields
    match fields.get(HeaderFields.interface), fields.get(HeaderFields.member), message.body:
        case str(interface), "ActiveChanged", (True,):
            return interface in _SAVERS
        case str(interface), "Lock", _:
            return interface == _LOGIND_SESSION
        case str(_), "PropertiesChanged", (str(about), {"LockedHint": (_, True)}, *_):
            return about == _LOGIND_SESSION
    return False
