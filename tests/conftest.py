"""The stage every test stands on: an X server, a home and an environment of its own, left clean."""

import contextlib
import gc
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from x_server import NoXServer, running_x_server

pytest_plugins = ["keyring_daemon"] if sys.platform == "linux" else []
# A Secret Service, X11's clipboard, processes to look into: only Linux has them.
_OF_LINUX = [
    "audit",
    "faults",
    "program",
    "system/test_keychain.py",
    "system/test_keychain_backends.py",
    "ui",
]
collect_ignore = [] if sys.platform == "linux" else _OF_LINUX

# What holds for all input is judged by its input alone, the same in each run: not by how busy the
# machine is. Other input is for ``make fuzz``.
settings.register_profile(
    "suite",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("suite")

PATIENCE = 3.0
"""Seconds that what a test started may take to end."""

_FOREIGN = (
    "ALL_PROXY",
    "CURL_CA_BUNDLE",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NETRC",
    "NO_PROXY",
    "PYTHON_KEYRING_BACKEND",
    "QT_QPA_PLATFORMTHEME",
    "QT_SCALE_FACTOR",
    "REQUESTS_CA_BUNDLE",
    "SSLKEYLOGFILE",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "WAYLAND_DISPLAY",
    "XDG_RUNTIME_DIR",
)

_stage = contextlib.ExitStack()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--full", action="store_true", help="the long form of what is otherwise kept short"
    )


@pytest.fixture(scope="session")
def full(pytestconfig: pytest.Config) -> bool:
    """Whether the long form of a test is asked for."""
    return bool(pytestconfig.getoption("full"))


def pytest_configure() -> None:
    home = Path(tempfile.mkdtemp(prefix="deepbrain-home-"))
    _stage.callback(shutil.rmtree, home, ignore_errors=True)
    for name in _FOREIGN:
        os.environ.pop(name, None)
        os.environ.pop(name.lower(), None)
    os.environ["HOME"] = str(home)
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        os.environ[f"XDG_{name}_HOME"] = str(home / name.lower())
    # Nobody may start a session bus, or a keychain on it, behind a test's back.
    os.environ["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={home}/no-bus"
    os.environ["NO_AT_BRIDGE"] = "1"
    if sys.platform != "win32":
        # What nohup or a script's background ignores stays ignored here, but not by those that are
        # started here: they inherit what is ignored, not what is handled (execve(2)).
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
            if signal.getsignal(number) is signal.SIG_IGN:
                signal.signal(number, lambda *_: None)
    if sys.platform == "linux":
        os.environ["QT_QPA_PLATFORM"] = "xcb"
        os.environ["DISPLAY"] = _start_display()


def pytest_collection_finish() -> None:
    # What the suite itself is made of is none of the window's: on its GUI thread, the collector
    # would go through all of that again and again, for as long as a stall is long.
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    _stage.close()


def _start_display() -> str:
    try:
        return _stage.enter_context(running_x_server())
    except NoXServer as reason:
        pytest.exit(str(reason), returncode=2)


@pytest.fixture(autouse=True)
def _nothing_is_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails a test that leaves windows, threads or sockets."""
    before = _belongings()
    yield
    left = _new_belongings(before)
    deadline = time.monotonic() + PATIENCE
    while left and time.monotonic() < deadline:
        gc.collect()
        if QCoreApplication.instance():
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            QCoreApplication.processEvents()
        threading.Event().wait(0.02)
        left = _new_belongings(before)
    assert not left, f"left behind: {sorted(left)}"


def _new_belongings(before: set[str]) -> set[str]:
    return _belongings() - before


def _belongings() -> set[str]:
    threads = {f"thread {thread.name} {thread.ident}" for thread in threading.enumerate()}
    windows = set()
    if isinstance(QApplication.instance(), QApplication):
        windows = {f"window {each!r}" for each in QApplication.topLevelWidgets()}
    return threads | windows | _sockets()


def _sockets() -> set[str]:
    found = set()
    descriptors = Path("/proc/self/fd")
    if descriptors.is_dir():
        for descriptor in descriptors.iterdir():
            try:
                target = str(descriptor.readlink())
            except OSError:
                continue
            if "socket:" in target:
                found.add(target)
    return found
