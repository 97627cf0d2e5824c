"""What other programs of the same user, and the disk, get to see of this process."""

import json
import os
import subprocess
import sys
from pathlib import Path

import children
import pytest

from deepbrain_desktop.system.hardening import DEBUGGABLE

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="POSIX limits")
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="prctl")

PLANTED = (
    *("SSLKEYLOGFILE", "OPENSSL_CONF", "OPENSSL_MODULES", "OPENSSL_ENGINES"),
    *("QT_PLUGIN_PATH", "QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_GENERIC_PLUGINS"),
    *("QML_IMPORT_PATH", "QML2_IMPORT_PATH", "QSG_RHI_BACKEND", "QT_OF_SOME_LATER_VERSION"),
    *("GTK_MODULES", "GIO_EXTRA_MODULES", "GCONV_PATH", "XLOCALELIBDIR"),
    *("GDK_PIXBUF_MODULE_FILE", "GTK_IM_MODULE_FILE"),
    *("LIBGL_DRIVERS_PATH", "LIBGL_DRIVERS_DIR", "GBM_BACKENDS_PATH", "GBM_DRIVERS_PATH"),
    *("__EGL_VENDOR_LIBRARY_DIRS", "__EGL_VENDOR_LIBRARY_FILENAMES"),
    *("PYTHON_KEYRING_BACKEND", "PYTHONBREAKPOINT"),
)
TELLING = (
    *("QT_LOGGING_RULES", "QT_LOGGING_CONF", "QT_DEBUG_PLUGINS", "QT_MESSAGE_PATTERN"),
    "WAYLAND_DEBUG",
)
LEFT_ALONE = (
    *("QT_QPA_PLATFORM", "QT_IM_MODULE", "QT_STYLE_OVERRIDE"),
    *("LD_PRELOAD", "HTTPS_PROXY", "SSL_CERT_FILE", "LANG", "PYTHONPATH", "MINE"),
)

PATH = os.pathsep.join(filter(None, sys.path))
HARDENED = """
import os
from deepbrain_desktop.system.hardening import conceal_memory, harden
harden(os.environ)
"""

ABORTING = """
import ctypes, os, resource, signal, sys
from deepbrain_desktop.system.hardening import conceal_memory, harden

before = resource.getrlimit(resource.RLIMIT_CORE)
process = os.fork()
if not process:
    if "harden" in sys.argv:
        harden(os.environ)
    if "conceal" in sys.argv:
        assert conceal_memory(os.environ) is (os.environ.get("DEEPBRAIN_DEBUGGABLE") != "1")
    print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), flush=True)  # PR_GET_DUMPABLE
    os.kill(os.getpid(), signal.SIGABRT)
_, status = os.waitpid(process, 0)
assert os.WTERMSIG(status) == signal.SIGABRT
print(os.WCOREDUMP(status))
"""


@posix_only
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_what_is_opened_never_gets_a_standard_number(tmp_path, closed):
    script = (
        HARDENED
        + """
import sys
with open(sys.argv[1], "w") as file:
    file.write(str(file.fileno()))
"""
    )
    found = tmp_path / "number"
    shell = ["/bin/sh", "-c", f'exec "$@" {closed}', "sh", sys.executable, "-c", script, found]
    subprocess.run(shell, env=children.environment(), timeout=60, check=True)
    assert int(found.read_text()) > 2


def test_variables_that_would_leak_or_load_foreign_code_are_gone_and_others_stay():
    names = (*PLANTED, *TELLING, *LEFT_ALONE)
    script = HARDENED + "print(*sorted(os.environ), sep='\\n')"
    result = children.run(script, changes=dict.fromkeys(names, "") | {"PYTHONPATH": PATH})
    assert result.stderr == ""
    assert set(result.stdout.split("\n")) & set(names) == set(LEFT_ALONE)


LEFT = """
import json, sys
from deepbrain_desktop.system.hardening import harden
environment = json.loads(sys.argv[1])
harden(environment)
print(json.dumps(environment))
"""


@pytest.mark.parametrize(
    ("name", "value", "is_kept"),
    [
        *(("QT_SCALE_FACTOR", value, True) for value in ("1", "1.5", "2", "8")),
        *(("QT_SCALE_FACTOR", value, False) for value in ("100", "0", "-2", "inf", "nan", "", "x")),
        *(("QT_FONT_DPI", value, True) for value in ("96", "192")),
        *(("QT_FONT_DPI", value, False) for value in ("100000", "1e309", "0")),
        *(("QT_SCREEN_SCALE_FACTORS", value, True) for value in ("1;2", "eDP-1=1.25;DP-2=2")),
        *(("QT_SCREEN_SCALE_FACTORS", value, False) for value in ("1;100", "DP-1=inf", ";")),
    ],
)
def test_a_size_that_nobody_could_look_at_is_not_taken(name, value, is_kept):
    environment = {name: value}
    left = json.loads(children.run(LEFT, json.dumps(environment)).stdout)
    assert left == (environment if is_kept else {})


