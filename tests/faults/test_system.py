"""The operating system's faults: its clock, its limits, its folders, its signals."""

import contextlib
import os
import resource
import signal
import time
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path

import children
import pytest
from faults.fault_server import answer
from faults.process_scene import ProcessScene, patched, rests
from faults.scene import APP_ID
from keyring_daemon import running_keyring
from program.running import ROOT, assert_clean, eventually, run
from program.screen import Screen, Window, clipboard, launcher, system_python, windows_of, xdotool
from studios.raw_server import Peer, sending, success

from deepbrain_desktop import product

FAKE_TIME = next(iter(Path("/usr/lib").glob("*/faketime/libfaketime.so.1")), None)
LIMITED = patched("""
import deepbrain_desktop.session.issuing as issuing
from deepbrain_desktop.studios.client import Limits, StudiosClient
issuing._client = lambda *_clocks: StudiosClient(Limits(connect=1.0, idle=1.0, total=1.5))
""")
UNPRIVILEGED = patched(children.WITHOUT_PRIVILEGES)
CURIOUS = (
    children.WITHOUT_PRIVILEGES
    + """
for name in ("environ", "maps", "mem", "auxv", "fd/0"):
    try:
        open(f"/proc/{sys.argv[1]}/{name}", "rb").read(1)
        print(name)
    except OSError:
        pass
"""
)


# O1, O4: time


@pytest.fixture
def screen() -> Iterator[Screen]:
    """The accessibility bus, to read what the window says from outside."""
    if launcher() is None or system_python() is None:
        pytest.skip("at-spi2-core and python3 are not installed")
    with running_keyring() as daemon, contextlib.closing(Screen(daemon.environment)) as screen:
        yield screen


@pytest.mark.skipif(FAKE_TIME is None, reason="faketime is not installed")
@pytest.mark.parametrize("offset", ["+3d", "-3d"])
def test_O1_a_wrong_clock_is_said_and_the_countdown_is_the_services(
    outside: ProcessScene, screen: Screen, offset: str
) -> None:
    def dated(peer: Peer) -> None:
        if peer.read_request():
            now = formatdate(time.time(), usegmt=True)
            token = outside.server.issue(APP_ID)
            peer.send(answer(success(token), 200, f"Date: {now}"))

    faked = {"LD_PRELOAD": str(FAKE_TIME), "FAKETIME": offset, "FAKETIME_NO_CACHE": "1"}
    with outside.server.misbehaving(dated):
        running = outside.start(**screen.environment, **faked, FAKETIME_DONT_FAKE_MONOTONIC="1")
        window = Window(screen, running.pid)
        outside.request()
        window.look("Token status", words="Valid")
        seen = str(window.tree())
        outside.end()
    assert "This computer’s clock is 3 days" in seen


ZONES = {
    "O4-far-east": "Pacific/Kiritimati",
    "O4-half-hours": "Asia/Kathmandu",
    "O4-changes-now": "XXX0YYY-1,J1/0,J365/23",
    "O4-no-such-zone": "Moon/Sea_of_Tranquility",
    "O4-garbage": "<é>" + "9" * 300,
}


@pytest.mark.parametrize("zone", ZONES)
def test_any_time_zone_will_do(open_scene, monkeypatch, zone: str) -> None:
    monkeypatch.setenv("TZ", ZONES[zone])
    time.tzset()
    try:
        scene = open_scene()
        assert scene.attempt().reason == "OK"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_O4_a_computer_that_is_set_to_another_zone_is_followed(scene, monkeypatch) -> None:
    assert scene.attempt().reason == "OK"
    expiry = scene.studio.page.result.expiry
    for zone, words in (("XXX-9", "(UTC+9)"), ("YYY3", "(UTC−3)")):
        monkeypatch.setenv("TZ", zone)
        scene.studio.wait(lambda words=words: words in expiry.text())
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("end", [2**31 - 1, 2**31, 2**32 + 5, 253402300799, 253402300800, 2**60, 0])
def test_O4_any_end_of_a_token_is_shown(scene, end: int) -> None:
    def until_then(peer: Peer) -> None:
        if peer.read_request():
            peer.send(answer(success(scene.server.issue(APP_ID, exp=end))))

    assert scene.attempt_with(until_then).reason == "OK"
    scene.studio.press("Alt+1")


