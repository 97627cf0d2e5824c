"""The user keys: typed into memory, kept in the keychain, forgotten."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from deepbrain_desktop import product
from deepbrain_desktop.account import KeychainEntry, ServerKind, StoredKey
from deepbrain_desktop.background import Err, NoThread, Ok
from deepbrain_desktop.session.accounts import Accounts
from deepbrain_desktop.session.flaws import flaws_of
from deepbrain_desktop.session.ports import World
from deepbrain_desktop.session.state import AccountState, Field, KeychainState, Requesting
from deepbrain_desktop.session.store import Store
from deepbrain_desktop.studios.credentials import InvalidValue, Secret, parse_app_id, parse_user_key
from deepbrain_desktop.studios.pasting import looks_secret
from deepbrain_desktop.system.keychain_errors import (
    KeychainBroken,
    KeychainError,
    KeyNotNoted,
    NoResourcesForKeychain,
    SavingCutShort,
)
from deepbrain_desktop.waiting import Cancellation, Cancelled

_log = logging.getLogger(__name__)


class Keys:
    """Intents that concern keys. A key is in memory only until the keychain holds it."""

    def __init__(self, store: Store, world: World, accounts: Accounts) -> None:
        self._store = store
        self._world = world
        self._accounts = accounts
        self._cancellations: dict[str, Cancellation] = {}
        """Of what an account waits for: a saving, a look what came of it, or a removal."""
        self._afterwards: dict[str, Callable[[], None]] = {}
        """What waits for a saving to end."""
        self._once_forgotten: dict[str, Callable[[], None]] = {}
        """What waits for a removal to work."""

    def look_for_keychain(self) -> None:
        """Find out which keychain there is, if one can be used."""

        def looked(outcome: Ok[str] | Err) -> None:
            match outcome:
                case Ok(name):
                    self._store.put(keychain=KeychainState(name=name))
                case Err(error):
                    self._store.put(keychain=KeychainState(problem=_problem(error)))

        keychain = self._world.keychain
        self._world.executor.run(lambda: keychain.name(Cancellation()), looked)

    def look_again(self) -> None:
        """Find out whether a keychain that could not be used can be used by now."""
        if self._store.state.keychain.problem:
            self.look_for_keychain()

    def type_key(self, account_id: str, text: str) -> None:
        """Take what stands in the key field."""
        found = self._store.find(account_id)
        if found is None or isinstance(found.phase, Requesting):
            return
        self._store.put_account(
            account_id,
            typed_key=Secret(text) if text else None,
            key_mark=hash(Secret(text.strip())) if text else None,
            flaws=tuple(flaw for flaw in found.flaws if flaw[0] is not Field.USER_KEY),
            key_problem=None,
        )

    def save(self, account_id: str, meant: tuple[Secret, str | None] | None = None) -> None:
        """Keep the typed key in the keychain, unless it or the server's address has a flaw.

        The entry is noted in the list of accounts before the keychain is asked: a key that
        nobody knows of can then not be left behind, whatever happens in between. While another
        key is on its way there, this one waits. With ``meant``, a typed key and the host that it
        is for, only that one is saved, and for no other host.
        """
        found = self._store.find(account_id)
        if found is None or found.typed_key is None or not self._may_save(found, meant):
            return
        if found.saving_key:
            if found.saving_key != found.typed_key:
                this = (found.typed_key, found.host)
                self._afterwards[account_id] = partial(self.save, account_id, this)
            return
        flaws = tuple(flaw for flaw in flaws_of(found) if flaw[0] is not Field.APP_ID)
        if flaws or found.host is None:
            self._store.put_account(account_id, flaws=flaws)
            return
        key = Secret(parse_user_key(found.typed_key.reveal()))
        stored = found.stored_key or StoredKey(found.host, _entry(found, found.host))
        saving = _Saving(found.typed_key, key, stored, is_new=found.stored_key is None)
        self.stop_saving(account_id)
        self._cancellations[account_id] = saving.cancellation
        self._put_keys(
            account_id,
            (*_without(found, stored), stored),
            saving_key=saving.typed,
            key_problem=None,
            removal_failed=False,
        )
        ended = partial(self._saved, account_id, saving)

        def noted(kept: bool) -> None:  # noqa: FBT001 - a callback
            if kept:
                keep = self._world.keychain.save
                call = partial(keep, stored.entry, key, saving.cancellation)
                self._world.executor.run(call, ended)
            else:
                ended(Err(KeyNotNoted()))

        self._accounts.save(noted)

    def stop_saving(self, account_id: str) -> None:
        """Do not wait for the keychain any longer; the key stays in memory."""
        cancellation = self._cancellations.get(account_id)
        if cancellation:
            cancellation.request()

    def forget(self, account_id: str, then: Callable[[], None] | None = None) -> None:
        """Remove all of an account's keys from keychain and memory; ``then`` where that worked.

        A key that is just being saved is forgotten as well, when its saving has ended. Where the
        keys are being removed already, ``then`` waits for that.
        """
        found = self._store.find(account_id)
        if found is None:
            return
        if then:
            self._once_forgotten[account_id] = then
        if found.removing:
            return
        self._store.put_account(account_id, removing=True, key_problem=None)
        self.stop_saving(account_id)
        remove = partial(self._remove_next, account_id, Cancellation())
        if found.saving_key:
            self._afterwards[account_id] = remove
        else:
            remove()

    def shut_down(self) -> None:
        """Stop waiting for the keychain."""
        for cancellation in tuple(self._cancellations.values()):
            cancellation.request()

    def _saved(self, account_id: str, saving: "_Saving", outcome: Ok[None] | Err) -> None:
        del self._cancellations[account_id]
        found = self._store.find(account_id)
        if found and isinstance(outcome, Ok):
            self._kept(found, saving)
        elif found and isinstance(outcome, Err):
            error = outcome.error
            listed = not saving.is_new or _is_unsettled(error)
            keys = found.account.keys if listed else _without(found, saving.stored)
            self._put_keys(account_id, keys, saving_key=None, key_problem=_problem(error))
            self._accounts.save()
        afterwards = self._afterwards.pop(account_id, None)
        if afterwards:
            afterwards()
        elif isinstance(outcome, Err) and _is_unsettled(outcome.error):
            self._look_what_is_kept(account_id, saving)

    def _kept(self, found: AccountState, saving: "_Saving") -> None:
        # What was typed meanwhile, or is meant for another host by now, is not saved yet.
        saved = found.typed_key == saving.typed and found.host == saving.stored.host
        typed = None if saved else found.typed_key
        missing = found.missing - {saving.stored.entry}
        self._store.put_account(
            found.id, saving_key=None, typed_key=typed, key_problem=None, missing=missing
        )

    def _look_what_is_kept(self, account_id: str, saving: "_Saving") -> None:
        """Ask the keychain what a saving came to; the list names the entry while nobody knows."""
        cancellation = saving.cancellation
        self._cancellations[account_id] = cancellation

        def looked(outcome: Ok[Secret | None] | Err) -> None:
            if self._cancellations.get(account_id) is not cancellation:
                return
            del self._cancellations[account_id]
            found = self._store.find(account_id)
            match outcome:
                case Ok(None) if found and saving.is_new:
                    self._put_keys(account_id, _without(found, saving.stored))
                    self._accounts.save()
                case Ok(key) if found and key == saving.key:
                    self._kept(found, saving)

        look = partial(self._world.keychain.read, saving.stored.entry, cancellation)
        self._world.executor.run(look, looked)

    def _remove_next(self, account_id: str, cancellation: Cancellation) -> None:
        self._cancellations.pop(account_id, None)
        found = self._store.find(account_id)
        if found is None:
            return
        if not found.account.keys:
            self._forgotten(account_id)
            return
        self._cancellations[account_id] = cancellation
        stored = found.account.keys[0]

        def removed(outcome: Ok[None] | Err) -> None:
            if isinstance(outcome, Ok):
                now = self._store.find(account_id)
                if now:
                    self._put_keys(account_id, _without(now, stored))
                self._remove_next(account_id, cancellation)
            else:
                self._not_forgotten(account_id, outcome.error)

        remove = self._world.keychain.remove
        self._world.executor.run(partial(remove, stored.entry, cancellation), removed)

    def _forgotten(self, account_id: str) -> None:
        self._put_keys(
            account_id,
            (),
            removing=False,
            typed_key=None,
            key_mark=None,
            key_problem=None,
            removal_failed=False,
        )
        then = self._once_forgotten.pop(account_id, None)
        if then:
            then()
        self._accounts.save()

    def _not_forgotten(self, account_id: str, error: BaseException) -> None:
        self._cancellations.pop(account_id, None)
        self._once_forgotten.pop(account_id, None)
        self._store.put_account(
            account_id, removing=False, key_problem=_problem(error), removal_failed=True
        )
        self._accounts.save()

    def _may_save(self, found: AccountState, meant: tuple[Secret, str | None] | None) -> bool:
        other = meant not in (None, (found.typed_key, found.host))
        sandbox = found.account.server is ServerKind.SANDBOX
        # A keychain that has not told its name yet may well take a key.
        return not (other or found.removing or sandbox or self._store.state.keychain.problem)

    def _put_keys(self, account_id: str, keys: tuple[StoredKey, ...], **changes: object) -> None:
        found = self._store.find(account_id)
        if found:
            account = replace(found.account, keys=keys)
            self._store.put_account(account_id, account=account, **changes)


@dataclass(frozen=True, slots=True)
class _Saving:
    """A key on its way into the keychain."""

    typed: Secret
    key: Secret
    """As the service takes it."""
    stored: StoredKey
    is_new: bool
    """Whether the list did not know of the entry before."""
    cancellation: Cancellation = field(default_factory=Cancellation)


def _without(found: AccountState, stored: StoredKey) -> tuple[StoredKey, ...]:
    return tuple(each for each in found.account.keys if each.entry != stored.entry)


def _entry(found: AccountState, host: str) -> KeychainEntry:
    """An entry of its own for account and host: Windows loses one of two that share a service."""
    try:
        user = parse_app_id(found.account.app_id)
    except InvalidValue:
        user = found.id
    if looks_secret(user):
        # The two fields were swapped; the entry's name is written down with the account.
        user = found.id
    return KeychainEntry(f"{product.NAME}: {host} ({found.id})", user)


def _is_unsettled(error: BaseException) -> bool:
    """Whether the keychain may hold the key that it did not report as saved."""
    return isinstance(error, SavingCutShort | KeychainError) and error.unsettled


def _problem(error: BaseException) -> KeychainError | None:
    if isinstance(error, Cancelled):
        return None
    if isinstance(error, KeychainError):
        return error.with_traceback(None)
    if isinstance(error, NoThread | MemoryError):
        return NoResourcesForKeychain()
    _log.error("keychain: unforeseen %s", type(error).__name__)
    return KeychainBroken(type(error).__name__)
