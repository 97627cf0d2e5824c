"""One window for each user, tried with real second starts."""

import os
import signal
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import children
import pytest

from deepbrain_desktop.system.instance import Instance

SECOND = """
import sys
from pathlib import Path
from deepbrain_desktop.system.instance import Instance

second = Instance(Path(sys.argv[1]))
print(second.claim(), second.ask_first_to_raise(sys.argv[2], patience=20))
"""

HOLDING = """
import sys
from pathlib import Path
from deepbrain_desktop.system.instance import Instance

first = Instance(Path(sys.argv[1]))
print(first.claim(), flush=True)
input()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "run time ü"


@pytest.fixture
def first(folder: Path) -> Iterator[Instance]:
    instance = Instance(folder)
    yield instance
    instance.close()


@pytest.mark.parametrize("account", ["", "QA team", "한국 “ünï”\n", "x" * 10_000])
def test_a_second_start_brings_the_first_to_the_front(qtbot, folder, first, account):
    raised: list[str] = []
    assert first.claim()
    first.listen(raised.append)
    with children.start(SECOND, folder, account) as second:
        qtbot.waitUntil(lambda: bool(raised), timeout=20_000)
        output, complaints = second.communicate(timeout=20)
    assert (output, complaints) == ("False True\n", "")
    assert raised == [account[:4096]]
    assert not list((folder / "requests").iterdir())


def test_a_request_while_the_first_is_still_starting_is_honoured(qtbot, folder, first):
    raised: list[str] = []
    assert first.claim()
    with children.start(SECOND, folder, "QA") as second:
        requests = folder / "requests"
        qtbot.waitUntil(lambda: bool(list(requests.glob("*.request"))), timeout=20_000)
        first.listen(raised.append)
        assert raised == ["QA"]
        assert second.communicate(timeout=20)[0] == "False True\n"


def test_a_first_start_that_does_not_react_is_said_in_time_and_leaves_no_request(folder, first):
    assert first.claim()
    assert not Instance(folder).ask_first_to_raise("QA", patience=0.05)
    assert not list((folder / "requests").iterdir())


def test_the_first_stays_the_first_and_a_second_becomes_it_after_close(folder, first):
    assert first.claim()
    assert first.claim()
    second = Instance(folder)
    assert not second.claim()
    first.close()
    first.close()
    assert second.claim()
    assert not first.claim()
    second.close()


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_what_a_killed_process_held_is_free_at_once(folder, first):
    with children.start(HOLDING, folder) as holder:
        assert holder.stdout.readline() == "True\n"
        assert not first.claim()
        holder.send_signal(signal.SIGKILL)
        holder.wait(timeout=20)
        assert first.claim()


def test_requests_of_an_earlier_run_are_forgotten(qtbot, folder, first):
    requests = folder / "requests"
    requests.mkdir(parents=True)
    (requests / "1-1.request").write_text("old")
    (requests / "1-2.draft").write_text("old")
    raised: list[str] = []
    assert first.claim()
    first.listen(raised.append)
    assert not raised
    assert not list(requests.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes in folders")
def test_a_pipe_among_the_requests_holds_up_nobody(qtbot, folder, first):
    raised: list[str] = []
    assert first.claim()
    os.mkfifo(folder / "requests/1.request")
    (folder / "requests/2.request").write_text("QA team")
    first.listen(raised.append)
    assert raised == ["QA team"]


def test_after_close_nobody_is_called(qtbot, folder, first):
    raised: list[str] = []
    assert first.claim()
    first.listen(raised.append)
    first.close()
    (folder / "requests" / "1-1.request").write_text("late")
    qtbot.wait(20)
    assert not raised


def test_where_the_folder_cannot_be_used_each_start_is_the_first(tmp_path):
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file" / "run", Path(os.devnull, "run")):
        for instance in (Instance(folder), Instance(folder)):
            assert instance.claim()
            instance.listen(print)
            assert not instance.ask_first_to_raise(patience=0)
            instance.close()


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_lock_and_requests_are_for_their_owner_only(folder, first):
    assert first.claim()
    for each, mode in (("instance.lock", 0o600), ("requests", 0o700), (".", 0o700)):
        assert stat.S_IMODE((folder / each).stat().st_mode) == mode
