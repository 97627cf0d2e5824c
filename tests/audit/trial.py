"""One run of the program in a box of its own, from the start to what is left of it."""

import os
import signal
import traceback
from dataclasses import dataclass, field
from pathlib import Path

from audit import cores, trace
from audit.box import Box, box
from audit.evidence import Evidence, Place, Row
from audit.flow import Flow
from audit.planted import EXCEPTION
from audit.verdicts import TRACED
from audit.witness import Witness
from program.running import PATIENCE, Running, account
from program.screen import take_keyboard, xdotool

from deepbrain_desktop import product

_DRIVER = Path(__file__).with_name("planted.py")
AS_ROOT = os.geteuid() == 0
"""Root reads any process' memory; others only that of a program that lets them."""
_MARKED = {
    Place.FILES,
    Place.WRITES,
    Place.BUS,
    Place.READERS,
    Place.STARTS,
    Place.NAMES,
    Place.ARGUMENTS,
    Place.ENVIRONMENT,
    Place.WORDS,
    Place.HEARD,
    Place.CORES,
    Place.MEMORY,
}


@dataclass(frozen=True)
class Trial:
    """How the program is run."""

    name: str
    planted: str = ""
    """What is planted in it, if anything: see planted.py."""
    ending: signal.Signals | None = None
    """What ends it; None for Ctrl+Q."""
    is_whole: bool = False
    is_traced: bool = True
    changes: dict[str, str] = field(default_factory=dict)
    """Of its environment."""


def run(trial: Trial) -> dict[Place, Row]:
    """Run the program as ``trial`` says; what each place came to."""
    evidence = Evidence()
    with box() as room:
        witness = Witness(room, evidence)
        witness.control_core()
        if not trial.is_whole:
            _know_account(room)
        running = _start(trial, room, witness)
        try:
            running.painted()
            flow = Flow(room, running, witness, stumbles=trial.planted == EXCEPTION)
            if trial.is_whole:
                flow.whole()
            else:
                flow.short()
            _end(trial, running)
            witness.afterwards(running)
        finally:
            if running.is_running:
                running.kill()
            witness.trace_file.unlink(missing_ok=True)
        places = [each for each in Place if trial.is_traced or each not in TRACED]
        markers = dict.fromkeys(_MARKED, room.canaries.marker)
        markers |= dict.fromkeys((Place.TITLES, Place.SCREEN), product.NAME)
        if not cores.lie_in_current_folder():
            del markers[Place.CORES]
        if trial.is_whole:  # which copies a report
            markers[Place.SELECTIONS] = product.NAME
        return evidence.searched(room.canaries.secrets, places, markers)


def attempt(trial: Trial) -> dict[Place, Row] | str:
    """Run one; what keeps it from its end is a result as well."""
    try:
        return run(trial)
    except Exception as error:  # noqa: BLE001 - it is told
        places = [
            f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)
        ]
        return f"{type(error).__name__} in {' '.join(places[1:])}: {error}"


def _know_account(room: Box) -> None:
    address = room.service.sandbox.server.origin
    person = room.canaries.people[0]
    room.home.keep_accounts(account("Mine", person.app_id, server="other", address=address))


def _start(trial: Trial, room: Box, witness: Witness) -> Running:
    under = cores.without_limit()
    if trial.is_traced:
        under += trace.command(witness.trace_file)
    program = (str(_DRIVER), trial.planted) if trial.planted else ("-m", "deepbrain_desktop")
    changes = {**room.environment, **trial.changes}
    if not AS_ROOT:
        changes["DEEPBRAIN_DEBUGGABLE"] = "1"
    named = ("--account", room.canaries.marker)
    return Running(room.home, *named, program=program, under=under, folder=room.work, **changes)


def _end(trial: Trial, running: Running) -> None:
    if trial.ending is None:
        take_keyboard(running.pid)
        xdotool("key", "ctrl+q")
    else:
        running.process.send_signal(trial.ending)
    running.process.wait(PATIENCE)
    expected = 0 if trial.ending is None else -trial.ending
    assert running.process.returncode == expected, running.stderr
