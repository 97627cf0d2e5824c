"""The program as a process, ended at any moment of the flow: at once, well, and without a word."""

import contextlib
import random
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from keyring_daemon import KeyringDaemon, running_keyring
from program.running import EXIT_LIMIT, Home, Running, account, eventually, sandbox_account
from program.screen import clipboard, close_window, take_keyboard, windows_of, xdotool
from soak.lines import Line, broken
from studios.raw_server import RawServer, black_hole, sending

REACH = 0.4
"""Seconds after the request within which the end comes, or as many as the start took, where those
are more: some hang where they are by then, others are not there yet."""
SERVICE, USER = "DeepBrain Desktop: soak", "studiov3.soak@example.com"
HANGING_LOOK_UP = """
import socket, time
def look_up(*_, **__):
    print("reached", flush=True)
    time.sleep(60)  # as where no name server answers
socket.getaddrinfo = look_up
from deepbrain_desktop.__main__ import run
run()
"""
BUSY_DECODER = """
from deepbrain_desktop.studios import token
decode = token.decode
def decode_long(text):
    print("reached", flush=True)
    return [decode(text) for _ in range(2_000)][0]
token.decode = decode_long
from deepbrain_desktop.__main__ import run
run()
"""


@dataclass(frozen=True)
class Stage:
    """What the processes of one phase find."""

    keyring: KeyringDaemon
    accounts: tuple[dict, ...]
    program: tuple[str, ...] = ("-m", "deepbrain_desktop")
    keys: tuple[str, ...] = ("ctrl+Return",)
    """What is pressed before the end comes; nothing where it comes while the program starts."""
    until: tuple[str, ...] = ()
    """What is pressed afterwards until the program has come so far."""
    has_come: Callable[[Running], bool] | None = None
    """Whether a process has come so far, where that can be seen from outside."""


Phase = Callable[[KeyringDaemon], contextlib.AbstractContextManager[Stage]]


def _other(origin: str) -> dict:
    host = origin.partition("://")[2]
    stored = {"host": host, "service": SERVICE, "user": USER}
    return account("Soak", USER, server="other", address=origin, trusted_host=host, keys=[stored])


@contextlib.contextmanager
def _starting(keyring: KeyringDaemon) -> Iterator[Stage]:
    yield Stage(keyring, (sandbox_account("valid"),), keys=())


@contextlib.contextmanager
def _resolving(keyring: KeyringDaemon) -> Iterator[Stage]:
    origin = "https://streamer.example.org"
    yield Stage(keyring, (_other(origin),), ("-c", HANGING_LOOK_UP), has_come=_says_so)


@contextlib.contextmanager
def _connecting(keyring: KeyringDaemon) -> Iterator[Stage]:
    with black_hole() as port:
        yield Stage(keyring, (_other(f"https://127.0.0.1:{port}"),))


@contextlib.contextmanager
def _shaking_hands(keyring: KeyringDaemon) -> Iterator[Stage]:
    before = 0

    def has_come(_: Running) -> bool:
        nonlocal before
        before, came = silent.accepted, silent.accepted > before
        return came

    with RawServer(lambda peer: peer.wait_for_the_end()) as silent:
        yield Stage(keyring, (_other(f"https://127.0.0.1:{silent.port}"),), has_come=has_come)


def _in_the_sandbox(scenario: str, **more: object) -> Phase:
    @contextlib.contextmanager
    def stage(keyring: KeyringDaemon) -> Iterator[Stage]:
        yield Stage(keyring, (sandbox_account(scenario),), **more)

    return stage


def _says_so(running: Running) -> bool:
    return "reached" in running.stdout


@contextlib.contextmanager
def _at_the_keychain(keyring: KeyringDaemon) -> Iterator[Stage]:
    with RawServer(sending(b"")) as server:
        keyring.freeze()
        try:
            yield Stage(keyring, (_other(server.server.origin),))
        finally:
            keyring.thaw()


