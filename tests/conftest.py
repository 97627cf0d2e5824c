"""The stage every test stands on: an X server, a home and an environment of its own, left clean."""

import gc
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

pytest_plugins = ["keyring_daemon"] if sys.platform == "linux" else []

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

_stage: list[Callable[[], object]] = []


def pytest_configure() -> None:
    home = Path(tempfile.mkdtemp(prefix="deepbrain-home-"))
    _stage.append(lambda: shutil.rmtree(home, ignore_errors=True))
    for name in _FOREIGN:
        os.environ.pop(name, None)
        os.environ.pop(name.lower(), None)
    os.environ["HOME"] = str(home)
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        os.environ[f"XDG_{name}_HOME"] = str(home / name.lower())
    # Nobody may start a session bus, or a keychain on it, behind a test's back.
    os.environ["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={home}/no-bus"
    os.environ["NO_AT_BRIDGE"] = "1"
    if sys.platform == "linux":
        os.environ["QT_QPA_PLATFORM"] = "xcb"
        os.environ["DISPLAY"] = _start_display()


def pytest_unconfigure() -> None:
    while _stage:
        _stage.pop()()


def _start_display() -> str:
    server = shutil.which("Xvfb")
    if server is None:
        pytest.exit("Xvfb is missing; make test installs it", returncode=2)
    reading, writing = os.pipe()
    arguments = ["-displayfd", str(writing), "-screen", "0", "1400x1000x24", "-nolisten", "tcp", "-noreset"]
    process = subprocess.Popen(
        [server, *arguments], pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )

    def stop() -> None:
        process.terminate()
        process.wait(PATIENCE)

    _stage.append(stop)
    os.close(writing)
    with os.fdopen(reading) as answer:
        number = answer.readline().strip()
    if not number:
        pytest.exit("Xvfb did not start", returncode=2)
    return f":{number}"


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
        windows = {f"window {each.objectName()} {each!r}" for each in QApplication.topLevelWidgets()}
    return threads | windows | _sockets()


def _sockets() -> set[str]:
    found = set()
    descriptors = Path("/proc/self/fd")
    if descriptors.is_dir():
        for descriptor in descriptors.iterdir():
            try:
                target = os.readlink(descriptor)
            except OSError:
                continue
            if target.startswith("socket:"):
                found.add(target)
    return found
