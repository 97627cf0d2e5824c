"""The clocks."""

import sys
import time

import pytest

from deepbrain_desktop.system.clock import ServiceTime, elapsed, wall


def test_the_wall_clock_is_this_computers():
    before = time.time()
    assert before <= wall() <= time.time()


def test_elapsed_only_goes_forward():
    readings = [elapsed() for _ in range(1000)]
    assert readings == sorted(readings)


@pytest.mark.skipif(sys.platform != "linux", reason="CLOCK_BOOTTIME")
def test_elapsed_counts_the_time_the_system_was_suspended():
    with open("/proc/uptime") as file:  # noqa: PTH123
        since_boot = float(file.read().split()[0])
    assert elapsed() == pytest.approx(since_boot, abs=1)


def test_the_services_time_goes_on_from_where_it_was_measured():
    service = ServiceTime(anchor_epoch=1_795_331_052.0, anchor_elapsed=100.0)
    assert service.now(100.0) == 1_795_331_052.0
    assert service.now(160.5) == 1_795_331_112.5


def test_the_services_time_does_not_follow_this_computers_clock(monkeypatch):
    anchor = elapsed()
    service = ServiceTime(anchor_epoch=1000.0, anchor_elapsed=anchor)
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert service.now(elapsed()) == pytest.approx(1000.0, abs=5)
