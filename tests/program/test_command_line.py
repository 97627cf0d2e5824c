"""What is asked for on the command line, and where there is no window to answer in."""

import contextlib
import os
import re
import socket
import struct
import sys
import threading
from collections.abc import Iterator

import pytest
from program.running import account, assert_clean, run
from program.screen import Window, clipboard, windows_of

from deepbrain_desktop import __version__, product

NOWHERE = (
    "HOME",
    "XDG_CONFIG_HOME",
    "XDG_STATE_HOME",
    "XDG_DATA_HOME",
    "XDG_CACHE_HOME",
    "XDG_RUNTIME_DIR",
)
PNG = b"\x89PNG\r\n\x1a\n"


def test_the_version_is_told_without_a_display(home):
    ending = run(home, "--version", without=("DISPLAY",))
    assert (ending.status, ending.stderr) == (0, "")
    assert ending.stdout == f"{product.NAME} {__version__}\n"


def test_help_names_every_option(home):
    ending = run(home, "--help", without=("DISPLAY",))
    assert (ending.status, ending.stderr) == (0, "")
    for option in (
        "--sandbox",
        "--account",
        "--version",
        "--self-test",
        "--screenshot",
        "--remove-my-data",
    ):
        assert option in ending.stdout


@pytest.mark.parametrize(
    "arguments", [("--nonsense",), ("--account",), ("--screenshot",), ("file",)]
)
def test_what_is_no_option_is_refused_before_anything_is_opened(home, arguments):
    ending = run(home, *arguments, without=("DISPLAY",))
    assert (ending.status, ending.stdout) == (2, "")
    assert "Traceback" not in ending.stderr
    assert ending.stderr.startswith("usage: deepbrain-desktop")
    assert not home.config.exists()


ONTO_A_FULL_DISK = ("sh", "-c", 'exec "$@" >/dev/full', "sh")
ONTO_BOTH_FULL = ("sh", "-c", 'exec "$@" >/dev/full 2>&1', "sh")
TO_NOBODY = (
    sys.executable,
    "-c",
    "import os, sys; ear, mouth = os.pipe(); os.close(ear); os.dup2(mouth, 1);"
    "os.execv(sys.argv[1], sys.argv[1:])",
)
FULL = "Standard output takes nothing more: No space left on device.\n"


@pytest.mark.parametrize(
    "question", ["--version", "--help", "--self-test", "--screenshot", "--remove-my-data"]
)
@pytest.mark.parametrize(
    ("under", "complaint"),
    [(ONTO_A_FULL_DISK, FULL), (ONTO_BOTH_FULL, ""), (TO_NOBODY, "")],
    ids=["full disk", "both full", "nobody"],
)
def test_what_is_asked_for_is_done_though_nobody_can_read_it(home, question, under, complaint):
    home.config.mkdir(parents=True, mode=0o700)
    picture = home.room / "picture.png"
    arguments = [question, *([str(picture)] if question == "--screenshot" else [])]
    ending = run(home, *arguments, under=under)
    assert (ending.status, ending.stderr) == (0, complaint)
    assert picture.exists() is (question == "--screenshot")
    assert home.config.exists() is (question != "--remove-my-data")


def test_what_the_encoding_of_the_terminal_lacks_is_no_crash(home):
    ending = run(home, DISPLAY="Ω", PYTHONIOENCODING="ascii:strict")
    assert (ending.status, ending.stdout) == (1, "")
    assert ending.stderr == f"{product.NAME} can?t open the display ?.\n"


def test_the_self_test_says_what_is_at_work_and_makes_a_round_trip(home):
    ending = run(home, "--self-test")
    assert (ending.status, ending.stderr) == (0, "")
    lines = ending.stdout.splitlines()
    for beginning in (
        f"{product.NAME} {__version__}",
        f"Python {sys.version_info.major}.{sys.version_info.minor}",
        "Qt 6.",
        "requests ",
        "Keychain: none usable (KEYCHAIN-",
        "Trust store: ",
        "Sandbox round trip: token with 6 claims in ",
    ):
        assert [line for line in lines if line.startswith(beginning)], beginning
    icons = re.search(r"^Icons: (\d+) sizes$", ending.stdout, re.MULTILINE)
    assert icons
    assert int(icons[1]) > 3
    assert "(xcb)" in ending.stdout
    assert lines[-1] == "Self-test passed"
    assert not home.config.exists()