PHASES = {
    "while starting": _starting,
    "in the name look-up": _resolving,
    "while connecting": _connecting,
    "in the TLS handshake": _shaking_hands,
    "before the head": _in_the_sandbox("silent"),
    "in the head": _in_the_sandbox("dripping-head"),
    "in the body": _in_the_sandbox("dripping"),
    "at the keychain": _at_the_keychain,
    "while decoding": _in_the_sandbox(
        "long-token", program=("-c", BUSY_DECODER), has_come=_says_so
    ),
    "with the token on the clipboard": _in_the_sandbox(
        "valid", until=("ctrl+shift+c",), has_come=lambda _: bool(clipboard())
    ),
}
WAYS: dict[str, Callable[[Running], object]] = {
    "window closed": lambda running: close_window(running.pid),
    "SIGTERM": lambda running: running.process.send_signal(signal.SIGTERM),
    "SIGINT": lambda running: running.process.send_signal(signal.SIGINT),
}


def run(seed: int, count: int) -> Iterator[Line]:
    """Yield, for each phase, how the processes ended; ``count`` of them in all."""
    _heed_every_signal()
    rng = random.Random(seed)
    share = -(-count // len(PHASES))
    wrong: list[str] = []
    with running_keyring() as keyring:
        keyring.store(SERVICE, USER, "5a4db0c5-0000-4000-8000-000000000001")
        for name, phase in PHASES.items():
            with phase(keyring) as stage:
                ends = [_once(rng, stage, way) for way in islice(cycle(WAYS), share)]
            late = [each for each in ends if each.is_late]
            slowest = max(each.seconds for each in ends)
            why = f"slowest {slowest:.2f} s"
            if stage.has_come:
                why += f"; had come there: {sum(each.had_come for each in ends)}"
            what = f"ended {name}: later than in {EXIT_LIMIT:g} s"
            yield Line(what, share, len(late), 0, why=why)
            wrong += [f"{name}, {each.way}: {each.complaint}" for each in ends if each.complaint]
    what = "ended at any moment: status, standard error, core, clipboard"
    yield broken(what, share * len(PHASES), wrong)


@dataclass(frozen=True)
class _End:
    """How one process ended."""

    way: str
    seconds: float
    start: float
    """Seconds that its own start took: less than the limit, unless the machine is very busy."""
    had_come: bool
    complaint: str

    @property
    def is_late(self) -> bool:
        return self.seconds > max(EXIT_LIMIT, self.start)


def _heed_every_signal() -> None:
    """What is ignored here, as in the background of a shell, would be ignored by the program."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def _once(rng: random.Random, stage: Stage, way: str) -> _End:
    """Start one and end it at a random moment."""
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        home = Home(Path(folder))
        home.keep_accounts(*stage.accounts)
        bus = stage.keyring.environment["DBUS_SESSION_BUS_ADDRESS"]
        began = time.monotonic()
        running = Running(home, program=stage.program, DBUS_SESSION_BUS_ADDRESS=bus)
        try:
            if stage.keys:
                running.painted()
                started = time.monotonic()
                take_keyboard(running.pid)
                xdotool("key", *stage.keys)
                if stage.until:
                    eventually(lambda: xdotool("key", *stage.until) or stage.has_come(running))
            else:
                ready = windows_of if way == "window closed" else _is_ready
                eventually(lambda: ready(running.pid), "a window, or the handlers")
                started = time.monotonic()
            threading.Event().wait(rng.uniform(0, max(REACH, started - began)))
            had_come = stage.has_come is not None and stage.has_come(running)
            WAYS[way](running)
            ending = running.wait()
        finally:
            if running.is_running:
                running.kill()
        found = [] if (ending.status, ending.stderr) == (0, "") else [f"{ending}"]
        found += [each.name for each in home.files() if each.name.startswith("core")]
        found += ["a full clipboard"] if clipboard() else []
        return _End(way, ending.seconds, started - began, had_come, "; ".join(found))


def _is_ready(pid: int) -> bool:
    """Whether the last of the handlers is set, as proc(5) has it in SigCgt."""
    status = Path(f"/proc/{pid}/status").read_text()
    mask = int(status.partition("SigCgt:")[2].split()[0], 16)
    return bool(mask >> (signal.SIGHUP - 1) & 1)
