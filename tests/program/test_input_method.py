"""What an input method hears of what is typed: all but the user key."""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from program.running import PATIENCE, Home, account, eventually

_DAEMON = Path(__file__).with_name("input_method.py")


class InputMethod:
    """ibus, as far as Qt can tell."""

    def __init__(self, room: Path, bus: str) -> None:
        self._heard = room / "heard"
        with self._heard.open("wb") as heard:
            self._process = subprocess.Popen(
                [sys.executable, _DAEMON, bus], stdin=subprocess.PIPE, stdout=heard
            )
        eventually(self.heard, "the input method")
        (room / "bin").mkdir()
        (room / "bin/ibus-daemon").touch(mode=0o755)  # what Qt looks for
        address = room / "address"
        address.write_text(f"IBUS_ADDRESS={bus}\nIBUS_DAEMON_PID={self._process.pid}\n")
        self.environment = {
            "IBUS_ADDRESS_FILE": str(address),
            "PATH": os.pathsep.join([f"{room}/bin", os.environ["PATH"]]),
            "QT_IM_MODULE": "ibus",
        }

    def heard(self) -> str:
        """All of it, so far."""
        return self._heard.read_text()

    def keys(self) -> list[str]:
        """The keys that were pressed, so far, as far as they write."""
        calls = [json.loads(line) for line in self.heard().splitlines()]
        pressed = [call[1] for call in calls if call[0] == "ProcessKeyEvent"]
        return [chr(key) for key, _, state in pressed if key < 128 and not state]

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(PATIENCE)


@pytest.fixture
def input_method(room: Path, screen) -> Iterator[InputMethod]:
    found = InputMethod(room, screen.environment["DBUS_SESSION_BUS_ADDRESS"])
    yield found
    found.close()


def test_an_input_method_hears_all_but_the_user_key(home: Home, open_window, input_method) -> None:
    home.keep_accounts(account("Mine", "mine@app.example"))
    running, window = open_window(home, **input_method.environment)
    key = str(uuid.uuid4())
    window.focus("App ID")
    window.keys("End", "m")
    window.look("App ID", words="mine@app.examplem")
    eventually(lambda: "mine@app.examplem" in input_method.heard(), "the hearing")
    window.type("User key", key)
    window.press("Show user key")
    window.look("User key", words=key)
    window.focus("User key")
    window.keys("End", "z")
    window.look("User key", words=f"{key}z")
    window.press("Show user key")
    window.focus("App ID")
    window.keys("End", "n")
    eventually(lambda: "mine@app.examplemn" in input_method.heard(), "the hearing")
    assert input_method.keys() == ["m", "n"]
    assert key[:8] not in input_method.heard()
    running.end()