def test_the_self_test_saves_reads_and_removes_a_key(home, keyring):
    address = keyring.environment["DBUS_SESSION_BUS_ADDRESS"]
    ending = run(home, "--self-test", DBUS_SESSION_BUS_ADDRESS=address)
    assert (ending.status, ending.stderr) == (0, "")
    assert "Keychain: GNOME Keyring, a key was saved, read and removed\n" in ending.stdout
    assert keyring.count(f"{product.NAME}: self-test") == 0


def test_a_picture_is_taken_of_the_whole_job_in_the_sandbox(home):
    picture = home.room / "new folder" / "window.png"
    ending = run(home, "--screenshot", str(picture))
    assert (ending.status, ending.stderr) == (0, "")
    assert picture.read_bytes().startswith(PNG)
    width, height = struct.unpack(">II", picture.read_bytes()[16:24])
    assert width >= 800
    assert height >= 500
    steps = dict(line.split(":", 1) for line in ending.stdout.splitlines())
    assert steps["state"].strip().startswith("Valid")
    assert "exp" in steps["claims"]
    assert "leaves the clipboard" in steps["copy"]
    assert steps["picture"].strip() == str(picture)
    assert clipboard() == ""
    assert not home.config.exists()


def test_a_picture_that_cannot_be_saved_is_a_failure(home):
    (home.room / "file").touch()
    ending = run(home, "--screenshot", str(home.room / "file" / "window.png"))
    assert (ending.status, ending.stderr) == (1, "")
    assert "picture:  not saved" in ending.stdout


@pytest.mark.parametrize(
    "arguments", [(), ("--sandbox",), ("--self-test",), ("--screenshot", "x.png")]
)
def test_without_a_display_one_line_says_so(home, arguments):
    ending = run(home, *arguments, without=("DISPLAY",))
    assert (ending.status, ending.stdout) == (1, "")
    assert ending.stderr.endswith("is set.\n")
    assert ending.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "surroundings",
    [
        {"DISPLAY": ":7654"},
        {"DISPLAY": "nonsense"},
        {"DISPLAY": ":7654", "QT_QPA_PLATFORM": "xcb"},
        {"DISPLAY": "", "WAYLAND_DISPLAY": "wayland-7"},
        {"DISPLAY": ":7654", "WAYLAND_DISPLAY": "wayland-7"},
        {"QT_QPA_PLATFORM": "wayland"},
        {"QT_QPA_PLATFORM": "wayland;xcb", "DISPLAY": ":7654"},
        {"QT_QPA_PLATFORM": "nonsense"},
        {"QT_QPA_PLATFORM": "nonsense;waylandish:with=argument"},
        {"QT_QPA_PLATFORM": "nonsense;xcb", "DISPLAY": ":7654"},
        {"QT_QPA_PLATFORM": "no\nsense" * 100},
        {"QT_QPA_PLATFORM": ";"},
    ],
    ids=str,
)
def test_a_display_that_is_not_there_is_one_line_and_no_crash(home, surroundings):
    ending = run(home, **surroundings)
    assert (ending.status, ending.stdout) == (1, "")
    assert ending.stderr.count("\n") == 1
    assert "display" in ending.stderr


