"""Requests for session tokens: one at a time for each account, accounts side by side."""

import logging
import traceback
from functools import partial

from deepbrain_desktop.account import StoredKey
from deepbrain_desktop.background import Err, NoThread, Ok
from deepbrain_desktop.session.accounts import Accounts
from deepbrain_desktop.session.flaws import flaws_of, server_of
from deepbrain_desktop.session.keys import Keys
from deepbrain_desktop.session.ports import Issued, World
from deepbrain_desktop.session.state import (
    AccountState,
    Asked,
    Attempt,
    Awaited,
    Failed,
    Granted,
    HistoryRow,
    HostNotTrusted,
    KeyNotFound,
    KeyPlace,
    Phase,
    Problem,
    Requesting,
    SessionError,
    Stopped,
    Unforeseen,
    Untried,
    exchange_of,
    retry_after,
)
from deepbrain_desktop.session.store import Store
from deepbrain_desktop.studios.credentials import (
    InvalidValue,
    Secret,
    parse_app_id,
    parse_user_key,
)
from deepbrain_desktop.studios.errors import StudiosError, SystemResourcesLow
from deepbrain_desktop.studios.scenarios import SANDBOX_USER_KEY
from deepbrain_desktop.system.keychain_errors import KeychainError
from deepbrain_desktop.waiting import Cancellation, Cancelled

HISTORY_LENGTH = 50
"""Finished requests remembered for each account."""

_log = logging.getLogger(__name__)