# O3: sleep


@pytest.mark.parametrize("case", ["O3-answered-after-a-short-stop", "O3-stopped-past-the-limit"])
def test_a_stop_in_the_middle_of_a_request_ends_once(outside: ProcessScene, case: str) -> None:
    short, server = "short" in case, outside.server
    behaviour = server.grant if short else sending(then=Peer.wait_for_the_end)
    running = outside.start(program=LIMITED)
    with server.misbehaving(_when(running, behaviour)):
        outside.request()
        eventually(lambda: _is_stopped(running.pid), "the stop")
        stop = 0.3 if short else 1.7
        resumed = time.monotonic() + stop
        eventually(lambda: time.monotonic() > resumed)
        running.process.send_signal(signal.SIGCONT)
        outcome = outside.outcome()
    assert outcome == "OK" if short else outcome in ("NET-TIMEOUT", "NET-SILENT")
    # Stopped as it connects, it may find its time over before it has sent anything.
    assert server.requests == 1 if short else server.requests <= 1


def _when(running, behaviour):
    """Freeze the program when it has connected, then behave."""

    def script(peer: Peer) -> None:
        running.process.send_signal(signal.SIGSTOP)
        behaviour(peer)

    return script


def _is_stopped(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


# O6: resources


def _no_more_files(pid: int) -> tuple[int, tuple[int, int]]:
    # What is open for a moment, as the keychain is looked for, would be free again for the request.
    least, ends = _lowest_free(pid), time.monotonic() + 0.3
    while time.monotonic() < ends:
        least = min(least, _lowest_free(pid))
    return resource.RLIMIT_NOFILE, (least, -1)


def _lowest_free(pid: int) -> int:
    taken = {int(each.name) for each in Path(f"/proc/{pid}/fd").iterdir()}
    return min(set(range(len(taken) + 1)) - taken)


def _no_more_memory(pid: int) -> tuple[int, tuple[int, int]]:
    return resource.RLIMIT_AS, (_address_space(pid) + 2**16, -1)


def _address_space(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[0]) * resource.getpagesize()


SHORTAGES = {"O6-no-more-files": _no_more_files, "O6-no-more-memory": _no_more_memory}


@pytest.mark.parametrize("shortage", SHORTAGES)
def test_a_shortage_is_said_and_passes(outside: ProcessScene, shortage: str) -> None:
    running = outside.start()
    outside.type(outside.key)
    outside.good_request()
    what, (soft, _) = SHORTAGES[shortage](running.pid)
    before = resource.prlimit(running.pid, what)
    resource.prlimit(running.pid, what, (soft, before[1]))
    outside.press("ctrl+Return")
    # Memory for one more request may well be there already.
    scarce = {"SYSTEM-RESOURCES"} | ({"OK"} if what == resource.RLIMIT_AS else set())
    assert outside.outcome(of=2) in scarce
    resource.prlimit(running.pid, what, before)
    outside.good_request()


NO_THREAD_OF_OURS = patched("""
import threading
from deepbrain_desktop import start
make_application = start.make_application
def make_and_exhaust():
    threading.stack_size(2**50)
    return make_application()
start.make_application = make_and_exhaust
""")


def test_that_no_thread_is_left_is_said_in_the_window(outside: ProcessScene) -> None:
    outside.start(program=NO_THREAD_OF_OURS)
    # The first start comes to the front, whatever it had to do without.
    assert_clean(run(outside.home))
    assert "uncaught" not in outside.home.log_text()
    outside.request()
    assert outside.outcome() == "SYSTEM-RESOURCES"


# A thread takes 1 GiB of address space then, and nothing else does.
DEEP_STACKS = ("sh", "-c", 'ulimit -s 1048576; exec "$@"', "sh")


def test_a_window_that_gets_no_thread_answers_all_the_same(outside: ProcessScene) -> None:
    running = outside.start(under=DEEP_STACKS)
    eventually(lambda: rests(running.pid), "the end of the start, and of its threads")
    before = resource.prlimit(running.pid, resource.RLIMIT_AS)
    half_a_stack_more = _address_space(running.pid) + 2**29
    resource.prlimit(running.pid, resource.RLIMIT_AS, (half_a_stack_more, before[1]))
    outside.request()
    assert outside.outcome() == "SYSTEM-RESOURCES"
    # All of it is painted anew.
    (window,) = windows_of(running.pid)
    xdotool("windowsize", "--sync", window, "1200", "900")
    outside.press("ctrl+Return")
    assert outside.outcome(of=2) == "SYSTEM-RESOURCES"
    resource.prlimit(running.pid, resource.RLIMIT_AS, before)
    outside.good_request()


def test_without_a_file_left_the_window_tells_about_it(outside: ProcessScene) -> None:
    running = outside.start()
    eventually(lambda: rests(running.pid), "the end of the start")
    what, (soft, _) = _no_more_files(running.pid)
    before = resource.prlimit(running.pid, what)
    resource.prlimit(running.pid, what, (soft, before[1]))
    outside.request()
    assert outside.outcome() == "SYSTEM-RESOURCES"
    outside.press("ctrl+shift+r")
    eventually(lambda: "SYSTEM-RESOURCES" in clipboard(), "the report on the clipboard")
    outside.end()


@pytest.mark.parametrize("files", [64, 32])
def test_O6_few_files_from_the_start(outside: ProcessScene, files: int) -> None:
    few = f"import resource; resource.setrlimit(resource.RLIMIT_NOFILE, ({files}, {files}))"
    outside.start(program=patched(few))
    outside.type(outside.key)
    outside.good_request()


# O8: no home

FOLDERS = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")
HOMES: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "O8-no-home": ((*FOLDERS, "XDG_RUNTIME_DIR", "HOME"), {}),
    "O8-home-is-a-file": (FOLDERS, {"HOME": "/etc/passwd"}),
    "O8-home-cannot-be-written": (FOLDERS, {"HOME": "/proc/1"}),
    "O8-home-is-relative": (FOLDERS, {"HOME": "elsewhere"}),
    "O8-no-folder-for-temporary-files": ((), {"TMPDIR": "/nowhere/at/all"}),
}


