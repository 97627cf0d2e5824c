"""What other programs of the same user get to see of the running program."""

import os
import resource
import signal
import stat
import subprocess
import sys
import uuid
from pathlib import Path

import children
import pytest
from program.running import ROOT, Home, Running, account, eventually
from program.screen import windows_of, xdotool

CURIOUS = (
    children.WITHOUT_PRIVILEGES
    + """
for name in ("environ", "maps", "mem", "auxv"):
    try:
        open(f"/proc/{sys.argv[1]}/{name}", "rb").read(1)
        print(name, "open")
    except OSError as refusal:
        print(name, type(refusal).__name__)
print("trace", ctypes.CDLL(None, use_errno=True).ptrace(0x4206, int(sys.argv[1]), 0, 0))  # SEIZE
"""
)
# Nobody without root's capabilities may look at a process that has them, hardened or not.
UNPRIVILEGED = (
    "-c",
    children.WITHOUT_PRIVILEGES
    + """
import runpy
runpy.run_module("deepbrain_desktop", run_name="__main__", alter_sys=True)
""",
)

CORES_ON = """
import os, resource, signal
hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
"""
WITH_CORES = (
    "-c",
    CORES_ON
    + """
import runpy
runpy.run_module("deepbrain_desktop", run_name="__main__", alter_sys=True)
""",
)

FAILING_FINALIZER = (
    "-c",
    """
import runpy
from PySide6.QtCore import QTimer
from deepbrain_desktop import app

class Failing:
    def __del__(self):
        raise ValueError("a key")

def build(*arguments, built=app.build):
    program = built(*arguments)
    QTimer.singleShot(0, Failing().__init__)
    return program

app.build = build
runpy.run_module("deepbrain_desktop", run_name="__main__", alter_sys=True)
""",
)


@pytest.fixture
def running(home: Home, start) -> Running:
    return start(home, program=UNPRIVILEGED).painted()


def look(running: Running, file: str) -> dict[str, str]:
    text = Path(f"/proc/{running.pid}/{file}").read_text()
    return {line[:26].split(":")[0].strip(): line for line in text.splitlines()}


def test_memory_and_environment_are_closed_to_the_same_user(running):
    seen = children.run(CURIOUS, running.pid)
    closed = [f"{name} PermissionError" for name in ("environ", "maps", "mem", "auxv")]
    assert seen.stdout.splitlines() == [*closed, "trace -1"], seen.stderr


def test_memory_is_closed_also_while_keys_are_removed(home, start, keyring):
    stored = {"host": "ai.example", "service": "DeepBrain Desktop: closed", "user": "mine"}
    home.keep_accounts(account("Mine", "mine@app.example", keys=[stored]))
    bus = {"DBUS_SESSION_BUS_ADDRESS": keyring.environment["DBUS_SESSION_BUS_ADDRESS"]}
    keyring.freeze()
    try:
        removing = start(home, "--remove-my-data", program=UNPRIVILEGED, **bus)
        eventually(
            lambda: "mem PermissionError" in children.run(CURIOUS, removing.pid).stdout,
            "closed memory",
        )
        assert removing.wait().status == 1
    finally:
        keyring.thaw()


def test_no_core_file_will_be_written(running):
    limits = look(running, "limits")["Max core file size"]
    assert limits.split()[4:6] == ["0", "0"]


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGQUIT])
def test_a_crash_leaves_no_core(home, room, start, number):
    # Where core files are handed to a program, the kernel says so in the same way (wait(2)).
    folder = room / "folder"
    folder.mkdir()
    running = start(home, program=WITH_CORES, folder=folder, PYTHONPATH=str(ROOT)).painted()
    os.kill(running.pid, number)
    end = os.waitid(os.P_PID, running.pid, os.WEXITED | os.WNOWAIT)
    assert (end.si_status, end.si_code) == (number, os.CLD_KILLED)
    running.wait()
    assert not list(folder.iterdir())


def test_the_system_writes_cores_where_nothing_prevents_it(room):
    limits = resource.getrlimit(resource.RLIMIT_CORE)
    if limits[1] != resource.RLIM_INFINITY:
        pytest.skip("the hard limit for core files is lower")
    script = CORES_ON + "os.kill(os.getpid(), signal.SIGABRT)"
    with subprocess.Popen([sys.executable, "-c", script], cwd=room) as process:
        end = os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert end.si_code == os.CLD_DUMPED


def test_new_files_are_for_their_owner_only(home, open_window):
    running, window = open_window(home)
    assert look(running, "status")["Umask"].split()[1] == "0077"
    window.type("App ID", "mine@app.example")
    running.end()
    kept = [each for each in (home.path).rglob("*") if "deepbrain-desktop" in str(each)]
    assert {each.name for each in kept} > {
        "accounts.json",
        "preferences.ini",
        "deepbrain-desktop.log",
    }
    assert not [each for each in kept if stat.S_IMODE(each.stat().st_mode) & 0o077]


def test_words_of_an_exception_that_cannot_be_raised_are_told_to_nobody(home, start):
    running = start(home, program=FAILING_FINALIZER, PYTHONPATH=str(ROOT)).painted()
    eventually(lambda: "ValueError" in home.log_text(), "the log entry")
    assert "a key" not in home.log_text()
    assert running.end().stderr == ""


def test_a_debugger_is_let_in_when_asked_for(home, start):
    running = start(home, program=UNPRIVILEGED, DEEPBRAIN_DEBUGGABLE="1").painted()
    assert "environ open" in children.run(CURIOUS, running.pid).stdout


def test_nothing_secret_is_in_arguments_or_title(home, open_window):
    key = str(uuid.uuid4())
    home.keep_accounts(account("Mine", "mine@app.example"))
    running, window = open_window(home)
    window.type("User key", key)
    assert key.encode() not in Path(f"/proc/{running.pid}/cmdline").read_bytes()
    (shown,) = windows_of(running.pid)
    title = xdotool("getwindowname", shown)
    assert "DeepBrain Desktop" in title
    assert key not in title
