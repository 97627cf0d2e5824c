"""From the start to the end of the process, whichever way either comes about."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from jeepney import DBusAddress, new_signal
from jeepney.bus import get_bus
from jeepney.io.blocking import DBusConnection, prep_socket
from program.running import (
    Running,
    account,
    assert_clean,
    bare_environment,
    caught,
    eventually,
    run,
    sandbox_account,
)
from program.screen import (
    Window,
    clipboard,
    clipboard_manager,
    close_window,
    take_keyboard,
    windows_of,
    xdotool,
)

from deepbrain_desktop.system import logs

WAYS: dict[str, Callable[[Running], object]] = {
    "SIGINT": lambda running: running.process.send_signal(signal.SIGINT),
    "SIGTERM": lambda running: running.process.send_signal(signal.SIGTERM),
    "SIGHUP": lambda running: running.process.send_signal(signal.SIGHUP),
    "Ctrl+Q": lambda running: take_keyboard(running.pid) or xdotool("key", "ctrl+q"),
    "close button": lambda running: close_window(running.pid),
}
SCENARIOS = {"silent": WAYS, "slow": ["SIGINT"], "dripping": ["SIGTERM"], "continuing": ["SIGHUP"]}
HOST = "127.0.0.1:9"
STORED = {"host": HOST, "service": "DeepBrain Desktop: life cycle", "user": "mine"}


@pytest.mark.parametrize("way", WAYS)
def test_it_ends_at_once_when_nothing_goes_on(way, home, start):
    running = start(home).painted()
    WAYS[way](running)
    assert_clean(running.wait())


@pytest.mark.parametrize(
    ("surroundings", "complaint"),
    [
        ({"LC_ALL": "C"}, "not UTF-8"),
        ({"LC_ALL": "ko_KR.EUC-KR"}, "not UTF-8"),
        ({"QT_STYLE_OVERRIDE": "kvantum"}, "style override"),
        ({"QT_SCALE_FACTOR_ROUNDING_POLICY": "kaufmännisch"}, "rounding policy"),
        ({"XDG_CURRENT_DESKTOP": "GNOME"}, "dbus"),
        ({"XDG_CURRENT_DESKTOP": "KDE", "KDE_SESSION_VERSION": "6"}, "DBus"),
        ({"XDG_SESSION_TYPE": "wayland"}, "wl_display"),
    ],
    ids=str,
)
def test_what_qt_finds_odd_at_its_start_is_logged_and_not_printed(
    surroundings, complaint, home, start
):
    running = start(home, **surroundings).painted()
    assert_clean(running.end())
    assert complaint in home.log_text()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_ends_at_once_before_there_is_a_window(number, home, start):
    running = start(home)
    # SIGHUP's handler is the last that is set, long before there is a window.
    eventually(lambda: signal.SIGHUP in caught(running.pid), "the handlers")
    running.process.send_signal(number)
    assert_clean(running.wait())


@pytest.fixture
def nobody_looks() -> Iterator[subprocess.Popen[str]]:
    """A display on which no window comes to be seen."""
    script = Path(__file__).with_name("x11_hold_back.py")
    with subprocess.Popen(
        [sys.executable, script],
        env=bare_environment(os.environ["DISPLAY"]),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as held_back:
        assert held_back.stdout.readline() == "ready\n"
        yield held_back
        held_back.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_ends_at_once_where_its_window_was_never_to_be_seen(number, home, start, nobody_looks):
    running = start(home)
    assert nobody_looks.stdout.readline() == "asked\n"
    running.process.send_signal(number)
    assert_clean(running.wait())


@pytest.mark.parametrize(
    ("scenario", "way"), [(scenario, way) for scenario, ways in SCENARIOS.items() for way in ways]
)
def test_it_ends_at_once_in_the_middle_of_a_request(scenario, way, home, open_window):
    home.keep_accounts(sandbox_account(scenario))
    running, window = open_window(home)
    window.press("Request token")
    window.look("Cancel")
    WAYS[way](running)
    assert_clean(running.wait())
    assert "request ended" not in home.log_text()


@pytest.mark.parametrize("way", WAYS)
def test_it_takes_the_token_off_the_clipboard_when_it_ends(way, home, open_window, keeper):
    home.keep_accounts(sandbox_account("valid"))
    running, window = open_window(home)
    token = with_the_token_on_the_clipboard(window)
    WAYS[way](running)
    assert_clean(running.wait())
    assert clipboard() == ""
    keeper.terminate()
    assert keeper.stdout.read() == ""
    assert not home.files_with(token)


@pytest.fixture
def keeper() -> Iterator[subprocess.Popen[str]]:
    with clipboard_manager() as process:
        yield process


def with_the_token_on_the_clipboard(window: Window) -> str:
    window.keys("ctrl+Return")
    window.look("Token status", words="Valid")
    window.keys("ctrl+shift+c")
    window.look("Clipboard", words="leaves the clipboard")
    token = clipboard()
    assert token.count(".") == 2
    return token


def test_what_another_program_copied_stays_when_it_ends(home, open_window):
    home.keep_accounts(sandbox_account("valid"))
    running, window = open_window(home)
    with_the_token_on_the_clipboard(window)
    with subprocess.Popen(
        ["xclip", "-selection", "clipboard", "-quiet"],
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as other:
        other.stdin.write(b"theirs")
        other.stdin.close()
        eventually(lambda: clipboard() == "theirs", "the other copy")
        assert_clean(running.end())
        assert clipboard() == "theirs"
        other.terminate()


@pytest.mark.parametrize("way", ["SIGINT", "SIGTERM", "close button"])
def test_it_ends_at_once_while_the_keychain_is_frozen(way, home, open_window, keyring):
    home.keep_accounts(
        account("Mine", "mine", server="other", address=f"https://{HOST}", keys=[STORED])
    )
    running, window = open_window(home)
    keyring.freeze()
    try:
        window.press("Request token")
        window.look("Message", words="Waiting for your keychain")
        WAYS[way](running)
        assert_clean(running.wait())
    finally:
        keyring.thaw()


def test_it_ends_at_once_where_the_keychain_was_frozen_from_the_start(home, open_window, keyring):
    keyring.freeze()
    try:
        running, window = open_window(home)
        window.look("App ID")
        assert_clean(running.end())
    finally:
        keyring.thaw()


DAMAGED = """
import runpy, sys
for each in {missing}:
    sys.modules["deepbrain_desktop.ui." + each] = None
