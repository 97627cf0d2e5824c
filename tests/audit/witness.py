"""Looks, from outside of the program, at all that others may see of it."""

import contextlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from audit import packed, trace
from audit.box import Box
from audit.evidence import Evidence, Place
from program.running import PATIENCE, Running, bare_environment
from program.screen import Window

_PROPERTIES = Path(__file__).with_name("x11_properties.py")
_NO_TEXT = {"TARGETS", "MULTIPLE", "TIMESTAMP", "SAVE_TARGETS", "DELETE"}
_CONTROL = "control"
"""The folder in which something else is made to leave a core file."""


class Witness:
    """Gathers evidence of one run of the program."""

    def __init__(self, box: Box, evidence: Evidence) -> None:
        self._box = box
        self._evidence = evidence
        self.trace_file = box.room.parent / f"{box.room.name}.strace"
        """Beside the box: it holds what is allowed to be sent as well."""

    def look(self, window: Window, state: str, shown: Iterable[str] = ()) -> None:
        """Look at windows and processes; ``shown`` are the kinds of secrets that may be read."""
        tree = window.tree()
        tables = {each["name"] for each in tree if _is_shown_table(each)}
        read = [*tree, *(window.table(name) for name in sorted(tables))]
        self._evidence.add(Place.WORDS, state, json.dumps(read, ensure_ascii=False), shown)
        properties = _run(sys.executable, str(_PROPERTIES)).decode()
        for line in properties.splitlines():
            number, name, value = json.loads(line)
            where = f"{name} of window {number}, {state}"
            self._evidence.add(Place.TITLES, where, bytes.fromhex(value))
        for process in Path("/proc").glob("[0-9]*"):
            for place, file in ((Place.ARGUMENTS, "cmdline"), (Place.ENVIRONMENT, "environ")):
                try:
                    told = (process / file).read_bytes()
                except OSError:
                    continue
                self._evidence.add(place, f"{process.name}, {state}", told)

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Listen to texts as a screen reader does, one after another."""
        with self._box.screen.listening() as heard:
            yield
        self._evidence.add(Place.HEARD, "texts", "".join(heard))

    def selections(self, state: str) -> None:
        """Look at what each selection offers, in every form."""
        for selection in ("primary", "secondary", "clipboard"):
            targets = _paste(selection, "TARGETS").decode("utf-8", "replace").split()
            for target in sorted({*targets} - _NO_TEXT) or ["nothing"]:
                offered = _paste(selection, target) if targets else b""
                where = f"{selection} {target}, {state}"
                self._evidence.add(Place.SELECTIONS, where, offered)

    def memory(self, running: Running, lent: Iterable[str] = ()) -> None:
        """Look at all that the process can write to; it stands still meanwhile."""
        with Path(f"/proc/{running.pid}/mem").open("rb", buffering=0) as memory:
            for start, end, name in _writable(running.pid):
                try:
                    memory.seek(start)
                    data = memory.read(end - start)
                except (OSError, OverflowError, ValueError):
                    continue  # [vvar] and its like
                self._evidence.add(Place.MEMORY, f"{start:x} {name}", data, lent)

    def control_core(self) -> None:
        """Let another process leave a core file where the program would leave its own."""
        folder = self._box.room / _CONTROL
        folder.mkdir()
        crash = "ulimit -c unlimited; kill -SEGV $$"
        environment = {**bare_environment(), "MARKER": self._box.canaries.marker}
        subprocess.run(["sh", "-c", crash], cwd=folder, env=environment, check=False)
        for core in folder.glob("*"):
            self._evidence.add(Place.CORES, "of another process", core.read_bytes())

    def afterwards(self, running: Running) -> None:
        """Look at what is left when the program has ended."""
        self.selections("after exit")
        self._box.manager.terminate()
        assert self._box.manager.stdout is not None
        for line in self._box.manager.stdout:
            text = bytes.fromhex(line.split()[-1]) if line.split()[-1] != "nothing" else b""
            self._evidence.add(Place.HANDED_OVER, "at exit", text)
        self._evidence.add(Place.OUTPUT, "stdout", running.stdout)
        self._evidence.add(Place.OUTPUT, "stderr", running.stderr)
        for core in self._box.work.glob("*"):
            self._evidence.add(Place.CORES, core.name, core.read_bytes())
        for path in self._box.room.rglob("*"):
            name = str(path.relative_to(self._box.room))
            self._evidence.add(Place.FILES, f"the name of {name}", name)
            if path.is_file() and not path.is_symlink():
                for where, data in packed.contents(path):
                    self._evidence.add(Place.FILES, f"{name}{where}", data)
        if self.trace_file.exists():
            self._trace(running)

    def _trace(self, running: Running) -> None:
        seen = trace.read_when_complete(self.trace_file, running.pid)
        self.trace_file.unlink()
        service = self._box.service.sandbox.server.host
        for target, data in seen.written.items():
            place, lent = self._place_of(target, service)
            self._evidence.add(place, target, data, lent)
        for number, start in enumerate(seen.started):
            self._evidence.add(Place.STARTS, f"start {number}", start)
        self._evidence.add(Place.NAMES, "all", seen.names)
        for path in sorted(seen.made):
            inside = path.startswith(str(self._box.room)) or not path.startswith("/")
            if not inside and not trace.HARMLESS.fullmatch(path):
                self._evidence.add(Place.STRAY, path, path)

    def _place_of(self, target: str, service: str) -> tuple[Place, Iterable[str]]:
        bus = self._box.screen.environment["DBUS_SESSION_BUS_ADDRESS"]
        address = target.removeprefix("socket ").replace("\0", "")
        if target.startswith("TCP") and target.endswith(f"->{service}]"):
            return Place.SERVICE, ()
        if not target.startswith(("socket ", "TCP", "UDP", "NETLINK")):
            return Place.WRITES, ()
        if ".X11-unix" in address:
            return Place.SCREEN, ("token 1", "jti 1", "token 2", "jti 2")
        if "at-spi" in address:
            return Place.READERS, ("key 2", "token 2", "jti 1", "jti 2")
        return (Place.BUS if address and address in bus else Place.SOCKETS), ()


def _is_shown_table(seen: dict) -> bool:
    return seen["role"] == "table" and "showing" in seen["states"]


def _paste(selection: str, target: str) -> bytes:
    return _run("xclip", "-selection", selection, "-out", "-target", target)


def _run(*command: str) -> bytes:
    done = subprocess.run(
        command,
        env=bare_environment(os.environ["DISPLAY"]),
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    return done.stdout


def _writable(process: int) -> Iterator[tuple[int, int, str]]:
    for line in Path(f"/proc/{process}/maps").read_text().splitlines():
        match = re.match(r"(\w+)-(\w+) rw\S+ \S+ \S+ \S+ *(.*)", line)
        if match:
            yield int(match[1], 16), int(match[2], 16), match[3]
