"""The end of the program, whatever goes on at that moment: at once, well, and without a word."""

import contextlib
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from faults.fault_server import Script, answer
from faults.process_scene import ProcessScene, patched, rests
from program.running import Running, eventually
from program.screen import clipboard, close_window, take_keyboard, xdotool
from studios.raw_server import Peer, head, sending
from x_server import x_server

WAYS: dict[str, Callable[[int], object]] = {
    "close-button": close_window,
    "quit-key": lambda pid: take_keyboard(pid) or xdotool("key", "ctrl+q"),
}
SILENT = sending(then=Peer.wait_for_the_end)
HANGING = """
import time
from pathlib import Path
def hang(*_, **__):
    Path({reached!r}).touch()
    time.sleep(60)
"""
DNS = HANGING + "import socket; socket.getaddrinfo = hang"
DECODING = HANGING + "import deepbrain_desktop.studios.token as token; token.decode = hang"


@dataclass(frozen=True)
class Phase:
    """Where a request stands when the window is closed."""

    id: str
    script: Script | None = SILENT
    """What the server does; None for a good answer."""
    scheme: str = "http"
    host: str = "127.0.0.1"
    patch: str = ""
    way: str = "close-button"

    def __str__(self) -> str:
        return self.id


def body_drips(peer: Peer) -> None:
    if peer.read_request():
        peer.send(head(200, "Content-Length: 9999"))
        while not peer.stopping:
            peer.send(b" ")
            peer.pause(0.02)


PHASES = (
    Phase("U1-close-in-dns", host="localhost", patch=DNS),
    Phase("U1-close-in-tls", Peer.wait_for_the_end, scheme="https"),
    Phase("U1-close-in-headers", way="quit-key"),
    Phase("U1-close-in-body", body_drips),
    Phase("U10-close-in-a-call-that-cannot-be-stopped", None, patch=DECODING, way="quit-key"),
)


@pytest.mark.parametrize("phase", PHASES, ids=str)
def test_closing_in_the_middle_of_a_request(outside: ProcessScene, phase: Phase) -> None:
    server, reached = outside.server, outside.home.room / "reached"
    outside.keep_account(f"{phase.scheme}://{phase.host}:{server.port}")
    program = patched(phase.patch.format(reached=str(reached))) if phase.patch else None
    with server.misbehaving(phase.script or server.grant):
        running = outside.start(**({"program": program} if program else {}))
        outside.request()
        if phase.patch:
            eventually(reached.exists, "the call that hangs")
        else:
            assert server.wait_for_bytes(1)
        WAYS[phase.way](running.pid)
        outside.ended_well(running.wait())
    assert outside.outcomes() == []


def test_U1_close_in_connect(outside: ProcessScene) -> None:
    with full_of_callers() as port:
        outside.keep_account(f"http://127.0.0.1:{port}")
        running = outside.start()
        outside.request()
        eventually(lambda: _is_connecting(port), "the connecting")
        outside.end(signal.SIGTERM)
    assert running.process.returncode == 0


@contextlib.contextmanager
def full_of_callers() -> Iterator[int]:
    """A port whose line of callers is full, so that the next one gets no answer at all."""
    with contextlib.ExitStack() as sockets:
        listener = sockets.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        for _ in range(2):
            caller = sockets.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(("127.0.0.1", port))
        yield port


def _is_connecting(port: int) -> bool:
    """Whether somebody waits for that port to answer (state SYN_SENT, proc(5), net/tcp)."""
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    rows = [line.split() for line in lines]
    return any(row[2].endswith(f":{port:04X}") and row[3] == "02" for row in rows)


@pytest.mark.parametrize("wait", [0.0, 0.002, 0.01])
def test_U9_answers_that_arrive_while_it_ends(outside: ProcessScene, wait: float) -> None:
    server, now = outside.server, threading.Event()

    def answer_now(peer: Peer) -> None:
        if peer.read_request():
            now.wait(10)
            peer.send(answer(b"{}"))

    with server.misbehaving(answer_now):
        running = outside.start()
        outside.request()
        assert server.wait_for(lambda: server.requests == 1)
        threading.Timer(wait, now.set).start()
        outside.ended_well(running.end(signal.SIGTERM))
    assert server.requests == 1


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_U16_a_signal_takes_the_token_off_the_clipboard(outside: ProcessScene, name: str) -> None:
    outside.start()
    outside.type(outside.key)
    token = outside.good_request()
    outside.end(getattr(signal, name))
    assert clipboard() == ""
    assert token in outside.server.tokens


def test_U16_signals_of_all_kinds_in_the_middle_of_a_request(outside: ProcessScene) -> None:
    with outside.server.misbehaving(sending(then=Peer.wait_for_the_end)):
        running = outside.start()
        outside.request()
        assert outside.server.wait_for(lambda: outside.server.requests == 1)
        for name in ("WINCH", "CONT", "PIPE", "CHLD", "URG", "TERM", "INT", "HUP", "TERM"):
            running.process.send_signal(signal.Signals[f"SIG{name}"])
        outside.ended_well(running.wait())


def test_U16_a_display_that_does_not_answer_any_more(outside: ProcessScene) -> None:
    with x_server(1000, 700) as (display, server):
        running = Running(outside.home, DISPLAY=display).painted()
        eventually(lambda: rests(running.pid), "the end of the start")
        server.send_signal(signal.SIGSTOP)
        try:
            ending = running.end()
        finally:
            server.send_signal(signal.SIGCONT)
            if running.is_running:
                running.kill()
    assert (ending.status, ending.stderr) == (1, "")
    outside.start()
