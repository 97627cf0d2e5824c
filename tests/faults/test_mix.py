"""Faults that nobody listed: answers damaged at random, one after the other, in one window."""

import random

import pytest
from faults.fault_server import Script
from fuzz.answers import TOKEN, Sent, damaged_answer
from studios.raw_server import Peer
from ui.stage import Clock

LONGEST_PAUSE = 301


def playing(sent: Sent) -> Script:
    """Answer a request with these pieces, and hang up or reset."""

    def script(peer: Peer) -> None:
        if peer.read_request():
            for piece in sent.pieces:
                peer.send(piece)
            if sent.resets:
                peer.reset()

    return script


@pytest.mark.timeout(1200)
def test_n19_any_damaged_answer_has_one_clear_outcome(open_scene, full) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    rng = random.Random(seed)
    clock = Clock()
    scene = open_scene(elapsed=clock)
    scene.keep_secret(TOKEN)
    reasons = set()
    for _ in range(1000 if full else 60):
        reasons.add(scene.attempt_with(playing(damaged_answer(rng))).reason)
        clock.advance(LONGEST_PAUSE)
        scene.studio.wait(scene.studio.find("requestToken").isEnabled)
    assert "" not in reasons
    assert not reasons & {"CLIENT-UNFORESEEN", "PROGRAM"}
    assert len(reasons) > 3
