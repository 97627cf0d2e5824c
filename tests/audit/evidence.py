"""What was gathered in each place, and how many secrets are in it."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from audit.forms import Search


class Place(Enum):
    """Where secrets are looked for; the values are the words of the table."""

    FILES = "files below the box, their names, what is compressed in them"
    OUTPUT = "standard output and standard error"
    WRITES = "strace: writes to files and pipes"
    SERVICE = "strace: bytes sent to the service (TLS)"
    BUS = "strace: bytes sent on the session bus (keychain)"
    SCREEN = "strace: bytes sent to the X server (but for what is copied)"
    READERS = "strace: bytes sent on the accessibility bus (but for what is shown)"
    SOCKETS = "strace: bytes sent on any other socket"
    STARTS = "strace: programs started, their arguments and environment"
    NAMES = "strace: names opened, made, renamed, removed"
    STRAY = "strace: files made outside of the box"
    ARGUMENTS = "/proc/*/cmdline of every process"
    ENVIRONMENT = "/proc/*/environ of every process"
    TITLES = "titles and other properties of all windows"
    WORDS = "accessible texts in every state (but for what is shown)"
    HEARD = "texts that are told on the accessibility bus, one after another"
    SELECTIONS = "the three selections after timeout, forgetting and exit"
    HANDED_OVER = "what a clipboard manager is handed"
    CORES = "core files"
    MEMORY = "memory after forgetting (a ratchet)"


@dataclass(frozen=True)
class Secret:
    """One that must not be found."""

    name: str
    kind: str
    """What may be lent to a place: "key 1", "token 2", "jti 1" …"""
    text: str


@dataclass(frozen=True)
class Piece:
    """Something that was found somewhere."""

    where: str
    data: bytes
    lent: frozenset[str] = frozenset()
    """Kinds of secrets that it may hold, as the person asked for it."""


@dataclass
class Row:
    """What a place came to."""

    size: int = 0
    pieces: int = 0
    hits: Counter[str] = field(default_factory=Counter)
    """By kind of secret."""
    examples: list[str] = field(default_factory=list)
    marked: bool | None = None
    """Whether the public marker was found, which shows that one would find secrets too."""

    @property
    def count(self) -> int:
        """Hits in all."""
        return self.hits.total()


class Evidence:
    """Gathered while the program runs, searched when all secrets are known."""

    def __init__(self) -> None:
        self._pieces: dict[Place, list[Piece]] = defaultdict(list)

    def add(self, place: Place, where: str, data: bytes | str, lent: Iterable[str] = ()) -> None:
        """Keep something to be searched."""
        raw = data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data
        self._pieces[place].append(Piece(where, raw, frozenset(lent)))

    def searched(
        self, secrets: Iterable[Secret], places: Iterable[Place], markers: dict[Place, str]
    ) -> dict[Place, Row]:
        """What each of ``places`` came to; ``markers`` are what has to be found in some."""
        secrets = tuple(secrets)
        kinds = {each.name: each.kind for each in secrets}
        search = Search((each.name, each.text) for each in secrets)
        rows: dict[Place, Row] = {}
        for place in places:
            pieces = self._pieces[place]
            row = rows[place] = Row(pieces=len(pieces), size=sum(len(each.data) for each in pieces))
            if place in markers:
                find = Search([("marker", markers[place])])
                row.marked = any(find(each.data) for each in pieces)
            known: dict[bytes, Counter[tuple[str, str]]] = {}
            for piece in pieces:
                if piece.data not in known:
                    known[piece.data] = search(piece.data)
                for (name, form), count in known[piece.data].items():
                    if kinds[name] not in piece.lent:
                        row.hits[kinds[name]] += count
                        row.examples.append(f"{name} in {piece.where} ({form})")
        return rows
