import threading
import time

import pytest

from deepbrain_desktop.waiting import Cancellation, Cancelled, GaveUp, call_within

LONG = 30.0


def test_what_the_call_returns_is_returned():
    assert call_within(LONG, lambda: "value", Cancellation()) == "value"


@pytest.mark.parametrize("error", [ValueError("v"), KeyError("k"), MemoryError()])
def test_what_the_call_raises_is_raised(error):
    def call():
        raise error

    with pytest.raises(type(error)) as raised:
        call_within(LONG, call, Cancellation())
    assert raised.value is error


def test_a_call_that_takes_too_long_is_given_up():
    released = threading.Event()
    with pytest.raises(GaveUp):
        call_within(0.01, lambda: released.wait(LONG), Cancellation())
    released.set()


def test_a_call_that_was_cancelled_before_is_not_made():
    cancellation, called = Cancellation(), []
    cancellation.request()
    with pytest.raises(Cancelled):
        call_within(LONG, lambda: called.append(True), cancellation)
    assert not called


def test_cancelling_ends_the_waiting_at_once():
    cancellation, begun, released = Cancellation(), threading.Event(), threading.Event()
    ended = []

    def wait():
        try:
            call_within(LONG, lambda: begun.set() or released.wait(LONG), cancellation)
        except Cancelled:
            ended.append(time.monotonic())

    thread = threading.Thread(target=wait)
    thread.start()
    assert begun.wait(LONG)
    asked = time.monotonic()
    cancellation.request()
    thread.join(LONG)
    released.set()
    assert len(ended) == 1
    assert ended[0] - asked < 0.2


def test_after_waiting_nothing_listens_any_more():
    cancellation = Cancellation()
    call_within(LONG, lambda: None, cancellation)
    with pytest.raises(GaveUp):
        call_within(0.0, lambda: threading.Event().wait(0.05), cancellation)
    assert cancellation._listeners == []


def test_a_stop_is_heard_once():
    cancellation, heard = Cancellation(), []
    cancellation.subscribe(lambda: heard.append(True))
    assert not cancellation.requested
    cancellation.request()
    cancellation.request()
    assert heard == [True]
    assert cancellation.requested


def test_who_comes_late_hears_of_it_at_once():
    cancellation, heard = Cancellation(), []
    cancellation.request()
    cancellation.subscribe(lambda: heard.append(True))
    assert heard == [True]


def test_who_has_left_hears_nothing():
    cancellation, heard = Cancellation(), []

    def listener():
        heard.append(True)

    cancellation.subscribe(listener)
    cancellation.unsubscribe(listener)
    cancellation.unsubscribe(listener)
    cancellation.request()
    assert not heard


def test_a_listener_may_leave_or_come_while_it_is_told():
    cancellation, heard = Cancellation(), []

    def listener():
        cancellation.unsubscribe(listener)
        cancellation.subscribe(lambda: heard.append("later"))
        heard.append("now")

    cancellation.subscribe(listener)
    cancellation.request()
    assert heard == ["later", "now"]


def test_asking_is_heard_exactly_once_by_each_of_many_who_come_meanwhile():
    for _ in range(50):
        cancellation, start = Cancellation(), threading.Barrier(9)
        heard = [[] for _ in range(8)]

        def come(mine, cancellation=cancellation, start=start):
            start.wait(LONG)
            cancellation.subscribe(lambda: mine.append(True))

        threads = [threading.Thread(target=come, args=(mine,)) for mine in heard]
        for thread in threads:
            thread.start()
        start.wait(LONG)
        cancellation.request()
        for thread in threads:
            thread.join(LONG)
        assert heard == [[True]] * 8


def test_raising_where_a_stop_was_asked_for():
    cancellation = Cancellation()
    cancellation.raise_if_requested()
    cancellation.request()
    with pytest.raises(Cancelled):
        cancellation.raise_if_requested()
