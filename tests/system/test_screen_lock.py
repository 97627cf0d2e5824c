"""A locked session is heard of on real buses, from stand-ins for screen saver and logind."""

import contextlib
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator

import children
import pytest

if sys.platform != "linux" or shutil.which("dbus-daemon") is None:
    pytest.skip("needs dbus-daemon", allow_module_level=True)

from jeepney import (
    DBusAddress,
    HeaderFields,
    MessageType,
    new_error,
    new_method_return,
    new_signal,
)
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import Proxy, open_dbus_connection

from deepbrain_desktop.system.screen_lock import ScreenLock

SESSION_PATH = "/org/freedesktop/login1/session/_37"
OTHER_PATH = "/org/freedesktop/login1/session/_38"
LOGIND = "org.freedesktop.login1"
PATIENCE = 10.0
SAVERS = {
    "org.freedesktop.ScreenSaver": "/org/freedesktop/ScreenSaver",
    "org.gnome.ScreenSaver": "/org/gnome/ScreenSaver",
    "org.kde.screensaver": "/ScreenSaver",
}


@contextlib.contextmanager
def running_bus() -> Iterator[str]:
    """A bus of its own; its address."""
    command = ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as daemon:
        assert daemon.stdout is not None
        try:
            yield daemon.stdout.readline().decode().strip()
        finally:
            daemon.kill()


@pytest.fixture
def buses(monkeypatch) -> Iterator[None]:
    with running_bus() as session, running_bus() as system:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", session)
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", system)
        monkeypatch.setenv("XDG_SESSION_ID", "7")
        yield


@pytest.fixture
def screen_lock(qapp) -> Iterator[ScreenLock]:
    screen_lock = ScreenLock()
    yield screen_lock
    screen_lock.close()


class Logind:
    """Answers which session is ours, and then says what a test wants."""

    def __init__(self) -> None:
        self._connection = open_dbus_connection("SYSTEM")
        Proxy(message_bus, self._connection).RequestName(LOGIND)
        self._thread = threading.Thread(target=self._answer)
        self._thread.start()

    def _answer(self) -> None:
        while True:
            call = self._connection.receive(timeout=PATIENCE)
            if call.header.message_type is not MessageType.method_call:
                continue
            known = call.header.fields[HeaderFields.member] == "GetSession" and call.body == ("7",)
            reply = (
                new_method_return(call, "o", (SESSION_PATH,))
                if known
                else new_error(call, f"{LOGIND}.NoSuchSession")
            )
            self._connection.send(reply)
            return

    def say(self, path: str, interface: str, member: str, *body) -> None:
        self._thread.join(PATIENCE)
        self._connection.send(new_signal(DBusAddress(path, interface=interface), member, *body))

    def close(self) -> None:
        self._thread.join(PATIENCE)
        self._connection.close()


@pytest.fixture
def logind(buses) -> Iterator[Logind]:
    logind = Logind()
    yield logind
    logind.close()


def heard(qtbot, screen_lock: ScreenLock, say) -> None:
    """Say it until it is heard: nobody knows from outside when the listening began."""
    times: list[int] = []
    screen_lock.locked.connect(lambda: times.append(1))

    def said_and_heard() -> bool:
        say()
        return bool(times)

    qtbot.waitUntil(said_and_heard, timeout=PATIENCE * 1000)


@pytest.mark.parametrize("interface", SAVERS)
def test_a_screen_saver_that_covers_the_screen_is_heard(qtbot, buses, screen_lock, interface):
    screen_lock.listen()
    address = DBusAddress(SAVERS[interface], interface=interface)
    with open_dbus_connection("SESSION") as saver:
        lock = new_signal(address, "ActiveChanged", "b", (True,))
        heard(qtbot, screen_lock, lambda: saver.send(lock))


