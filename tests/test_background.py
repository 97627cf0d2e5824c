import sys
import threading
import time

import children
import pytest
from PySide6.QtCore import QThread, QTimer

from deepbrain_desktop.background import Background, Err, Lane, NoThread, Ok, _post

ENDED_WITHIN = 2.0
"""Seconds that a process may take to end, whatever hangs."""


@pytest.fixture
def background(qapp):
    background = Background()
    yield background
    background.close()


class Inbox:
    """What was delivered, and on which thread."""

    def __init__(self):
        self.outcomes = []
        self.threads = set()

    def __call__(self, outcome):
        self.outcomes.append(outcome)
        self.threads.add(QThread.currentThread())

    def __len__(self):
        return len(self.outcomes)


def test_what_a_call_returns_is_delivered_on_the_gui_thread(background, qtbot, qapp):
    workers, inbox = [], Inbox()

    def call():
        workers.append(threading.current_thread())
        return "value"

    background.run(call, inbox)
    qtbot.waitUntil(lambda: len(inbox) == 1)
    assert inbox.outcomes == [Ok("value")]
    assert inbox.threads == {qapp.thread()}
    assert workers[0] is not threading.main_thread()


@pytest.mark.parametrize(
    "error", [ValueError(), SystemExit(3), KeyboardInterrupt(), MemoryError(), GeneratorExit()]
)
def test_whatever_a_call_raises_is_delivered(background, qtbot, error):
    def call():
        raise error

    inbox = Inbox()
    background.run(call, inbox)
    qtbot.waitUntil(lambda: len(inbox) == 1)
    assert inbox.outcomes == [Err(error)]


def test_calls_run_side_by_side(background, qtbot):
    inbox, meeting = Inbox(), threading.Barrier(8)
    for _ in range(8):
        background.run(lambda: meeting.wait(10), inbox)
    qtbot.waitUntil(lambda: len(inbox) == 8)
    assert all(isinstance(outcome, Ok) for outcome in inbox.outcomes)


def test_a_call_that_waits_holds_up_no_other(background, qtbot):
    inbox, released = Inbox(), threading.Event()
    background.run(lambda: released.wait(10), inbox)
    background.run(lambda: "quick", inbox)
    qtbot.waitUntil(lambda: len(inbox) == 1)
    assert inbox.outcomes == [Ok("quick")]
    assert len(background._deliveries) == 1
    released.set()
    qtbot.waitUntil(lambda: not background._deliveries)


def test_ten_thousand_outcomes_that_come_at_once_are_delivered_once_each(background, qtbot):
    numbers = []
    threads = [
        threading.Thread(target=post_all, args=(background, range(first, first + 2500)))
        for first in range(0, 10_000, 2500)
    ]
    for number in range(10_000):
        background._deliveries[number] = lambda outcome: numbers.append(outcome.value)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    qtbot.waitUntil(lambda: not background._deliveries, timeout=10_000)
    assert sorted(numbers) == list(range(10_000))


def post_all(background, numbers):
    for number in numbers:
        post(background, number)


def post(background, number):
    _post(background._inbox, background._bell, number, Ok(number))


def test_outcomes_arrive_after_ten_thousand_others(background, qtbot):
    for number in range(10_000):
        post(background, -1 - number)
    inbox = Inbox()
    background.run(lambda: "last", inbox)
    qtbot.waitUntil(lambda: len(inbox) == 1)
    assert inbox.outcomes == [Ok("last")]


def test_no_thread_to_be_had_is_an_outcome(background, qtbot, monkeypatch):
    def refuse(_thread):
        raise RuntimeError("can't start new thread")

    inbox = Inbox()
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        background.run(lambda: None, inbox)
    assert len(inbox) == 0
    qtbot.waitUntil(lambda: len(inbox) == 1)
    assert isinstance(inbox.outcomes[0].error, NoThread)


def test_an_outcome_that_is_badly_received_holds_up_no_other(background, qtbot):
    inbox, arrived = Inbox(), threading.Event()

    def stumble(_outcome):
        raise ValueError

    with qtbot.captureExceptions() as raised:
        background.run(lambda: None, stumble)
        background.run(lambda: None, stumble)
        background.run(arrived.set, inbox)
        arrived.wait(10)
        qtbot.waitUntil(lambda: not background._deliveries)
    assert len(inbox) == 1
    assert [kind for kind, _, _ in raised] == [ValueError, ValueError]


def test_a_delivery_may_start_the_next_call(background, qtbot):
    inbox = Inbox()

    def first(_outcome):
        background.run(lambda: "second", inbox)

    background.run(lambda: "first", first)
    qtbot.waitUntil(lambda: len(inbox) == 1)
    assert inbox.outcomes == [Ok("second")]


def test_a_delivery_with_an_event_loop_of_its_own_loses_nothing(background, qtbot, qapp):
    numbers = []

    def note(outcome):
        numbers.append(outcome.value)

    def first(outcome):
        post(background, 102)
        qapp.processEvents()
        note(outcome)

    background._deliveries |= {100: first, 101: note, 102: note}
    with qtbot.captureExceptions() as raised:
        post(background, 100)
        post(background, 101)
        qtbot.waitUntil(lambda: not background._deliveries)
    assert sorted(numbers) == [100, 101, 102]
    assert raised == []


def test_outcomes_without_end_leave_the_event_loop_its_turn(background, qtbot):
    turns = []

    def again(_outcome):
        post(background, len(turns))
        background._deliveries[len(turns)] = again

    background.run(lambda: None, again)
    timer = QTimer()
    timer.timeout.connect(lambda: turns.append(True))
    timer.start(0)
    qtbot.waitUntil(lambda: len(turns) >= 3)
    timer.stop()


