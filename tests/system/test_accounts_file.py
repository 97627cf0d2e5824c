"""The accounts file on real disks, whatever lies in its place."""

import errno
import os
import re
import stat
import sys
import threading
from pathlib import Path

import pytest

from deepbrain_desktop.account import Account
from deepbrain_desktop.system.accounts_file import (
    AccountsFile,
    AccountsNotSaved,
    Cause,
    NewerFile,
    Reading,
)
from deepbrain_desktop.system.accounts_schema import LARGEST, decode, encode

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions and signals")

ACME = Account(id="a" * 32, name="Acme GmbH", app_id="studiov3.acme@example.com")
QA = Account(id="b" * 32, name="QA team")
NEWER = b'{"schema": 2, "people": []}'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "accounts.json"


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def place(path: Path, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)


def test_without_a_file_there_are_no_accounts_and_nothing_to_say(path, tmp_path):
    assert AccountsFile(path).read() == Reading()
    (tmp_path / "file").touch()
    assert AccountsFile(tmp_path / "file" / "accounts.json").read() == Reading()
    assert names(tmp_path) == ["file"]


def test_what_was_written_is_read_by_the_next_start(path):
    assert AccountsFile(path).write([ACME, QA]) is None
    assert AccountsFile(path).read() == Reading((ACME, QA))
    assert names(path.parent) == ["accounts.json"]


def test_a_folder_with_spaces_other_scripts_and_a_long_path_will_do(tmp_path):
    path = tmp_path.joinpath("my files", "사용자 ünï", *["long" * 20] * 4, "accounts.json")
    AccountsFile(path).write([ACME])
    assert AccountsFile(path).read().accounts == (ACME,)


@posix_only
def test_file_and_folder_are_for_their_owner_only_whatever_the_umask(path):
    before = os.umask(0)
    try:
        AccountsFile(path).write([ACME])
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_what_a_killed_run_left_behind_is_gone_after_the_next_write(path):
    place(path.with_name(".accounts.json.4711.new"), b"half")
    AccountsFile(path).write([ACME])
    assert names(path.parent) == ["accounts.json"]


def test_threads_that_write_at_once_do_not_disturb_each_other(path):
    file = AccountsFile(path)
    failures: list[Exception] = []

    def write(number: int) -> None:
        try:
            assert file.write([Account(id=f"{number:032x}", name="x" * 5000)]) is None
        except (AccountsNotSaved, AssertionError) as failure:
            failures.append(failure)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert len(AccountsFile(path).read().accounts) == 1
    assert names(path.parent) == ["accounts.json"]


# Not to be written


