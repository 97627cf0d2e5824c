"""The secret audit in short: clean as it is, and not blind. ``make audit`` is the whole of it."""

import shutil
import subprocess
import sys

import pytest
from audit import trace, verdicts
from audit.evidence import Place
from audit.trial import Trial, run
from program.screen import launcher, system_python

TOOLS = ("xdotool", "xclip", "secret-tool", "gnome-keyring-daemon", "dbus-run-session", "strace")


@pytest.fixture(scope="module", autouse=True)
def _tools() -> None:
    missing = [each for each in TOOLS if shutil.which(each) is None]
    if missing or launcher() is None or system_python() is None:
        pytest.skip(f"not installed: {', '.join(missing) or 'at-spi2-core, python3'}")


def test_no_secret_is_found_where_none_may_be():
    rows = run(Trial("as it is", is_traced=False))
    assert not list(verdicts.complaints(rows, is_whole=False))
    assert {place for place, row in rows.items() if row.marked} >= {
        Place.FILES,
        Place.HEARD,
        Place.MEMORY,
    }


@pytest.mark.parametrize("leak", ["UTF-16 temp file", "window title", "spelt to readers"])
def test_a_planted_leak_is_found(leak):
    assert verdicts.is_found(leak, run(Trial(leak, planted=leak, is_traced=False)))


TALKATIVE = """
import os, socket, subprocess, sys, tempfile
with tempfile.TemporaryFile() as file:
    file.write(b"half a"); file.flush(); file.write(b" secret\\0")
ours, theirs = socket.socketpair()
ours.sendmsg([b"in ", b"pieces"])
subprocess.run(["true", "argument"], env={"NAME": "value"})
os.rename(sys.argv[1], sys.argv[1] + "-renamed")
"""


def test_strace_shows_what_was_written_started_and_renamed(tmp_path):
    output, file = tmp_path / "trace", tmp_path / "fïle"
    file.touch()
    script = [sys.executable, "-c", TALKATIVE, str(file)]
    with subprocess.Popen([*trace.command(output), *script]) as process:
        process.wait(20)
    seen = trace.read_when_complete(output, process.pid)
    assert any(b"half a secret\0" in data for data in seen.written.values())
    assert seen.written["socket pair"].endswith(b"in pieces")
    assert any(start.endswith(b"true\0argument\0NAME=value") for start in seen.started)
    assert f"{file}-renamed".encode() in seen.names
