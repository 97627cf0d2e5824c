"""One fault from outside: the program as a process of its own, worked by keys alone."""

import signal
import time
from pathlib import Path

from faults import rules
from faults.fault_server import FaultServer
from faults.scene import APP_ID
from program.running import (
    PATIENCE,
    ROOT,
    Ending,
    Home,
    Running,
    account,
    assert_clean,
    eventually,
)
from program.screen import clipboard, take_keyboard, windows_of, xdotool
from ui.stage import new_key

ENDED = "request ended: "


def patched(lines: str) -> tuple[str, ...]:
    """A start of the program after these lines of Python have broken something around it."""
    run = "import runpy; runpy.run_module('deepbrain_desktop', run_name='__main__', alter_sys=True)"
    return ("-c", f"{lines}\n{run}")


def rests(pid: int) -> bool:
    """Whether a process uses no time for a while."""
    used, ends = _time_of(pid), time.monotonic() + 0.3
    eventually(lambda: time.monotonic() > ends)
    return _time_of(pid) == used


def _time_of(pid: int) -> str:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return " ".join(fields[11:13])


class ProcessScene:
    """A home, a server that can misbehave, and one start of the program after the other.

    The fixture that opened it holds all of it to the rules when the test is over.
    """

    def __init__(self, room: Path, server: FaultServer) -> None:
        self.home, self.server = Home(room), server
        self.key = new_key()
        self._secrets = {self.key}
        self.running: Running | None = None
        self.keep_account(server.origin)

    def keep_account(self, address: str, **changes: object) -> None:
        """Leave one account that asks this address, as an earlier run would have left it."""
        kept = {"server": "other", "address": address, "remember": False} | changes
        self.home.keep_accounts(account("Someone", APP_ID, **kept))

    # What a person does

    def start(self, *arguments: str, logs: bool = True, **surroundings: object) -> Running:
        """Start the program and come to its window, which has the keyboard in the key's field."""
        self.running = Running(self.home, *arguments, **surroundings)
        if logs:
            self.running.painted()
        eventually(lambda: windows_of(self.running.pid), "the window")
        return self.running

    def press(self, *keys: str) -> None:
        take_keyboard(self.running.pid)
        xdotool("key", *keys)

    def type(self, text: str) -> None:
        take_keyboard(self.running.pid)
        xdotool("type", "--delay", "1", text)

    def request(self) -> None:
        """Type the key and press Ctrl+Return."""
        self.type(self.key)
        self.press("ctrl+Return")

    def outcome(self, of: int = 1) -> str:
        """Wait until so many requests of all runs have ended; how the last one did."""
        eventually(lambda: len(self.outcomes()) >= of, "the outcome")
        assert len(self.outcomes()) == of, f"R5: {self.outcomes()}"
        return self.outcomes()[-1]

    def outcomes(self) -> list[str]:
        """How requests ended, the oldest first, by what the log says."""
        lines = self.home.log_text().splitlines()
        return [line.partition(ENDED)[2] for line in lines if ENDED in line]

    def good_request(self) -> str:
        """Make one that succeeds, and take its token to the clipboard."""
        posts = self.server.requests
        self.press("ctrl+Return")
        assert self.server.wait_for(lambda: self.server.requests > posts), "R3: nothing was sent"

        def copied() -> bool:
            self.press("ctrl+shift+c")
            return clipboard() == next(reversed(self.server.tokens), None)

        eventually(copied, "the token's coming to the clipboard", PATIENCE)
        assert self.server.requests == posts + 1, "R5: more than one POST"
        return clipboard()

    def end(self, number: int = signal.SIGTERM) -> Ending:
        """Ask it to end, which it has to do well."""
        ending = self.running.end(number)
        self.ended_well(ending)
        return ending

    def ended_well(self, ending: Ending) -> None:
        """It ended in time, with status 0, without a word; nothing is on the clipboard."""
        assert_clean(ending)
        assert ending.stdout == ""
        assert clipboard() not in self.server.tokens, "R1: a token is left on the clipboard"

    # The rules

    def hold_to_the_rules(self) -> None:
        """Check all that holds after a fault, in one more run of the program as well."""
        if self.running is not None and self.running.is_running:
            self.end()
        self.keep_account(self.server.origin)
        self.start()
        self.type(self.key)
        self.good_request()
        rules.no_secret_is_shown_by_the_system(self.running.pid, self._all_secrets())
        self.end()
        rules.no_secret_in_files(self.home.room, self._all_secrets())
        rules.no_core_is_left(self.home.room, ROOT)

    def close(self) -> None:
        """End what still runs."""
        if self.running is not None and self.running.is_running:
            self.running.kill()

    def _all_secrets(self) -> set[str]:
        return self._secrets | {each.rpartition(".")[2] for each in self.server.tokens}