def test_a_home_that_is_no_folder_is_a_reason_not_to_save(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(AccountsNotSaved) as caught:
        AccountsFile(tmp_path / "file" / "accounts.json").write([ACME])
    assert caught.value.cause is Cause.READ_ONLY
    with pytest.raises(AccountsNotSaved):
        AccountsFile(Path(os.devnull, "accounts.json")).write([ACME])


def test_more_than_can_be_read_again_is_not_written(path):
    file = AccountsFile(path)
    file.write([ACME])
    with pytest.raises(AccountsNotSaved) as caught:
        file.write([Account(id="c", name="x" * LARGEST)])
    assert caught.value.cause is Cause.TOO_LARGE
    with pytest.raises(AccountsNotSaved) as caught:
        file.write([ACME, ACME])
    assert caught.value.cause is Cause.OTHER
    assert AccountsFile(path).read().accounts == (ACME,)


# Damaged


@pytest.mark.parametrize("damaged", [b"", b"\0" * 500, b"{", b"[" * 5000, b" " * (LARGEST + 2)])
def test_a_damaged_file_is_set_aside_whole_and_said(path, damaged):
    place(path, damaged)
    reading = AccountsFile(path).read()
    assert reading.accounts == ()
    assert re.fullmatch(r"accounts\.damaged-\d{8}-\d{6}\.json", reading.damaged.name)
    assert reading.damaged.read_bytes() == damaged
    assert stat.S_IMODE(reading.damaged.stat().st_mode) == 0o600 or sys.platform == "win32"
    assert AccountsFile(path).read() == Reading()


def test_files_damaged_within_one_second_are_all_kept(path):
    file = AccountsFile(path)
    kept = {}
    for number in range(5):
        place(path, b"damaged %d" % number)
        kept[file.read().damaged] = b"damaged %d" % number
    assert len(kept) == 5
    assert {aside: aside.read_bytes() for aside in kept} == kept


def test_a_file_with_one_bad_entry_is_set_aside_whole_and_the_others_are_kept(path):
    content = encode([ACME, QA]).replace(b'"QA team"', b"12")
    place(path, content)
    reading = AccountsFile(path).read()
    assert reading.accounts == (ACME,)
    assert reading.damaged.read_bytes() == content
    assert AccountsFile(path).read() == Reading((ACME,))


def test_a_file_that_cannot_be_mended_is_read_and_left_as_it_is(path):
    # As this program would write them, with every field and a line for each, they are too long.
    few_words = ",".join(f'{{"id":"{number}","name":""}}' for number in range(30_000))
    place(path, b'{"schema":1,"accounts":[%s,{}]}' % few_words.encode())
    before = path.read_bytes()
    reading = AccountsFile(path).read()
    assert len(reading.accounts) == 30_000
    assert reading.damaged == path
    assert path.read_bytes() == before
    assert names(path.parent) == ["accounts.json"]


def test_what_cannot_be_set_aside_is_not_lost_either(path, tmp_path):
    # There is no room for a name that is longer still.
    path = path.with_name("a" * 245 + ".json")
    place(path, b"{")
    file = AccountsFile(path)
    assert file.read() == Reading(damaged=path)
    with pytest.raises(AccountsNotSaved) as caught:
        file.write([ACME])
    assert caught.value.__cause__.errno == errno.ENAMETOOLONG
    assert path.read_bytes() == b"{"


# Of a later version


def test_a_file_of_a_later_version_is_left_alone(path):
    place(path, NEWER)
    file = AccountsFile(path)
    assert file.read() == Reading(newer=True)
    with pytest.raises(NewerFile):
        file.write([ACME])
    assert path.read_bytes() == NEWER
    assert names(path.parent) == ["accounts.json"]


def test_a_file_that_a_later_version_wrote_meanwhile_is_left_alone(path):
    file = AccountsFile(path)
    file.write([ACME])
    place(path, NEWER)
    with pytest.raises(NewerFile):
        file.write([QA])
    assert path.read_bytes() == NEWER
    assert names(path.parent) == ["accounts.json"]


# Changed by somebody else


@pytest.mark.parametrize("foreign", [encode([QA]), b"half a"])
def test_what_somebody_else_wrote_meanwhile_is_set_aside_and_said(path, foreign):
    file = AccountsFile(path)
    file.write([ACME])
    place(path, foreign)
    aside = file.write([ACME, QA])
    assert re.fullmatch(r"accounts\.conflict-\d{8}-\d{6}\.json", aside.name)
    assert aside.read_bytes() == foreign
    assert AccountsFile(path).read().accounts == (ACME, QA)
    assert file.write([ACME]) is None


def test_a_file_that_was_never_read_is_set_aside(path):
    place(path, encode([QA]))
    assert AccountsFile(path).write([ACME]).read_bytes() == encode([QA])


def test_a_file_that_was_only_touched_or_restored_is_no_conflict(path):
    file = AccountsFile(path)
    file.write([ACME])
    os.utime(path, (1, 1))
    assert file.write([QA]) is None
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content)
    assert file.write([ACME]) is None
    path.unlink()
    assert file.write([QA]) is None
    assert names(path.parent) == ["accounts.json"]


# Not a plain file


@posix_only
def test_a_linked_file_is_written_where_the_link_leads(path, tmp_path):
    target = tmp_path / "dot files" / "mine.json"
    target.parent.mkdir()
    path.parent.mkdir()
    path.symlink_to(target)
    file = AccountsFile(path)
    for accounts in ((ACME,), (ACME, QA)):
        assert file.write(accounts) is None
        assert path.is_symlink()
        assert decode(target.read_bytes()).accounts == accounts
    target.write_bytes(b"{")
    assert file.read().damaged.parent == target.parent


@posix_only
@pytest.mark.parametrize(
    "make", [lambda path: os.mkfifo(path, 0o600), os.mkdir, lambda path: path.symlink_to(path)]
)
def test_what_is_no_file_is_said_kept_and_not_waited_for(path, make):
    path.parent.mkdir()
    make(path)
    file = AccountsFile(path)
    assert file.read() == Reading(unreadable=True)
    aside = {file.write([ACME])}
    for _ in range(3):
        path.unlink()
        make(path)
        aside.add(file.write([ACME]))
    assert len(aside) == 4
    assert all(map(os.path.lexists, aside))
    assert AccountsFile(path).read().accounts == (ACME,)
