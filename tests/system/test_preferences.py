"""Preferences in real files."""

import os
import secrets
import stat
import sys
import threading
import time
from pathlib import Path

import pytest

from deepbrain_desktop.system.preferences import Preferences

GEOMETRY = bytes(range(256))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "my config ü" / "preferences.ini"


def assert_all_default(preferences: Preferences) -> None:
    assert preferences.window_geometry is None
    assert preferences.splitter_state is None
    assert preferences.last_account is None
    assert preferences.clipboard_lifetime == 60.0


def test_without_a_file_everything_has_its_default_and_nothing_is_created(path):
    assert_all_default(Preferences(path))
    assert not path.parent.exists()


@pytest.mark.parametrize("last", ["a" * 32, "comma, semicolon; “ünï” \n @ByteArray(x)", "true", ""])
@pytest.mark.parametrize("lifetime", [15.0, 22.5, 600.0, None])
def test_what_was_set_is_there_at_the_next_start(path, last, lifetime):
    preferences = Preferences(path)
    preferences.window_geometry = GEOMETRY
    preferences.splitter_state = b"\0"
    preferences.last_account = last
    preferences.clipboard_lifetime = lifetime
    preferences.save()
    again = Preferences(path)
    assert again.window_geometry == GEOMETRY
    assert again.splitter_state == b"\0"
    assert again.last_account == last
    assert again.clipboard_lifetime == lifetime


def test_none_goes_back_to_the_default(path):
    preferences = Preferences(path)
    preferences.last_account = "a"
    preferences.save()
    preferences.last_account = None
    preferences.save()
    assert Preferences(path).last_account is None


@pytest.mark.parametrize("lifetime", [0.0, 14.9, 600.1, -1.0, float("nan"), float("inf")])
def test_a_lifetime_that_is_not_offered_is_refused(path, lifetime):
    preferences = Preferences(path)
    with pytest.raises(ValueError, match=r"^$"):
        preferences.clipboard_lifetime = lifetime
    assert preferences.clipboard_lifetime == 60.0


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_the_file_is_for_its_owner_only_whatever_the_umask(path):
    before = os.umask(0)
    try:
        preferences = Preferences(path)
        for last in ("a", "b"):
            preferences.last_account = last
            preferences.save()
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [each.name for each in path.parent.iterdir()] == ["preferences.ini"]


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"\0" * 1000,
        b"[clipboard]\nlifetime=soon\n[window]\ngeometry=as wide\n",
        b"[clipboard]\nlifetime=5\n[window]\ngeometry=@Invalid()\nsplitter=1\n",
        b"[clipboard\nlifetime\n=\n[[[",
        b"[window]\ngeometry=@Variant(garbage\n",
        b'[window]\ngeometry="@Variant(\\0\\0\\0\\x7f\\0\\0\\0\\x10QFoo)"\n',
        b"[clipboard]\nlifetime=@Variant(\\0\\0\\0\\x80\\0)\n",
        b"[window]\ngeometry=@Rect(1 2)\nsplitter=@ByteArray(x\n",
        b"\xff\xfe[\0c\0",
        secrets.token_bytes(10_000),
    ],
    ids=lambda damaged: repr(damaged[:30]),
)
def test_a_damaged_file_is_as_good_as_none_and_not_worth_a_word(path, damaged, capfd):
    path.parent.mkdir()
    path.write_bytes(damaged)
    path.chmod(0o644)
    preferences = Preferences(path)
    assert_all_default(preferences)
    preferences.clipboard_lifetime = 30.0
    preferences.save()
    assert preferences.clipboard_lifetime == 30.0
    assert Preferences(path).clipboard_lifetime == 30.0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert capfd.readouterr() == ("", "")


def test_what_lies_beside_the_damage_is_of_use(path):
    path.parent.mkdir()
    path.write_bytes(b"[window]\ngeometry=@Variant(x\n nonsense\n[clipboard]\nlifetime=30\n\xff\n")
    preferences = Preferences(path)
    assert preferences.window_geometry is None
    assert preferences.clipboard_lifetime == 30.0


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX files")
def test_a_folder_in_its_place_is_left_alone_and_a_pipe_not_waited_for(path, tmp_path):
    path.mkdir(parents=True)
    pipe = tmp_path / "pipe.ini"
    os.mkfifo(pipe)
    for place in (path, pipe):
        preferences = Preferences(place)
        assert_all_default(preferences)
        preferences.last_account = "a"
        preferences.save()
    assert path.is_dir()
    assert [each.name for each in path.parent.iterdir()] == [path.name]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX links")
def test_a_link_stays_one(path, tmp_path):
    path.parent.mkdir()
    elsewhere = tmp_path / "elsewhere.ini"
    path.symlink_to(elsewhere)
    preferences = Preferences(path)
    preferences.last_account = "a"
    preferences.save()
    assert path.is_symlink()
    assert Preferences(elsewhere).last_account == "a"


@pytest.mark.skipif(sys.platform == "win32", reason="pipes in folders")
def test_what_is_no_file_is_not_replaced_where_a_link_leads(path, tmp_path):
    elsewhere = tmp_path / "device"
    os.mkfifo(elsewhere)  # a device can be made by root alone
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(elsewhere)
    preferences = Preferences(path)
    preferences.last_account = "a"
    preferences.save()
    assert elsewhere.is_fifo()


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="others' permissions")
def test_a_file_that_may_not_be_read_is_replaced(path):
    path.parent.mkdir()
    path.write_bytes(b"[clipboard]\nlifetime=30\n")
    path.chmod(0)
    preferences = Preferences(path)
    assert_all_default(preferences)
    preferences.last_account = "a"
    preferences.save()
    assert Preferences(path).last_account == "a"


def test_where_nothing_can_be_written_it_lasts_for_this_run(tmp_path):
    (tmp_path / "file").touch()
    for path in (tmp_path / "file" / "preferences.ini", Path(os.devnull, "preferences.ini")):
        preferences = Preferences(path)
        assert_all_default(preferences)
        preferences.clipboard_lifetime = None
        preferences.save()
        assert preferences.clipboard_lifetime is None


def test_without_a_path_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    preferences = Preferences()
    assert_all_default(preferences)
    preferences.window_geometry = GEOMETRY
    preferences.clipboard_lifetime = None
    preferences.save()
    assert preferences.window_geometry == GEOMETRY
    assert preferences.clipboard_lifetime is None
    assert_all_default(Preferences())
    assert not list(tmp_path.iterdir())


def test_a_disk_that_does_not_answer_is_not_waited_for(path, monkeypatch):
    answers = threading.Event()
    monkeypatch.setattr(os, "fsync", lambda _: answers.wait(30))
    preferences = Preferences(path)
    preferences.last_account = "first"
    began = time.monotonic()
    preferences.save()
    preferences.last_account = "second"
    preferences.save()
    assert time.monotonic() - began < 10
    answers.set()
    for each in threading.enumerate():
        if each.name == "abandonable":
            each.join(30)
    # What was written late is whole, and the last that was set.
    assert Preferences(path).last_account == "second"
    assert [each.name for each in path.parent.iterdir()] == [path.name]