@pytest.mark.parametrize("case", HOMES)
def test_without_a_home_it_runs_for_this_session(outside: ProcessScene, case: str) -> None:
    without, surroundings = HOMES[case]
    before = set(ROOT.iterdir()), set(Path("/").iterdir())
    outside.start("--sandbox", logs=False, without=without, **surroundings)

    def copied() -> bool:
        outside.press("ctrl+Return", "ctrl+shift+c")
        return clipboard().count(".") == 2

    eventually(copied, "a token")
    outside.end()
    assert (set(ROOT.iterdir()), set(Path("/").iterdir())) == before


# O11, O12: what others get to see


@pytest.mark.parametrize("name", ["SIGSEGV", "SIGABRT", "SIGQUIT", "SIGBUS"])
def test_O11_a_crash_leaves_no_core(outside: ProcessScene, name: str) -> None:
    before = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (before[1], before[1]))
    try:
        running = outside.start()
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, before)
    outside.type(outside.key)
    outside.good_request()
    limits = Path(f"/proc/{running.pid}/limits").read_text()
    assert next(line for line in limits.splitlines() if "core" in line).split()[4:6] == ["0", "0"]
    os.kill(running.pid, getattr(signal, name))
    _, status = os.waitpid(running.pid, 0)
    running.process.returncode = status
    assert os.WTERMSIG(status) == getattr(signal, name)
    assert not os.WCOREDUMP(status)


def test_O12_the_same_user_sees_neither_memory_nor_environment(outside: ProcessScene) -> None:
    running = outside.start(program=UNPRIVILEGED)
    outside.type(outside.key)
    outside.good_request()
    seen = children.run(CURIOUS, running.pid)
    assert (seen.stdout, seen.stderr) == ("", "")


# O13: what a page would be opened with


def test_O13_a_page_that_nothing_opens_is_named_to_be_copied(outside: ProcessScene) -> None:
    running = outside.start(PATH="/nowhere")
    outside.press("alt+t", "k")
    eventually(lambda: len(windows_of(running.pid)) == 2, "the dialog")

    def copied() -> bool:
        outside.press("alt+c")
        return clipboard() == product.KEY_PAGE

    eventually(copied, "the address on the clipboard")
    outside.press("Escape")
    eventually(lambda: len(windows_of(running.pid)) == 1, "the dialog's end")
