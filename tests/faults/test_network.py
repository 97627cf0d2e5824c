"""The network's faults, each from the keys that a person presses to the words that they read."""

from dataclasses import dataclass

import pytest
from faults.fault_server import Script
from studios.raw_server import Peer, head, sending


@dataclass(frozen=True)
class Fault:
    """What the server does to one request, and what the person then reads."""

    id: str
    script: Script
    reason: str
    says: str

    def __str__(self) -> str:
        return self.id


def dripping(*pieces: bytes) -> Script:
    """Send a piece every 50 ms, the last one for ever."""

    def script(peer: Peer) -> None:
        if peer.read_request():
            for piece in pieces[:-1]:
                peer.send(piece)
            while not peer.stopping:
                peer.send(pieces[-1])
                peer.pause(0.05)

    return script


FAULTS = (
    Fault("N5-silent", sending(then=Peer.wait_for_the_end), "NET-SILENT", "No answer"),
    Fault("N6-head-drips", dripping(b"H"), "NET-TIMEOUT", "too long"),
    Fault(
        "N7-body-drips", dripping(head(200, "Content-Length: 9999"), b" "), "NET-TIMEOUT", "long"
    ),
    Fault("N8-endless-continue", dripping(b"HTTP/1.1 100 Continue\r\n\r\n"), "NET-TIMEOUT", "long"),
    Fault("N9-closed-before-a-byte", sending(), "NET-CLOSED", "closed the connection"),
    Fault(
        "N11-cut",
        sending(head(200, "Content-Length: 100") + b'{"code":1000,'),
        "NET-INCOMPLETE",
        "incomplete",
    ),
    Fault(
        "N12-reset",
        sending(head(200, "Content-Length: 100") + b"{", then=Peer.reset),
        "NET-LOST",
        "lost",
    ),
)


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_network_fault_is_said_once_and_passes(scene, fault: Fault) -> None:
    outcome = scene.attempt_with(fault.script)
    assert outcome.reason == fault.reason
    assert fault.says in outcome.headline