@pytest.fixture
def closing_server(room) -> Iterator[str]:
    """The path of a display server that takes whoever comes, and closes at once."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(room / "wayland"))
        server.listen()

        def turn_away() -> None:
            with contextlib.suppress(OSError):
                while True:
                    server.accept()[0].close()

        thread = threading.Thread(target=turn_away)
        thread.start()
        yield str(room / "wayland")
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_a_wayland_server_that_closes_at_once_is_one_line_and_no_crash(home, closing_server):
    ending = run(home, without=("DISPLAY",), WAYLAND_DISPLAY=closing_server)
    assert (ending.status, ending.stdout) == (1, "")
    assert ending.stderr == f"{product.NAME} can’t open the display {closing_server}.\n"


LOW = (
    "This computer is low on resources: no process, file or thread was left for the window."
    " Close some programs and try again.\n"
)
# Root has no such limit: it becomes somebody else, who may read its files all the same.
_BECOMING = ["--reuid=4711", "--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
AS_A_USER = () if os.geteuid() else ("setpriv", *_BECOMING)
NO_PROCESS = (*AS_A_USER, "prlimit", "--nproc=1", "--")
# Stacks larger than all addresses: the system starts no thread.
NO_THREAD = ("sh", "-c", 'ulimit -s 1099511627776; exec "$@"', "sh")


@pytest.mark.parametrize(
    ("platform", "under"),
    [
        ("xcb", NO_THREAD),
        ("xcb", NO_PROCESS),
        ("offscreen", NO_PROCESS),
        ("xcb", ("prlimit", "--nofile=10", "--")),
        ("xcb", ("prlimit", "--nofile=15", "--")),
    ],
    ids=["thread", "thread of a user's", "process", "few files", "more files"],
)
def test_without_a_thread_process_or_file_for_qt_one_line_says_so(home, platform, under):
    ending = run(home, under=under, QT_QPA_PLATFORM=platform)
    assert (ending.status, ending.stdout, ending.stderr) == (1, "", LOW)


def test_a_screen_that_the_display_does_not_have_is_one_line_and_no_crash(home):
    ending = run(home, DISPLAY=f"{home.environment['DISPLAY']}.7")
    assert (ending.status, ending.stdout) == (1, "")
    assert ending.stderr.count("\n") == 1
    assert "display" in ending.stderr


@pytest.mark.parametrize("platform", ["offscreen", "nonsense;offscreen", "XCB", "nonsense;xcb"])
def test_one_platform_that_can_be_used_is_enough(home, platform):
    ending = run(home, "--self-test", QT_QPA_PLATFORM=platform)
    assert (ending.status, ending.stdout.splitlines()[-1]) == (0, "Self-test passed")


def test_a_wayland_session_that_has_gone_leaves_x11(home, start):
    running = start(home, WAYLAND_DISPLAY="wayland-7").painted()
    assert windows_of(running.pid)
    assert running.end().status == 0


@pytest.mark.parametrize("home_folder", [None, "/dev/null/home"], ids=["unset", "unwritable"])
def test_without_a_home_it_works_for_this_session(home, screen, start, home_folder):
    changes = {} if home_folder is None else {"HOME": home_folder}
    running = start(home, without=NOWHERE, **screen.environment, **changes)
    window = Window(screen, running.pid)
    window.look("App ID")
    window.choose("Server", "Sandbox")
    window.type("App ID", "studiov3.valid@sandbox.example")
    window.keys("ctrl+Return")
    window.look("Token status", words="Valid")
    window.look("Notice", words="could not be saved")
    ending = running.end()
    assert ending.status == 0
    assert "Traceback" not in ending.stderr
    assert not [*home.path.rglob("*")]


def test_damaged_preferences_are_no_word_on_stderr_and_mended_at_the_end(home, start):
    home.config.mkdir(parents=True, mode=0o700)
    preferences = home.config / "preferences.ini"
    preferences.write_bytes(b"[window]\ngeometry=@Variant(\\0\\0\\0\\x80\\0)\n\xff\0")
    preferences.chmod(0o644)
    assert_clean(start(home).painted().end())
    assert "@Variant" not in preferences.read_text()
    assert preferences.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("kept", "name"),
    [
        ("Second", "Second"),
        ("Second", "studiov3.second@app.example"),
        ("", "second@app.example"),
        (" Second ", "Second"),
    ],
    ids=["name", "app id", "as shown", "blanks"],
)
def test_an_account_is_selected_by_name_or_app_id(home, open_window, kept, name):
    home.keep_accounts(
        account("First", "studiov3.first@app.example"),
        account(kept, "studiov3.second@app.example"),
    )
    _, window = open_window(home, "--account", name)
    window.look("App ID", words="second@app.example")


def test_an_account_that_is_not_there_is_said_and_changes_nothing(home, open_window):
    home.keep_accounts(account("First", "first@app.example"))
    _, window = open_window(home)
    window.gone("Notice")
    assert_clean(run(home, "--account", "Nobody"))
    window.look("Notice", words="“Nobody” was asked for")
    window.look("App ID", words="first@app.example")


def test_the_trial_run_keeps_nothing(home, open_window):
    running, window = open_window(home, "--sandbox")
    window.keys("ctrl+Return")
    window.look("Token status", words="Valid")
    assert_clean(running.end())
    assert not home.config.exists()
