"""The box: a home, a screen, a keychain and a service that nothing else uses."""

import contextlib
import json
import os
import secrets
import shutil
import ssl
import subprocess
import sys
import tempfile
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import trustme
from audit.evidence import Secret
from keyring_daemon import KeyringDaemon
from program.running import Home, bare_environment
from program.screen import Screen
from x_server import running_x_server

from deepbrain_desktop.studios.sandbox import Sandbox
from deepbrain_desktop.studios.sandbox_answers import BEHAVIOURS, Reply, carrying, envelope
from deepbrain_desktop.studios.sandbox_turn import Turn

TESTS = Path(__file__).resolve().parents[1]
X11 = TESTS / "system" / "x11_selections.py"
LIFETIME = 15.0
"""Seconds that a copied secret stays on the clipboard: the least that one may choose."""
ECHO = "echo"
"""A mood in which the service throws the key back at whoever sent it."""


@dataclass(frozen=True)
class Person:
    """Who has an account, with what is told to everybody and what to nobody."""

    number: int
    app_id: str
    key: str


@dataclass
class Canaries:
    """Made up anew for each run."""

    marker: str = field(default_factory=lambda: f"m{secrets.token_hex(7)}")
    """Told to everybody: where it is not found, nothing was searched."""
    tokens: list[Secret] = field(default_factory=list)

    def __post_init__(self) -> None:
        odd = f"{secrets.token_hex(5)}\"'/é\\ü&%<{secrets.token_hex(5)}ñ'/{secrets.token_hex(6)}"
        self.people = tuple(
            Person(number, f"studiov3.{self.marker}{number}@canary.example", key)
            for number, key in enumerate((str(uuid.uuid4()), odd), start=1)
        )

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """All of them, so far."""
        keys = (
            Secret(f"key {each.number}", f"key {each.number}", each.key) for each in self.people
        )
        return (*keys, *self.tokens)

    def issue(self, turn: Turn, number: int) -> Reply:
        """A token whose beginning, jti and signature are random; the service's own begin alike."""
        claims = turn.claims()
        header = {"kid": secrets.token_urlsafe(12), "alg": "HS256", "typ": "JWT"}
        coded = (json.dumps(part, separators=(",", ":")) for part in (header, claims))
        parts = [urlsafe_b64encode(each.encode()).rstrip(b"=").decode() for each in coded]
        token = ".".join([*parts, secrets.token_urlsafe(32)])
        count = len(self.tokens) // 2 + 1
        self.tokens += [
            Secret(f"token {count} of account {number}", f"token {number}", token),
            Secret(f"jti {count} of account {number}", f"jti {number}", str(claims["jti"])),
        ]
        return carrying(token)


class AuditedService:
    """The sandbox over TLS, in whatever mood; without one it issues tokens."""

    def __init__(self, canaries: Canaries, room: Path) -> None:
        self.mood = ""
        self._canaries = canaries
        authority = trustme.CA()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(context)
        authority.cert_pem.write_to_path(room / "authority.pem")
        (room / "none").mkdir()
        self.trust = {
            "SSL_CERT_FILE": str(room / "authority.pem"),
            "SSL_CERT_DIR": str(room / "none"),
        }
        people = canaries.people
        self.sandbox = Sandbox(
            tls=context,
            behaviours={each.app_id: self._answer(each) for each in people},
            user_keys=[each.key for each in people],
        )

    def _answer(self, person: Person) -> Callable[[Turn], Reply]:
        def answer(turn: Turn) -> Reply:
            if self.mood == ECHO:
                return envelope(401, 4010, f"No such key: {person.key}")
            if self.mood:
                return BEHAVIOURS[self.mood](turn)
            return self._canaries.issue(turn, person.number)

        return answer


@dataclass(frozen=True)
class Box:
    """What one run of the program has for itself."""

    room: Path
    home: Home
    keyring: KeyringDaemon
    screen: Screen
    canaries: Canaries
    service: AuditedService
    manager: "subprocess.Popen[str]"
    """A clipboard manager, which prints what it is handed."""

    @property
    def work(self) -> Path:
        """The program's current folder, where core files would be left."""
        return self.room / "work"

    @property
    def opened(self) -> Path:
        """What folders and pages were opened, one a line."""
        return self.room / "opened"

    @property
    def environment(self) -> dict[str, str]:
        """What the program finds beside what its home says."""
        python = os.pathsep.join([str(TESTS.parent), str(TESTS)])
        programs = os.pathsep.join([str(self.room / "bin"), os.environ["PATH"]])
        own = {"PATH": programs, "PYTHONPATH": python}
        return {**self.screen.environment, **self.service.trust, **own}


@contextlib.contextmanager
def box() -> Iterator[Box]:
    """A new one, which is removed in the end."""
    canaries = Canaries()
    # The marker in its path is in whatever names a file of it. Sockets lie in it: short paths.
    room = Path(tempfile.mkdtemp(prefix=f"{canaries.marker}-"))
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, room, ignore_errors=True)
        stack.enter_context(_display(stack.enter_context(running_x_server())))
        for name in ("program", "keyring", "work", "bin"):
            (room / name).mkdir()
        (room / "bin/xdg-open").write_text(f'#!/bin/sh\necho "$1" >>{room}/opened\n')
        (room / "bin/xdg-open").chmod(0o755)
        keyring = stack.enter_context(contextlib.closing(KeyringDaemon(room / "keyring")))
        screen = stack.enter_context(contextlib.closing(Screen(keyring.environment)))
        service = AuditedService(canaries, room)
        stack.enter_context(service.sandbox)
        home = Home(room / "program")
        home.config.mkdir(parents=True, mode=0o700)
        (home.config / "preferences.ini").write_text(f"[clipboard]\nlifetime={LIFETIME}\n")
        manager = stack.enter_context(
            subprocess.Popen(
                [sys.executable, X11, "keep"],
                env=bare_environment(os.environ["DISPLAY"]),
                stdout=subprocess.PIPE,
                text=True,
            )
        )
        stack.callback(manager.terminate)
        assert manager.stdout is not None
        assert manager.stdout.readline() == "ready\n"
        yield Box(room, home, keyring, screen, canaries, service, manager)


@contextlib.contextmanager
def _display(name: str) -> Iterator[None]:
    before = os.environ.get("DISPLAY")
    os.environ["DISPLAY"] = name
    try:
        yield
    finally:
        if before is None:
            del os.environ["DISPLAY"]
        else:
            os.environ["DISPLAY"] = before
