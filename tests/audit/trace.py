"""What a process and all its children gave away, as strace(1) saw it."""

import re
import shutil
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from program.running import eventually

_WRITES = "write,writev,pwrite64,pwritev,pwritev2,sendto,sendmsg,sendmmsg,vmsplice"
_STARTS = "execve,execveat"
_NAMES = (
    "open,openat,openat2,creat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,mkdir,"
    "mkdirat,mknod,mknodat,unlink,unlinkat,rmdir,memfd_create,bind,prctl,setxattr,lsetxattr,"
    "fsetxattr"
)
_LONGEST = 1 << 20
"""Bytes of one text that strace writes down."""
_LINE = re.compile(r"(?P<process>\d+) +(?P<call>\w+)\((?P<arguments>.*)")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_CUT = re.compile(r'"\.\.\.')
_TARGET = re.compile(r"\d+<(\S+?)>[,)(]")
_CREATED = re.compile(r"O_WRONLY|O_RDWR|O_CREAT")
HARMLESS = re.compile(r"/dev/(null|tty|shm/\S*)|/proc/self/\S*|/proc/\d+/\S*|/memfd:\S*")


def command(output: Path) -> tuple[str, ...]:
    """What to put before a command, which keeps its process id."""
    program = shutil.which("strace")
    assert program is not None, "strace is missing; make test installs it"
    calls = ",".join([_WRITES, _STARTS, _NAMES, "connect"])
    options = ("-D", "-f", "-yy", "-xx", "-v", "--seccomp-bpf", "-q")
    return (program, *options, "-s", str(_LONGEST), "-e", f"trace={calls}", "-o", str(output))


@dataclass
class Trace:
    """What was written where, which programs were started and which names were used."""

    written: dict[str, bytes] = field(default_factory=dict)
    """By file, pipe or socket, in the order of the writing."""
    started: list[bytes] = field(default_factory=list)
    """Program, arguments and environment of each start."""
    names: bytes = b""
    """Paths opened, made, renamed, linked and removed; names of threads and memory."""
    made: set[str] = field(default_factory=set)
    """Paths that were opened to be written."""


def read_when_complete(path: Path, process: int) -> Trace:
    """``read``, as soon as strace has told the end of ``process``."""

    def complete() -> bool:
        lines = path.read_text("latin-1").splitlines()[-50:]
        return any(each.startswith(f"{process} ") and "+++" in each for each in lines)

    eventually(complete, "the end of strace")
    return read(path)


def read(path: Path) -> Trace:
    """What strace wrote. Raises ValueError where something is missing in it."""
    trace = Trace()
    parts: dict[str, list[bytes]] = defaultdict(list)
    names: list[bytes] = []
    peers: dict[str, str] = {}
    for line in path.read_text("latin-1").splitlines():
        match = _LINE.match(line)
        if match is None:
            continue
        call, arguments = match["call"], match["arguments"]
        texts = _texts(arguments)
        if call in _STARTS.split(","):
            trace.started.append(b"\0".join(texts))
        elif call == "connect":
            peers |= _peer(arguments, texts)
        elif call in _NAMES.split(","):
            names += texts
            if call.startswith(("open", "creat")) and _CREATED.search(arguments):
                trace.made.add(texts[-1].decode("utf-8", "replace"))
        else:
            if _CUT.search(arguments):
                raise ValueError(f"strace cut what {call} wrote")
            target = _TARGET.search(arguments)
            parts[_named(target[1], peers) if target else "?"] += texts
    trace.written = {target: b"".join(texts) for target, texts in parts.items()}
    trace.names = b"\n".join(names)
    return trace


def _texts(arguments: str) -> list[bytes]:
    return [_bytes(text) for text in _TEXT.findall(arguments)]


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def _peer(arguments: str, texts: list[bytes]) -> dict[str, str]:
    """Which address a socket of this number talks to."""
    number = re.search(r"<UNIX-\w+:\[(\d+)", arguments)
    if number is None or not texts:
        return {}
    return {number[1]: texts[0].decode("utf-8", "replace")}


def _named(target: str, peers: dict[str, str]) -> str:
    socket = re.match(r"UNIX-\w+:\[(\d+)", target)
    if socket:
        return f"socket {peers.get(socket[1], 'pair')}"
    if target.startswith("\\x"):
        return _bytes(target).decode("utf-8", "replace")
    return target