class Requests:
    """Intents that concern requests.

    A request lands only on the account, and on the very attempt, that asked for it; whatever
    arrives for another attempt is dropped.
    """

    def __init__(self, store: Store, world: World, accounts: Accounts, keys: Keys) -> None:
        self._store = store
        self._world = world
        self._accounts = accounts
        self._keys = keys
        self._cancellations: dict[Attempt, Cancellation] = {}

    def request_token(self, account_id: str) -> None:
        """Ask for a token with what the form holds, unless it cannot be sent as it is."""
        found = self._store.find(account_id)
        if found is None or found.removing or isinstance(found.phase, Requesting):
            return
        paused_until = found.paused_until
        if paused_until is not None and self._world.elapsed() < paused_until:
            return
        flaws = flaws_of(found)
        if flaws:
            # An earlier failure would stand there as if it were this attempt's.
            over = isinstance(found.phase, Failed | Stopped)
            phase = Untried() if over else found.phase
            self._store.put_account(account_id, flaws=flaws, phase=phase)
            return
        untrusted = _untrusted_host(found)
        if untrusted is not None:
            self._fail(account_id, HostNotTrusted(untrusted))
            return
        self._start(found)

    def trust_host(self, account_id: str) -> None:
        """Agree to send this account's key to the host that was named, and go on."""
        match self._store.find(account_id):
            case AccountState(phase=Failed(problem=HostNotTrusted(host=host))):
                self._accounts.edit(account_id, trusted_host=host)
                self.request_token(account_id)

    def cancel(self, account_id: str) -> None:
        """Stop the request under way, at once; its answer, should one come, is dropped."""
        found = self._store.find(account_id)
        if found is None or not isinstance(found.phase, Requesting):
            return
        cancellation = self._cancellations.get(found.phase.attempt)
        self._land(account_id, found.phase.attempt, Stopped(), "CANCELLED", None)
        if cancellation:
            cancellation.request()

    def shut_down(self) -> None:
        """Stop every request under way."""
        for cancellation in tuple(self._cancellations.values()):
            cancellation.request()
        self._cancellations.clear()

    def _start(self, found: AccountState) -> None:
        attempt, cancellation = Attempt(), Cancellation()
        self._cancellations[attempt] = cancellation
        place, stored = found.key_place, found.stored_key
        is_kept = place in (KeyPlace.KEYCHAIN, KeyPlace.MISSING)
        awaited = Awaited.KEYCHAIN if is_kept else Awaited.SERVICE
        since = self._world.elapsed()
        self._store.put_account(found.id, phase=Requesting(attempt, since, awaited), flaws=())
        self._keys.look_again()
        if is_kept and stored:
            read = partial(self._world.keychain.read, stored.entry, cancellation)
            self._world.executor.run(read, partial(self._key_read, found.id, attempt, stored))
            return
        key = found.typed_key
        if place is KeyPlace.TYPED and found.account.remember and stored is None:
            self._keys.save(found.id)
        text = key.reveal() if key else SANDBOX_USER_KEY
        self._ask(found, attempt, Secret(parse_user_key(text)))

    def _key_read(
        self,
        account_id: str,
        attempt: Attempt,
        stored: StoredKey,
        outcome: Ok[Secret | None] | Err,
    ) -> None:
        found = self._waiting(account_id, attempt)
        if found is None or not isinstance(found.phase, Requesting):
            return
        match outcome:
            case Ok(None):
                # It stays on the list: the keychain that has it may just not be the one that runs.
                self._store.put_account(account_id, missing=found.missing | {stored.entry})
                self._end(account_id, attempt, KeyNotFound())
            case Ok(Secret() as kept):
                try:
                    key = Secret(parse_user_key(kept.reveal()))
                except InvalidValue:
                    # Somebody put something else in its place.
                    self._end(account_id, attempt, KeyNotFound())
                    return
                phase = Requesting(attempt, found.phase.since, Awaited.SERVICE)
                missing = found.missing - {stored.entry}
                self._store.put_account(account_id, phase=phase, missing=missing)
                self._ask(found, attempt, key)
            case Err(error):
                self._end(account_id, attempt, error)

    def _ask(self, found: AccountState, attempt: Attempt, key: Secret) -> None:
        key_mark = hash(key)
        self._store.put_account(found.id, key_mark=key_mark)
        cancellation = self._cancellations.get(attempt)
        if cancellation is None:
            # Whoever heard that the request began has cancelled it.
            return
        asked = Asked(parse_app_id(found.account.app_id), found.host, key_mark)
        server = server_of(found)
        issue = partial(self._world.tokens.issue, asked.app_id, key, server, cancellation)
        answered = partial(self._answered, found.id, attempt, asked)
        self._world.executor.run(issue, answered)

    def _answered(
        self,
        account_id: str,
        attempt: Attempt,
        asked: Asked,
        outcome: Ok[Issued] | Err,
    ) -> None:
        match outcome:
            case Ok(issued):
                granted = Granted(
                    asked.app_id,
                    asked.host,
                    issued.token,
                    issued.decoded,
                    issued.exchange,
                    issued.service_time,
                    issued.received,
                    asked.key_mark,
                )
                self._land(account_id, attempt, granted, "OK", issued.exchange.seconds)
                self._replace_key(account_id, granted)
            case Err(error):
                self._end(account_id, attempt, error)

    def _replace_key(self, account_id: str, granted: Granted) -> None:
        """Save the key that was typed, as the service takes it, in the place of the saved one.

        Not before: the saved one may be right, and AI Studios shows a key only once.
        """
        found = self._store.find(account_id)
        if found is None or found.phase is not granted or found.asked != granted.asked:
            return
        if found.typed_key and found.stored_key and found.account.remember:
            self._keys.save(account_id)

    def _end(self, account_id: str, attempt: Attempt, error: BaseException) -> None:
        if isinstance(error, Cancelled):
            self._land(account_id, attempt, Stopped(), "CANCELLED", None)
        else:
            problem = _problem(error)
            exchange = exchange_of(problem)
            seconds = exchange.seconds if exchange else None
            failed = self._failed(account_id, problem)
            self._land(account_id, attempt, failed, problem.reason, seconds)

    def _fail(self, account_id: str, problem: Problem) -> None:
        self._store.put_account(account_id, phase=self._failed(account_id, problem), flaws=())

    def _failed(self, account_id: str, problem: Problem) -> Failed:
        found = self._store.find(account_id)
        wait = retry_after(problem)
        not_before = None if wait is None else self._world.elapsed() + wait
        return Failed(problem, self._world.wall(), not_before, found.asked if found else None)

    def _land(
        self, account_id: str, attempt: Attempt, phase: Phase, outcome: str, seconds: float | None
    ) -> None:
        found = self._waiting(account_id, attempt)
        self._cancellations.pop(attempt, None)
        if found is None:
            return
        _log.info("request ended: %s", outcome)
        row = HistoryRow(self._world.wall(), outcome, seconds)
        history = (row, *found.history)[:HISTORY_LENGTH]
        self._store.put_account(account_id, phase=phase, history=history)

    def _waiting(self, account_id: str, attempt: Attempt) -> AccountState | None:
        found = self._store.find(account_id)
        if found and isinstance(found.phase, Requesting) and found.phase.attempt is attempt:
            return found
        return None


def _untrusted_host(found: AccountState) -> str | None:
    server = server_of(found)
    if server is None or server.is_production or server.is_loopback:
        return None
    return None if found.account.trusted_host == server.host else server.host


def _problem(error: BaseException) -> Problem:
    if isinstance(error, StudiosError | KeychainError | SessionError):
        return error.with_traceback(None)
    if isinstance(error, NoThread | MemoryError):
        return SystemResourcesLow()
    # Not its own words: they may hold a secret.
    places = [f"{place.name}:{place.lineno}" for place in traceback.extract_tb(error.__traceback__)]
    _log.error("unforeseen %s in %s", type(error).__name__, " ".join(places))
    return Unforeseen(type(error).__name__)
