"""The accounts file in processes that are killed, run out of space or may not do what they try."""

import sys
from pathlib import Path

import children
import pytest

from deepbrain_desktop.account import Account
from deepbrain_desktop.system.accounts_file import AccountsFile, Reading
from deepbrain_desktop.system.accounts_schema import decode

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals and limits")

ACME = Account(id="a" * 32, name="Acme GmbH", app_id="studiov3.acme@example.com")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "accounts.json"


KILLED = """
import os, select, signal, sys
from pathlib import Path
from deepbrain_desktop.account import Account
from deepbrain_desktop.system.accounts_file import AccountsFile, Reading

path = Path(sys.argv[1])
OLD, NEW = (
    tuple(Account(id=f"{n:032x}", name=name * 20) for n in range(200)) for name in ("old", "new")
)

def check(what):
    found = AccountsFile(path).read()
    assert found in (Reading(OLD), Reading(NEW)), (what, found)
    aside = [each.name for each in path.parent.iterdir() if each.name.startswith("accounts.")]
    assert aside == ["accounts.json"], (what, aside)

def recover():
    file = AccountsFile(path)
    file.read()
    file.write(OLD)
    assert os.listdir(path.parent) == ["accounts.json"]

def start(work):
    process = os.fork()
    if not process:
        try:
            work()
        except (AccountsNotSaved, AssertionError) as failure:
            os.write(2, repr(failure).encode())
            os._exit(1)
        os._exit(0)
    return process
"""

AT_EACH_CALL = (
    KILLED
    + """
def die_at(number):
    calls = 0
    def dying(function):
        def call(*arguments, **options):
            nonlocal calls
            calls += 1
            if calls == number:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*arguments, **options)
        return call
    file = AccountsFile(path)
    file.read()
    for name in ("open", "close", "fsync", "link", "replace", "rename", "unlink", "mkdir"):
        setattr(os, name, dying(getattr(os, name)))
    file.write(NEW)

AccountsFile(path).write(OLD)
status, killed = 1, 0
while status:
    status = os.waitpid(start(lambda: die_at(killed + 1)), 0)[1]
    assert status in (0, signal.SIGKILL), status
    check(killed)
    recover()
    killed += bool(status)
print(killed)
"""
)

AT_ANY_MOMENT = (
    KILLED
    + """
def write_for_ever(begun):
    file = AccountsFile(path)
    file.read()
    while True:
        file.write(NEW)
        os.write(begun, b".")
        file.write(OLD)

AccountsFile(path).write(OLD)
for number in range(50):
    ear, begun = os.pipe()
    process = start(lambda: write_for_ever(begun))
    os.read(ear, 1)
    select.select([], [], [], number * 0.0002)
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    os.close(ear)
    os.close(begun)
    check(number)
recover()
print(50)
"""
)


def test_a_process_killed_at_any_of_its_system_calls_leaves_the_old_or_the_new_accounts(path):
    result = children.run(AT_EACH_CALL, path)
    assert result.stderr == ""
    assert int(result.stdout) >= 4  # open, fsync, replace, and the folder's fsync


def test_a_process_killed_at_any_moment_leaves_the_old_or_the_new_accounts(path):
    result = children.run(AT_ANY_MOMENT, path)
    assert result.stderr == ""
    assert int(result.stdout) == 50


FULL = """
import resource, sys
from pathlib import Path
from deepbrain_desktop.account import Account
from deepbrain_desktop.system.accounts_file import AccountsFile, AccountsNotSaved

file = AccountsFile(Path(sys.argv[1]))
file.read()
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    file.write([Account(id="c", name="x" * 100_000)])
except AccountsNotSaved as failure:
    print(failure.cause.name)
"""


def test_a_disk_that_takes_no_more_leaves_the_old_accounts(path):
    AccountsFile(path).write([ACME])
    result = children.run(FULL, path)
    assert (result.stdout, result.stderr) == ("NO_SPACE\n", "")
    assert AccountsFile(path).read() == Reading((ACME,))
    assert [each.name for each in path.parent.iterdir()] == ["accounts.json"]


FORBIDDEN = (
    children.WITHOUT_PRIVILEGES
    + """
import sys
from pathlib import Path
from deepbrain_desktop.account import Account
from deepbrain_desktop.system.accounts_file import AccountsFile, AccountsNotSaved, Reading

path = Path(sys.argv[1])

def cause(file):
    try:
        file.write([Account(id="c", name="new")])
    except AccountsNotSaved as failure:
        return failure.cause.name

path.parent.chmod(0o500)
file = AccountsFile(path)
assert len(file.read().accounts) == 1
print(cause(file), len(AccountsFile(path).read().accounts))
path.chmod(0)
file = AccountsFile(path)
assert file.read() == Reading(unreadable=True)
print(cause(file))
path.parent.chmod(0o700)
print(file.write([Account(id="c", name="new")]).name, len(AccountsFile(path).read().accounts))
"""
)


def test_what_may_not_be_written_or_read_is_said_and_left_alone(path):
    AccountsFile(path).write([ACME])
    result = children.run(FORBIDDEN, path)
    assert result.stderr == ""
    lines = result.stdout.split("\n")
    assert lines[:2] == ["READ_ONLY 1", "READ_ONLY"]
    aside, count = lines[2].split()
    assert count == "1"
    assert decode(path.with_name(aside).read_bytes()).accounts == (ACME,)
