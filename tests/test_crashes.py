import logging
import sys
import threading
import uuid
import weakref

import pytest
from PySide6.QtCore import QTimer

from deepbrain_desktop.crashes import MOST, CrashNotices, log_unraisable

SECRET = str(uuid.uuid4())


@pytest.fixture
def shown(qapp):
    told = []
    notices = CrashNotices(told.append)
    yield told
    notices.close()


def fail_in_a_slot():
    def slot():
        raise ValueError(SECRET)

    try:
        slot()
    except ValueError:
        # As PySide does for whatever leaves a slot.
        sys.excepthook(*sys.exc_info())


def test_an_uncaught_exception_is_told_with_its_place_and_without_its_words(qtbot, shown):
    fail_in_a_slot()
    qtbot.waitUntil(lambda: bool(shown))
    (text,) = shown
    assert "ValueError" in text
    assert "slot" in text
    assert SECRET not in text


def test_nothing_is_kept_of_what_was_known_where_it_failed(qtbot, shown):
    class Held:
        """Stands for a key."""

    known = []

    def slot():
        held = Held()
        known.append(weakref.ref(held))
        raise ValueError

    QTimer.singleShot(0, slot)
    qtbot.waitUntil(lambda: bool(shown))
    assert known.pop()() is None


def test_a_storm_of_failures_is_told_a_few_times_and_logged_each_time(qtbot, shown, caplog):
    for _ in range(MOST + 5):
        fail_in_a_slot()
    qtbot.waitUntil(lambda: len(shown) == MOST)
    assert len(caplog.records) == MOST + 5
    assert SECRET not in caplog.text


def test_a_thread_that_fails_is_logged_and_not_shown(qtbot, shown, caplog):
    def work():
        raise LookupError(SECRET)

    with caplog.at_level(logging.CRITICAL):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert "LookupError" in caplog.text
    assert SECRET not in caplog.text
    assert not shown


def test_what_cannot_be_raised_is_logged_without_its_words(monkeypatch, caplog, capsys):
    class Failing:
        def __del__(self):
            raise LookupError(SECRET)

    monkeypatch.setattr(sys, "unraisablehook", log_unraisable)
    Failing()
    assert "LookupError" in caplog.text
    assert "__del__" in caplog.text
    assert SECRET not in caplog.text + capsys.readouterr().err


def test_an_interrupt_is_no_crash(qtbot, shown, caplog):
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    passed = []
    QTimer.singleShot(0, lambda: passed.append(1))
    qtbot.waitUntil(lambda: bool(passed))
    assert not shown
    assert not caplog.records


def test_the_hooks_are_given_back(qapp):
    before = sys.excepthook, threading.excepthook
    notices = CrashNotices(lambda _: None)
    assert sys.excepthook != before[0]
    notices.close()
    assert (sys.excepthook, threading.excepthook) == before
