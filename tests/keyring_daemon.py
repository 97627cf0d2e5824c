"""A real gnome-keyring on a session bus of its own, and ways to make it misbehave."""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote

import pytest
from jeepney.bus import get_bus
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, Proxy, prep_socket
from secretstorage import Collection, add_match_rules, get_all_collections
from secretstorage.dhcrypto import Session
from secretstorage.util import DBusAddressWrapper, format_secret

PATIENCE = 10.0
"""Seconds that a test waits for another program before it fails."""

_BUS_CONFIGURATION = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir={room}</listen>
  <auth>EXTERNAL</auth>
  <servicedir>{room}/services</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""
_PROMPTER = "[D-BUS Service]\nName={name}\nExec={program}\n"
_PROMPTER_NAME = "org.gnome.keyring.SystemPrompter"
_PROMPTER_PLACES = (Path("/usr/libexec/gcr-prompter"), Path("/usr/lib/gcr/gcr-prompter"))


def prompter() -> Path | None:
    """The program that asks for a keyring's password on a screen, where it is installed."""
    return next((place for place in _PROMPTER_PLACES if place.exists()), None)


def eventually(condition: Callable[[], bool], patience: float = PATIENCE) -> bool:
    """Whether ``condition`` came true before ``patience`` seconds were over."""
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            return False
        os.sched_yield()
    return True