@pytest.mark.parametrize(
    ("platform", "is_kept"),
    [("xcb", True), ("wayland;xcb", True), ("vnc", False), ("VNC:port=5901", False), ("", True)],
)
def test_the_window_is_not_served_to_whoever_connects(platform, is_kept):
    environment = {"QT_QPA_PLATFORM": platform}
    left = json.loads(children.run(LEFT, json.dumps(environment)).stdout)
    assert left == (environment if is_kept else {})


def test_qt_may_tell_what_it_does_to_whoever_looks_inside():
    environment = dict.fromkeys((*PLANTED, *TELLING, *LEFT_ALONE), "planted") | {DEBUGGABLE: "1"}
    left = set(json.loads(children.run(LEFT, json.dumps(environment)).stdout))
    assert left == {*TELLING, *LEFT_ALONE, DEBUGGABLE}


def test_no_keys_of_connections_are_logged(tmp_path):
    script = HARDENED + "import ssl; print(ssl.create_default_context().keylog_filename)"
    log = tmp_path / "keys.log"
    assert children.run(script, changes={"SSLKEYLOGFILE": str(log)}).stdout == "None\n"
    assert not log.exists()


@posix_only
def test_new_files_are_for_their_owner_only(tmp_path):
    script = HARDENED + "import sys; open(sys.argv[1], 'w').close()"
    children.run(script, tmp_path / "new")
    assert (tmp_path / "new").stat().st_mode & 0o077 == 0


@linux_only
def test_other_processes_see_that_no_core_file_will_be_written():
    with children.start(HARDENED + "print('ready', flush=True); input()") as process:
        assert process.stdout.readline() == "ready\n"
        limits = Path(f"/proc/{process.pid}/limits").read_text()
        process.communicate("\n", timeout=20)
    (line,) = [line for line in limits.split("\n") if line.startswith("Max core file size")]
    assert line.split()[4:6] == ["0", "0"]


@linux_only
@pytest.mark.parametrize("means", ["harden", "conceal"])
def test_a_crash_leaves_no_core_file(tmp_path, means, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = children.run(ABORTING, means, changes={DEBUGGABLE: ""})
    assert result.stderr == ""
    assert result.stdout.split() == ["1" if means == "harden" else "0", "False"]
    assert not list(tmp_path.iterdir())


@linux_only
def test_a_debugger_is_let_in_when_asked_for(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = children.run(ABORTING, "harden", "conceal", changes={DEBUGGABLE: "1"})
    assert result.stdout.split() == ["1", "False"]
    assert not list(tmp_path.iterdir())


CURIOUS = (
    children.WITHOUT_PRIVILEGES
    + """
for name in ("environ", "maps", "mem"):
    try:
        open(f"/proc/{sys.argv[1]}/{name}", "rb").close()
        print(name, "open")
    except PermissionError:
        print(name, "closed")
"""
)


@linux_only
@pytest.mark.parametrize("debuggable", ["1", ""])
def test_memory_and_environment_are_closed_to_the_same_user(debuggable):
    script = (
        children.WITHOUT_PRIVILEGES
        + HARDENED
        + "conceal_memory({'DEEPBRAIN_DEBUGGABLE': sys.argv[1]})\n"
        + "print('ready', flush=True); input()"
    )
    with children.start(script, debuggable) as process:
        assert process.stdout.readline() == "ready\n"
        result = children.run(CURIOUS, process.pid)
        process.communicate("\n", timeout=20)
    state = "open" if debuggable else "closed"
    assert result.stdout == f"environ {state}\nmaps {state}\nmem {state}\n", result.stderr


@linux_only
def test_qt_and_the_session_bus_work_in_a_process_that_conceals_its_memory():
    script = (
        HARDENED
        + """
from jeepney import DBusAddress, new_method_call
from jeepney.io.blocking import open_dbus_connection
from PySide6.QtWidgets import QApplication, QLabel
application = QApplication([])
label = QLabel("text")
label.show()
assert conceal_memory({})
application.processEvents()
bus = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
with open_dbus_connection("SESSION") as connection:
    print(connection.send_and_get_reply(new_method_call(bus, "GetId")).header.message_type.name)
"""
    )
    wrapped = (
        "import subprocess, sys; sys.exit(subprocess.call("
        "['dbus-run-session', '--', sys.executable, '-c', sys.argv[1]]))"
    )
    result = children.run(wrapped, script, changes={"QT_QPA_PLATFORM": "offscreen"})
    assert (result.returncode, result.stdout) == (0, "method_return\n"), result.stderr