def test_after_closing_nothing_is_delivered(qapp):
    background, inbox = Background(), Inbox()
    released, ended = threading.Event(), threading.Event()

    def call():
        released.wait(10)
        ended.set()

    background.run(call, inbox)
    background.run(lambda: None, inbox)
    background.close()
    released.set()
    assert ended.wait(10)
    for _ in range(10):
        qapp.processEvents()
    assert len(inbox) == 0


def test_a_delivery_may_close_it_and_is_then_the_last(qapp, qtbot):
    background, inbox = Background(), Inbox()
    background._deliveries |= {100: lambda _: background.close(), 101: inbox}
    with qtbot.captureExceptions() as raised:
        post(background, 100)
        post(background, 101)
        qtbot.waitUntil(lambda: not background._inbox)
    assert len(inbox) == 0
    assert raised == []


def test_nothing_wakes_up_while_nothing_is_under_way(background, qtbot, monkeypatch):
    inbox = Inbox()
    background.run(lambda: None, inbox)
    qtbot.waitUntil(lambda: len(inbox) == 1)
    rung = []
    background._notifier.activated.connect(lambda *_: rung.append(True))
    qtbot.wait(50)
    assert not rung


HUNG = """
import os, sys, threading, time
from PySide6.QtCore import QCoreApplication, QTimer
from deepbrain_desktop.background import Background

application = QCoreApplication(sys.argv[:1])
background = Background()
under_way = threading.Barrier(4)

def hang(how):
    under_way.wait()
    how()

reading, writing = os.pipe()
lock = threading.Lock()
lock.acquire()
for how in (lambda: time.sleep(600), lambda: os.read(reading, 1), lock.acquire):
    background.run(lambda how=how: hang(how), print)
under_way.wait()
if sys.argv[1] == "closed":
    QTimer.singleShot(0, background.close)
QTimer.singleShot(0, application.quit)
status = application.exec()
print("ending", flush=True)
sys.exit(status)
"""


@pytest.mark.parametrize("way", ["closed", "not closed"])
def test_the_program_ends_at_once_and_quietly_while_calls_hang(way):
    with children.start(HUNG, way) as process:
        assert process.stdout.readline() == "ending\n"
        began = time.monotonic()
        _, complaints = process.communicate(timeout=30)
    assert time.monotonic() - began < ENDED_WITHIN
    assert complaints == ""
    assert process.returncode == 0


BUSY = """
import sys, threading
from PySide6.QtCore import QCoreApplication, QTimer
from deepbrain_desktop.background import Background

application = QCoreApplication(sys.argv[:1])
background = Background()

def again(_outcome):
    background.run(lambda: None, again)

for _ in range(8):
    again(None)
QTimer.singleShot(100, application.quit)
application.exec()
background.close()
"""


@pytest.mark.parametrize("turn", range(3))
def test_the_program_ends_quietly_while_outcomes_arrive(turn):
    ended = children.run(BUSY)
    assert ended.stderr == ""
    assert ended.returncode == 0


class Stumbled(Exception):
    pass


class Steps:
    """An executor that does a call when it is told to."""

    def __init__(self):
        self.jobs = []

    def run(self, call, deliver):
        self.jobs.append((call, deliver))

    def step(self):
        call, deliver = self.jobs.pop(0)
        deliver(Ok(call()))


def test_a_lane_runs_one_call_after_the_other_in_their_order():
    steps, done = Steps(), []
    lane = Lane(steps)
    for number in range(4):
        lane.run(lambda number=number: number, lambda outcome: done.append(outcome.value))
    while steps.jobs:
        assert len(steps.jobs) == 1
        steps.step()
    assert done == [0, 1, 2, 3]


def test_a_lane_goes_on_after_an_outcome_that_is_badly_received():
    steps, done = Steps(), []
    lane = Lane(steps)

    def stumble(_outcome):
        raise Stumbled

    lane.run(lambda: 1, stumble)
    lane.run(lambda: 2, lambda outcome: done.append(outcome.value))
    with pytest.raises(Stumbled):
        steps.step()
    steps.step()
    assert done == [2]


def test_what_a_delivery_adds_to_a_lane_comes_after_what_waited_before():
    steps, done = Steps(), []
    lane = Lane(steps)

    def add(_outcome):
        lane.run(lambda: "added", lambda outcome: done.append(outcome.value))

    lane.run(lambda: None, add)
    lane.run(lambda: "before", lambda outcome: done.append(outcome.value))
    while steps.jobs:
        assert len(steps.jobs) == 1
        steps.step()
    assert done == ["before", "added"]


def test_a_lane_keeps_its_order_on_real_threads(background, qtbot):
    lane, order, inbox = Lane(background), [], Inbox()
    for number in range(50):
        lane.run(lambda number=number: order.append(number), inbox)
    qtbot.waitUntil(lambda: len(inbox) == 50)
    assert order == list(range(50))


@pytest.mark.skipif(sys.platform == "win32", reason="counts descriptors in /proc or /dev")
def test_closing_gives_back_its_sockets(qapp):
    from pathlib import Path

    folder = Path("/proc/self/fd" if Path("/proc/self/fd").is_dir() else "/dev/fd")
    before = len(list(folder.iterdir()))
    for _ in range(20):
        Background().close()
    assert len(list(folder.iterdir())) <= before