class KeyringDaemon:
    """gnome-keyring-daemon, unlocked, in a home and on a bus of its own.

    Nothing on the bus starts by itself, so that a killed daemon stays away until ``restart``;
    with ``display``, an X display's name, the prompter alone does.
    """

    def __init__(self, room: Path, display: str | None = None) -> None:
        self.password = secrets.token_hex()
        self._room = room
        self._daemon: subprocess.Popen[bytes] | None = None
        for folder in ("home", "run", "services"):
            (room / folder).mkdir(mode=0o700)
        self.environment = {
            "HOME": f"{room}/home",
            "XDG_RUNTIME_DIR": f"{room}/run",
            "XDG_DATA_HOME": f"{room}/home/.local/share",
            "XDG_CONFIG_HOME": f"{room}/home/.config",
            "XDG_CACHE_HOME": f"{room}/home/.cache",
            "XDG_STATE_HOME": f"{room}/home/.local/state",
        }
        self._own = {
            "PATH": os.environ["PATH"],
            "LC_ALL": "C.UTF-8",
            "GSETTINGS_BACKEND": "memory",
            "NO_AT_BRIDGE": "1",
        }
        if display is not None:
            self._own |= {"DISPLAY": display, "GDK_BACKEND": "x11"}
            text = _PROMPTER.format(name=_PROMPTER_NAME, program=prompter())
            (room / "services" / f"{_PROMPTER_NAME}.service").write_text(text)
        self._log = (room / "log").open("wb")
        self._bus = self._start_bus()
        try:
            self._start_daemon()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End what was started here."""
        self.kill()
        assert self._bus.stdin is not None
        assert self._bus.stdout is not None
        self._bus.stdin.close()
        self._bus.stdout.close()
        self._bus.wait(PATIENCE)
        self._log.close()

    @property
    def pid(self) -> int:
        """The daemon's process id."""
        assert self._daemon is not None
        return self._daemon.pid

    def freeze(self) -> None:
        """Stop the daemon in its tracks; calls to it hang until ``thaw``."""
        os.kill(self.pid, signal.SIGSTOP)
        os.waitpid(self.pid, os.WUNTRACED)

    def thaw(self) -> None:
        """Let a frozen daemon go on."""
        os.kill(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """End the daemon without a farewell, and wait until the bus knows."""
        daemon, self._daemon = self._daemon, None
        if daemon is None:
            return
        daemon.kill()
        daemon.wait(PATIENCE)
        assert eventually(lambda: not self._is_served()), "the bus still knows the dead daemon"

    def restart(self) -> None:
        """Start the daemon anew, unlocked."""
        self.kill()
        self._start_daemon()

    def lock(self) -> None:
        """Lock the default collection."""
        with closing(self._connect()) as connection:
            Collection(connection, self._default(connection)).lock()

    def unlock(self) -> None:
        """Unlock the default collection with its password, asking nobody."""
        with closing(self._connect()) as connection:
            back_door, password = self._back_door(connection)
            arguments = (self._default(connection), password)
            back_door.call("UnlockWithMasterPassword", "o(oayays)", *arguments)

    def change_default(self) -> None:
        """Let another collection, made for this, be the default one from now on."""
        with closing(self._connect()) as connection:
            properties = {"org.freedesktop.Secret.Collection.Label": ("s", "Another")}
            back_door, password = self._back_door(connection)
            arguments = (properties, password)
            (path,) = back_door.call("CreateWithMasterPassword", "a{sv}(oayays)", *arguments)
            service = "org.freedesktop.Secret.Service"
            wrapper = DBusAddressWrapper("/org/freedesktop/secrets", service, connection)
            wrapper.call("SetAlias", "so", "default", path)

    def lock_all_but_default(self) -> None:
        """Lock every other collection."""
        with closing(self._connect()) as connection:
            default = Collection(connection, self._default(connection))
            for each in get_all_collections(connection):
                if each.collection_path != default.collection_path:
                    each.lock()

    def unlock_all(self) -> None:
        """Unlock every collection, asking nobody."""
        with closing(self._connect()) as connection:
            back_door, password = self._back_door(connection)
            for each in get_all_collections(connection):
                if each.is_locked():
                    arguments = (each.collection_path, password)
                    back_door.call("UnlockWithMasterPassword", "o(oayays)", *arguments)

    def restart_empty(self) -> None:
        """Start the daemon anew without any collection, as nobody's login has made one yet."""
        self.kill()
        shutil.rmtree(Path(self.environment["XDG_DATA_HOME"]) / "keyrings")
        self._launch("--components=secrets")

    @property
    def log(self) -> str:
        """What the daemon and its bus complained about."""
        return (self._room / "log").read_text()

    @property
    def locked(self) -> bool:
        """Whether the default collection is locked."""
        with closing(self._connect()) as connection:
            return Collection(connection, self._default(connection)).is_locked()

    def lookup(self, service: str, user: str) -> str | None:
        """What secret-tool, a program that is not ours, finds. Never asks to unlock."""
        attributes = ("service", service, "username", user)
        found = self._secret_tool("lookup", *attributes)
        return found.stdout.decode() if found.returncode == 0 else None

    def store(self, service: str, user: str, text: str, *more: str) -> None:
        """Let secret-tool store ``text``; ``more`` are further attributes and their values."""
        arguments = ("store", "--label=of others", "service", service, "username", user, *more)
        stored = self._secret_tool(*arguments, text=text)
        assert stored.returncode == 0, stored.stderr

    def clear(self, service: str, user: str) -> None:
        """Let secret-tool remove every item."""
        assert self._secret_tool("clear", "service", service, "username", user).returncode == 0

    def count(self, service: str, user: str | None = None) -> int:
        """How many items secret-tool finds, of one user or of all."""
        of_user = () if user is None else ("username", user)
        found = self._secret_tool("search", "--all", "service", service, *of_user)
        return found.stdout.decode().count("secret = ")

    def _secret_tool(self, *arguments: str, text: str = "") -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            ["secret-tool", *arguments],
            env=self._own | self.environment,
            input=text.encode(),
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )

    def _start_bus(self) -> subprocess.Popen[bytes]:
        configuration = self._room / "bus.conf"
        configuration.write_text(_BUS_CONFIGURATION.format(room=self._room))
        # The bus lives as long as cat, which lives until its input is closed.
        script = 'printf "%s\\n" "$DBUS_SESSION_BUS_ADDRESS"; exec cat'
        command = ["dbus-run-session", f"--config-file={configuration}", "--", "sh", "-c", script]
        bus = subprocess.Popen(
            command,
            env=self._own | self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
        )
        assert bus.stdout is not None
        address = bus.stdout.readline().decode().strip()
        assert address, "no session bus"
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = address
        return bus

    def _start_daemon(self) -> None:
        self._launch("--unlock", "--components=secrets", text=self.password)
        assert not self.locked, "gnome-keyring came up locked"

    def _launch(self, *options: str, text: str = "") -> None:
        self._daemon = subprocess.Popen(
            ["gnome-keyring-daemon", "--foreground", *options],
            env=self._own | self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=self._log,
        )
        assert self._daemon.stdin is not None
        self._daemon.stdin.write(text.encode())
        self._daemon.stdin.close()
        assert eventually(self._is_served), "gnome-keyring did not come up"

    def _is_served(self) -> bool:
        with closing(self._connect()) as connection:
            owned = Proxy(message_bus, connection).NameHasOwner("org.freedesktop.secrets")
        return bool(owned[0])

    def _connect(self) -> DBusConnection:
        address = get_bus(unquote(self.environment["DBUS_SESSION_BUS_ADDRESS"]))
        connection = DBusConnection(prep_socket(address))
        add_match_rules(connection)
        return connection

    def _back_door(self, connection: DBusConnection) -> tuple[DBusAddressWrapper, object]:
        """gnome-keyring's own interface, and the password for it.

        The standard one always opens a prompt.
        """
        service = "org.freedesktop.Secret.Service"
        secret_service = DBusAddressWrapper("/org/freedesktop/secrets", service, connection)
        session = Session()
        session.encrypted = False
        _, session.object_path = secret_service.call("OpenSession", "sv", "plain", ("s", ""))
        back_door = DBusAddressWrapper(
            "/org/freedesktop/secrets",
            "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface",
            connection,
        )
        return back_door, format_secret(session, self.password.encode(), "text/plain")

    @staticmethod
    def _default(connection: DBusConnection) -> str:
        service = "org.freedesktop.Secret.Service"
        wrapper = DBusAddressWrapper("/org/freedesktop/secrets", service, connection)
        (path,) = wrapper.call("ReadAlias", "s", "default")
        assert len(path) > 1, "no default collection"
        return str(path)


@contextlib.contextmanager
def running_keyring(display: str | None = None) -> Iterator[KeyringDaemon]:
    """A keyring daemon for the length of a ``with`` block; see KeyringDaemon."""
    # A socket's path may have 107 bytes, so the folder lies near the root.
    room = Path(tempfile.mkdtemp(prefix="keyring-"))
    try:
        with closing(KeyringDaemon(room, display)) as daemon:
            yield daemon
    finally:
        shutil.rmtree(room, ignore_errors=True)


@pytest.fixture
def keyring_daemon(monkeypatch: pytest.MonkeyPatch) -> Iterator[KeyringDaemon]:
    """A real keyring which this process and its children find by their environment."""
    with running_keyring() as daemon:
        for name, value in daemon.environment.items():
            monkeypatch.setenv(name, value)
        yield daemon
