"""Signals that ask to end, sent to real processes by others and to this one by itself."""

import os
import signal
import sys

import children
import pytest

from deepbrain_desktop.system.signals import EndingSignals

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")

# No timer: nothing but the signal itself wakes this loop.
WAITING = """
import sys
from PySide6.QtCore import QCoreApplication
from deepbrain_desktop.system.signals import EndingSignals

application = QCoreApplication([])
signals = EndingSignals(application.quit)
print("ready", flush=True)
status = application.exec()
signals.close()
print("ended", flush=True)
sys.exit(status)
"""


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_ends_an_idle_event_loop_in_good_order(name):
    with children.start(WAITING) as process:
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.Signals[name])
        output, complaints = process.communicate(timeout=20)
    assert (process.returncode, output, complaints) == (0, "ended\n", "")


def test_a_signal_that_was_ignored_from_the_start_stays_ignored():
    script = """
import signal
from PySide6.QtCore import QCoreApplication
from deepbrain_desktop.system.signals import EndingSignals

signal.signal(signal.SIGHUP, signal.SIG_IGN)
application = QCoreApplication([])
signals = EndingSignals(application.quit)
print(signal.getsignal(signal.SIGHUP).name, signal.getsignal(signal.SIGTERM).__name__)
signals.close()
print(signal.getsignal(signal.SIGHUP).name, signal.getsignal(signal.SIGTERM).name)
"""
    assert children.run(script).stdout == "SIG_IGN _noted\nSIG_IGN SIG_DFL\n"


def test_other_signals_are_none_of_its_business(qtbot):
    ended: list[None] = []
    before = signal.signal(signal.SIGUSR1, lambda *_: None)
    signals = EndingSignals(lambda: ended.append(None))
    try:
        os.kill(os.getpid(), signal.SIGUSR1)
        qtbot.wait(20)
        assert not ended
        os.kill(os.getpid(), signal.SIGTERM)
        qtbot.waitUntil(lambda: len(ended) == 1)
    finally:
        signals.close()
        signal.signal(signal.SIGUSR1, before)


def test_closing_gives_the_signals_back(qapp):
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    signals = EndingSignals(lambda: None)
    assert [signal.getsignal(number) for number in numbers] != before
    signals.close()
    signals.close()
    assert [signal.getsignal(number) for number in numbers] == before
    wakeup = signal.set_wakeup_fd(-1)
    assert wakeup == -1
