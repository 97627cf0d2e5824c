"""Qt is kept off a session bus that says nothing, and off no other."""

import contextlib
import secrets
import socket
import sys
from collections.abc import Iterator

import pytest
from keyring_daemon import running_keyring

from deepbrain_desktop.system import session_bus
from deepbrain_desktop.system.session_bus import hide_silent_bus

NAME = "DBUS_SESSION_BUS_ADDRESS"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="D-Bus is Linux's")


@pytest.fixture(autouse=True)
def no_patience(monkeypatch) -> None:
    monkeypatch.setattr(session_bus, "_PATIENCE", 0.05)


@contextlib.contextmanager
def listening(place: str) -> Iterator[socket.socket]:
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as listener:
        listener.bind(place)
        listener.listen(0)
        yield listener


def is_hidden(environment: dict[str, str]) -> bool:
    before = dict(environment)
    undo = hide_silent_bus(environment)
    hidden = environment != before
    assert environment.get(NAME) == ("disabled:" if hidden else before.get(NAME))
    undo()
    assert environment == before
    return hidden


@pytest.mark.parametrize("before", ["", "unix:path=/nowhere;", "tcp:host=localhost,port=1;"])
def test_a_silent_bus_is_hidden_until_it_is_shown_again(tmp_path, before: str) -> None:
    with listening(f"{tmp_path}/a bus"):
        assert is_hidden({NAME: f"{before}unix:guid=12,path={tmp_path}/a%20bus,more=1"})


def test_a_silent_bus_without_a_file_is_hidden() -> None:
    name = secrets.token_hex()
    with listening(f"\0{name}"):
        assert is_hidden({NAME: f"unix:abstract={name}"})


def test_a_silent_bus_that_no_variable_names_is_hidden(tmp_path) -> None:
    with listening(f"{tmp_path}/bus"):
        assert is_hidden({"XDG_RUNTIME_DIR": str(tmp_path)})


def test_a_bus_whose_queue_is_full_is_hidden(tmp_path) -> None:
    with listening(f"{tmp_path}/bus"), contextlib.closing(socket.socket(socket.AF_UNIX)) as first:
        first.connect(f"{tmp_path}/bus")
        assert is_hidden({NAME: f"unix:path={tmp_path}/bus"})


def test_a_bus_that_answers_is_left_to_qt() -> None:
    with running_keyring() as daemon:
        assert not is_hidden({NAME: daemon.environment[NAME]})


def test_a_bus_that_hangs_up_is_left_to_qt(tmp_path) -> None:
    with listening(f"{tmp_path}/bus") as listener:
        listener.shutdown(socket.SHUT_RDWR)
        assert not is_hidden({NAME: f"unix:path={tmp_path}/bus"})


ODD = ["", "disabled:", "unix:", "unix:path=", "unix:path=%00", "unix:path=/" + "x" * 300, "é", ";"]


@pytest.mark.parametrize("address", [*ODD, "unix:path=/nowhere", "autolaunch:"])
def test_an_address_that_leads_nowhere_is_left_to_qt(address: str) -> None:
    assert not is_hidden({NAME: address})


def test_no_bus_at_all_is_left_to_qt(tmp_path) -> None:
    assert not is_hidden({})
    assert not is_hidden({"XDG_RUNTIME_DIR": str(tmp_path)})
