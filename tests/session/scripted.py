"""A world for the session in which nothing happens until the test says so."""

import secrets
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deepbrain_desktop.account import Account, KeychainEntry, ServerKind, StoredKey
from deepbrain_desktop.background import Err, Ok
from deepbrain_desktop.session import Session
from deepbrain_desktop.session.ports import Issued, World
from deepbrain_desktop.session.state import AccountState, Granted, State
from deepbrain_desktop.studios.credentials import Secret, Server
from deepbrain_desktop.studios.exchange import Exchange
from deepbrain_desktop.studios.token import decode
from deepbrain_desktop.system.accounts_file import Reading
from deepbrain_desktop.system.clock import ServiceTime
from deepbrain_desktop.waiting import Cancellation

FOREIGN = "https://streamer.example.org"


@dataclass(eq=False)
class Job:
    """A call that somebody asked for, in three steps: asked, done, delivered."""

    call: Callable[[], Any]
    deliver: Callable[[Any], None]
    outcome: Ok[Any] | Err | None = None

    def do(self) -> None:
        if self.outcome is None:
            try:
                self.outcome = Ok(self.call())
            except BaseException as error:  # noqa: BLE001 - every way to end is an outcome
                self.outcome = Err(error)


class ManualExecutor:
    """Does a call, and delivers what came of it, when the test says so and in its order."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []

    def run(self, call: Callable[[], Any], deliver: Callable[[Any], None]) -> None:
        self.jobs.append(Job(call, deliver))

    def do_next(self) -> Job:
        """Do the oldest call that was not done yet; its outcome is on its way."""
        job = next(job for job in self.jobs if job.outcome is None)
        job.do()
        return job

    def finish(self, job: Job) -> None:
        job.do()
        self.jobs.remove(job)
        job.deliver(job.outcome)

    def finish_next(self) -> None:
        self.finish(self.jobs[0])

    def finish_all(self) -> None:
        while self.jobs:
            self.finish_next()


class ScriptedShelf:
    """The accounts file, in memory; writes what is put into ``failures`` as failures."""

    def __init__(self, reading: Reading, journal: list[str]) -> None:
        self.path = Path("accounts.json")
        self.reading = reading
        self.written: list[tuple[Account, ...]] = []
        self.failures: list[BaseException] = []
        self.conflicts: list[Path] = []
        self._journal = journal

    @property
    def content(self) -> tuple[Account, ...]:
        return self.written[-1] if self.written else self.reading.accounts

    def read(self) -> Reading:
        return self.reading

    def write(self, accounts: Iterable[Account]) -> Path | None:
        if self.failures:
            raise self.failures.pop(0)
        self.written.append(tuple(accounts))
        self._journal.append("written")
        return self.conflicts.pop(0) if self.conflicts else None


class ScriptedKeychain:
    """A keychain in memory, which fails with what is put into ``failures``.

    With what is put into ``late_failures`` a saving fails when the key is kept already.
    """

    def __init__(self, journal: list[str]) -> None:
        self.label = "Test keychain"
        self.keys: dict[KeychainEntry, Secret] = {}
        self.failures: list[BaseException] = []
        self.late_failures: list[BaseException] = []
        self._journal = journal

    def name(self, cancellation: Cancellation) -> str:
        self._begin(cancellation)
        return self.label

    def read(self, entry: KeychainEntry, cancellation: Cancellation) -> Secret | None:
        self._begin(cancellation)
        self._journal.append("read")
        return self.keys.get(entry)

    def save(self, entry: KeychainEntry, key: Secret, cancellation: Cancellation) -> None:
        self._begin(cancellation)
        self._journal.append("saved")
        self.keys[entry] = key
        if self.late_failures:
            raise self.late_failures.pop(0)

    def remove(self, entry: KeychainEntry, cancellation: Cancellation) -> None:
        self._begin(cancellation)
        self._journal.append("removed")
        self.keys.pop(entry, None)

    def _begin(self, cancellation: Cancellation) -> None:
        cancellation.raise_if_requested()
        if self.failures:
            raise self.failures.pop(0)


@dataclass(frozen=True)
class Asked:
    """One call of ``issue``."""

    app_id: str
    user_key: Secret
    server: Server | None
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))


class ScriptedTokens:
    """Issues a token of its own for each call, or fails with what is put into ``failures``."""

    def __init__(self, world: "Clocks") -> None:
        self.asked: list[Asked] = []
        self.failures: list[BaseException] = []
        self.cancellations: list[Cancellation] = []
        self._clocks = world

    def issue(
        self, app_id: str, user_key: Secret, server: Server | None, cancellation: Cancellation
    ) -> Issued:
        asked = Asked(app_id, user_key, server)
        self.asked.append(asked)
        self.cancellations.append(cancellation)
        cancellation.raise_if_requested()
        if self.failures:
            raise self.failures.pop(0)
        origin = server.origin if server else "http://127.0.0.1"
        exchange = Exchange(origin, 0.2, 200, 1000)
        moment = ServiceTime(self._clocks.now, self._clocks.now)
        return Issued(Secret(asked.token), decode(asked.token), exchange, moment, self._clocks.now)


@dataclass
class Clocks:
    """Both clocks, which stand still until a test moves them."""

    now: float = 1_000.0

    def read(self) -> float:
        return self.now


class Stage:
    """A session in a scripted world, opened with ``accounts`` and a keychain that was found."""

    def __init__(
        self,
        *accounts: Account,
        reading: Reading | None = None,
        selected: str | None = None,
        keychain: bool = True,
    ) -> None:
        self.journal: list[str] = []
        self.clocks = Clocks()
        self.executor = ManualExecutor()
        self.shelf = ScriptedShelf(reading or Reading(accounts), self.journal)
        self.keychain = ScriptedKeychain(self.journal)
        self.tokens = ScriptedTokens(self.clocks)
        self.session = Session(
            World(
                self.executor,
                self.shelf,
                self.keychain,
                self.tokens,
                self.clocks.read,
                self.clocks.read,
            )
        )
        self.states: list[State] = []
        self.session.state_changed.connect(self.states.append)
        self.session.accounts.open(selected)
        if keychain:
            self.session.keys.look_for_keychain()
            self.executor.finish_all()
        self.journal.clear()

    @property
    def state(self) -> State:
        return self.session.state

    def find(self, account_id: str) -> AccountState:
        found = self.state.find(account_id)
        assert found is not None
        return found

    def request(self, account_id: str) -> None:
        self.session.requests.request_token(account_id)

    def token(self, account_id: str) -> str | None:
        """The token that is shown for an account."""
        phase = self.find(account_id).phase
        return phase.token.reveal() if isinstance(phase, Granted) else None


def new_key() -> str:
    return str(uuid.uuid4())


def an_account(name: str = "one", **changes: Any) -> Account:
    values = {
        "id": uuid.uuid4().hex,
        "name": name,
        "app_id": f"studiov3.{name}@example.com",
        **changes,
    }
    return Account(**values)


def a_sandbox_account(name: str = "sand") -> Account:
    return an_account(name, server=ServerKind.SANDBOX)


def with_key(account: Account, *hosts: str) -> Account:
    """The account as it is when keys for these hosts were saved."""
    keys = tuple(
        StoredKey(host, KeychainEntry(f"kept for {host} ({account.id[:8]})", account.app_id))
        for host in hosts or ("ai-streamer.deepbrain.io",)
    )
    return Account(
        account.id,
        account.name,
        account.app_id,
        account.server,
        account.address,
        account.remember,
        account.trusted_host,
        keys,
    )