runpy.run_module("deepbrain_desktop", run_name="__main__", alter_sys=True)
"""
NOT_LOADED = "DeepBrain Desktop could not be loaded (ModuleNotFoundError)."


def test_a_window_that_cannot_be_filled_says_so_and_ends_with_1(home, screen, start):
    program = ("-c", DAMAGED.format(missing=["workspace"]))
    running = start(home, program=program, **screen.environment)
    eventually(lambda: windows_of(running.pid), "the window")
    window = Window(screen, running.pid)
    eventually(lambda: NOT_LOADED in str(window.tree()), "the words")
    window.keys("Return")
    ending = running.wait()
    assert ending.status == 1
    assert ending.stderr.startswith(NOT_LOADED)
    assert ending.stderr.count("\n") == 1


def test_a_window_that_cannot_even_say_so_is_closed(home):
    program = ("-c", DAMAGED.format(missing=["workspace", "dialogs"]))
    ending = Running(home, program=program).wait()
    assert (ending.status, ending.stdout) == (1, "")
    assert ending.stderr.startswith(NOT_LOADED)
    assert ending.stderr.count("\n") == 1


def test_being_told_to_end_twice_is_no_crash(home, start):
    running = start(home).painted()
    for way in ("SIGINT", "SIGTERM", "SIGHUP", "SIGINT"):
        WAYS[way](running)
    assert_clean(running.wait())


def test_a_second_start_brings_the_first_to_the_front(home, open_window):
    home.keep_accounts(account("First", "first"), account("Second", "second"))
    first, window = open_window(home)
    window.look("App ID", words="first")
    (shown,) = windows_of(first.pid)
    second = run(home, "--account", "Second")
    assert_clean(second)
    window.look("App ID", words="second")
    assert windows_of(first.pid) == [shown]
    eventually(lambda: xdotool("getwindowfocus") == shown, "the focus")
    assert second.stdout == ""


def test_ten_starts_at_once_are_one_window(home, start):
    started = [start(home) for _ in range(10)]
    eventually(lambda: sum(each.is_running for each in started) == 1, "that nine give way")
    (first,) = (each for each in started if each.is_running)
    first.painted()
    eventually(lambda: len(windows_of(first.pid)) == 1, "the window")
    for other in started:
        if other is not first:
            ending = other.wait()
            assert ending.status == 0
            # Where the first is still busy starting, the others do not wait for it for ever.
            assert ending.stderr in ("", "DeepBrain Desktop is running already.\n")
    assert_clean(first.end())


def test_after_a_kill_the_next_start_works(home, open_window, start):
    home.keep_accounts(sandbox_account("valid"))
    first, window = open_window(home)
    with_the_token_on_the_clipboard(window)
    first.kill()
    assert clipboard() == ""
    second = start(home).painted()
    assert windows_of(second.pid)
    assert_clean(second.end())


def test_the_log_is_its_owners_and_tells_what_happened_without_secrets(home, open_window):
    home.keep_accounts(sandbox_account("valid"))
    running, window = open_window(home)
    token = with_the_token_on_the_clipboard(window)
    assert_clean(running.end())
    text = home.log_text()
    assert "started" in text
    assert "request ended: OK" in text
    assert "studiov3" not in text
    assert not [part for part in token.split(".") if part in text]
    assert stat.S_IMODE(home.log.stat().st_mode) == 0o600
    assert stat.S_IMODE(home.log.parent.stat().st_mode) == 0o700


def test_a_full_log_makes_way_for_a_new_one(home, start):
    home.log.parent.mkdir(parents=True)
    home.log.write_text("x" * (logs.LARGEST - 1) + "\n")
    assert_clean(start(home).painted().end())
    assert home.log.stat().st_size < 10_000
    assert home.log.with_name(f"{home.log.name}.1").stat().st_size == logs.LARGEST


def test_a_damaged_list_of_accounts_is_set_aside_and_the_window_says_where(home, open_window):
    damaged = b'{"schema": 1, "accounts": [{"id": "1", "name": "M\xff'
    home.config.mkdir(parents=True)
    home.accounts.write_bytes(damaged)
    running, window = open_window(home)
    (aside,) = home.config.glob("accounts.damaged-*.json")
    assert aside.read_bytes() == damaged
    window.look("Notice", words=str(aside))
    window.type("App ID", "new@app.example")
    assert_clean(running.end())
    assert aside.read_bytes() == damaged
    assert [each["app_id"] for each in home.kept_accounts()] == ["new@app.example"]


def test_a_list_of_a_newer_version_is_left_alone(home, open_window):
    home.config.mkdir(parents=True)
    home.accounts.write_text('{"schema": 99}')
    running, window = open_window(home)
    window.look("Notice", words="newer version")
    window.type("App ID", "new@app.example")
    assert_clean(running.end())
    assert home.accounts.read_text() == '{"schema": 99}'


def test_what_is_typed_just_before_the_end_is_kept(home, open_window):
    home.keep_accounts(account("Mine", "before"))
    running, window = open_window(home)
    window.type("App ID", "after")
    window.look("App ID", words="after")
    assert_clean(running.end())
    assert [each["app_id"] for each in home.kept_accounts()] == ["after"]


def test_a_screen_that_is_locked_takes_the_token_off_the_clipboard(home, open_window, keyring):
    home.keep_accounts(sandbox_account("valid"))
    running, window = open_window(home)
    with_the_token_on_the_clipboard(window)
    address = keyring.environment["DBUS_SESSION_BUS_ADDRESS"]
    saver = DBusAddress("/org/gnome/ScreenSaver", interface="org.gnome.ScreenSaver")
    with closing(prep_socket(get_bus(address))) as line, DBusConnection(line) as connection:
        connection.send(new_signal(saver, "ActiveChanged", "b", (True,)))
        eventually(lambda: clipboard() == "", "the clearing")
    assert_clean(running.end())
