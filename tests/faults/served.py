"""Faults that a server plays to one request, and answers to play."""

from dataclasses import dataclass

import pytest
from faults.fault_server import Script, answer
from faults.scene import Outcome, Scene
from studios.raw_server import Peer, sending

from deepbrain_desktop.studios.client import Limits

PATIENT = Limits()
IMPATIENT = Limits(idle=0.3)
"""For what is silent."""
SHORT = Limits(total=0.6)
"""For what goes on for ever."""


@dataclass(frozen=True)
class Fault:
    """What the server does to one request, and what the person then reads."""

    id: str
    script: Script
    reason: str
    says: str = ""
    """In the headline."""
    limits: Limits = PATIENT

    def __str__(self) -> str:
        return self.id


def each_of(*faults: Fault) -> pytest.MarkDecorator:
    """One case for each fault, under its id."""
    return pytest.mark.parametrize("fault", faults, ids=str)


def fails(scene: Scene, fault: Fault) -> Outcome:
    """Let the server play the fault to one request, which has to fail as it should."""
    outcome = scene.attempt_with(fault.script, fault.limits)
    assert outcome.reason == fault.reason
    assert fault.says in outcome.headline
    return outcome


def whole(body: bytes, status: int = 200, *lines: str) -> Script:
    """Answer every request with this."""
    return sending(answer(body, status, *lines))


def dripping(*pieces: bytes) -> Script:
    """Send the pieces, the last one every 50 ms for ever."""

    def script(peer: Peer) -> None:
        if peer.read_request():
            for piece in pieces[:-1]:
                peer.send(piece)
            while not peer.stopping:
                peer.send(pieces[-1])
                peer.pause(0.05)

    return script