def test_a_storm_of_locks_that_the_window_is_too_busy_for_deafens_nobody(qtbot, buses, screen_lock):
    screen_lock.listen()
    address = DBusAddress(SAVERS["org.gnome.ScreenSaver"], interface="org.gnome.ScreenSaver")
    with open_dbus_connection("SESSION") as saver:
        lock = new_signal(address, "ActiveChanged", "b", (True,))
        heard(qtbot, screen_lock, lambda: saver.send(lock))
        (listener,) = (each for each in threading.enumerate() if each.name == "SESSION")
        for _ in range(1000):
            saver.send(lock)
        listener.join(0.3)
        assert listener.is_alive()
        heard(qtbot, screen_lock, lambda: saver.send(lock))


@pytest.mark.parametrize(
    ("interface", "member", "body"),
    [
        (f"{LOGIND}.Session", "Lock", ()),
        (
            "org.freedesktop.DBus.Properties",
            "PropertiesChanged",
            ("sa{sv}as", (f"{LOGIND}.Session", {"LockedHint": ("b", True)}, [])),
        ),
    ],
)
def test_logind_that_locks_our_session_is_heard(
    qtbot, logind, screen_lock, interface, member, body
):
    screen_lock.listen()
    heard(qtbot, screen_lock, lambda: logind.say(SESSION_PATH, interface, member, *body))


def test_what_is_no_lock_of_ours_is_not_heard(qtbot, logind, screen_lock):
    times: list[int] = []
    screen_lock.listen()
    screen_lock.locked.connect(lambda: times.append(1))
    address = DBusAddress("/ScreenSaver", interface="org.freedesktop.ScreenSaver")
    properties = "org.freedesktop.DBus.Properties"
    with open_dbus_connection("SESSION") as saver:
        lock = new_signal(address, "ActiveChanged", "b", (True,))
        heard(qtbot, screen_lock, lambda: saver.send(lock))
        heard(qtbot, screen_lock, lambda: logind.say(SESSION_PATH, f"{LOGIND}.Session", "Lock"))
        # Whatever is still on its way is in before what follows it on the same line.
        before = len(times)
        for path, hint in ((OTHER_PATH, True), (SESSION_PATH, False)):
            body = (f"{LOGIND}.Session", {"LockedHint": ("b", hint)}, [])
            logind.say(path, properties, "PropertiesChanged", "sa{sv}as", body)
        logind.say(OTHER_PATH, f"{LOGIND}.Session", "Lock")
        saver.send(new_signal(address, "ActiveChanged", "b", (False,)))
        saver.send(new_signal(address, "Lock", "b", (True,)))
        qtbot.wait(100)
    assert len(times) <= before + 1


def listeners() -> set[str]:
    return {"SESSION", "SYSTEM"} & {each.name for each in threading.enumerate()}


def test_without_a_bus_nothing_is_heard_and_nothing_fails(qtbot, screen_lock, monkeypatch):
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/dev/null/bus")
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "nonsense")
    screen_lock.listen()
    qtbot.waitUntil(lambda: not listeners())


def test_without_a_thread_nothing_is_heard_and_nothing_fails(screen_lock):
    usual = threading.stack_size(2**50)
    try:
        screen_lock.listen()
    finally:
        threading.stack_size(usual)
    assert not listeners()


WITHOUT_FILES = """
import resource, threading
from PySide6.QtCore import QCoreApplication
from deepbrain_desktop.system.screen_lock import ScreenLock
application = QCoreApplication([])
screen_lock = ScreenLock()
resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
screen_lock.listen()
for each in threading.enumerate()[1:]:
    each.join()
"""


def test_without_a_file_for_what_speaks_to_the_bus_nothing_fails():
    ending = children.run(WITHOUT_FILES)
    assert (ending.returncode, ending.stdout, ending.stderr) == (0, "", "")


@pytest.mark.parametrize("gone", ["program", "bus"])
def test_the_listening_ends_with_the_program_or_its_bus(qtbot, monkeypatch, screen_lock, gone):
    with running_bus() as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        screen_lock.listen()
        assert listeners()
        if gone == "program":
            screen_lock.close()
            qtbot.waitUntil(lambda: not listeners())
    qtbot.waitUntil(lambda: not listeners())
