"""What other programs of the same user get to see of the running program."""

import stat
import uuid
from pathlib import Path

import children
import pytest
from program.running import Home, Running, account
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


def test_no_core_file_will_be_written(running):
    limits = look(running, "limits")["Max core file size"]
    assert limits.split()[4:6] == ["0", "0"]


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
