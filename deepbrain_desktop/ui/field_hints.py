"""What stands beside each field of the form, and in which tone."""

from collections.abc import Mapping

from deepbrain_desktop.account import ServerKind
from deepbrain_desktop.session.state import AccountState, Field, KeychainState, KeyPlace
from deepbrain_desktop.studios.hints import Hint, app_id_hint, user_key_hint
from deepbrain_desktop.ui.symbols import Tone
from deepbrain_desktop.ui.wording import (
    NO_KEYCHAIN,
    Refusal,
    describe_flaw,
    describe_hint,
    describe_key_problem,
    describe_refusal,
)

Words = tuple[str, Tone]


def field_hints(
    account: AccountState, typed: str, keychain: KeychainState, refusals: Mapping[Field, Refusal]
) -> dict[Field, Words]:
    """What to say about each field, with ``typed`` in that of the key.

    Where a field did not take something, that comes first.
    """
    found = {
        Field.APP_ID: _about_value(
            account, Field.APP_ID, app_id_hint(account.account.app_id, typed)
        ),
        Field.USER_KEY: _about_key(account, keychain, typed),
        Field.ADDRESS: _about_value(account, Field.ADDRESS, None),
    }
    return found | {where: (describe_refusal(why), Tone.BAD) for where, why in refusals.items()}


def _about_value(account: AccountState, where: Field, hint: Hint | None) -> Words:
    flaw = account.flaw(where)
    if flaw is not None:
        return describe_flaw(where, flaw), Tone.BAD
    return (describe_hint(hint), Tone.WARNING) if hint is not None else ("", Tone.NEUTRAL)


def _about_key(account: AccountState, keychain: KeychainState, typed: str) -> Words:
    flaw, hint = account.flaw(Field.USER_KEY), user_key_hint(typed)
    if account.key_problem is not None and flaw is None:
        words = describe_key_problem(account.key_problem, removing=account.removal_failed)
        return words, Tone.BAD
    if flaw is None and hint is None:
        return _key_place(account, keychain), Tone.NEUTRAL
    return _about_value(account, Field.USER_KEY, hint)


def _key_place(account: AccountState, keychain: KeychainState) -> str:
    name = keychain.name or "your keychain"
    if account.saving_key:
        return f"Saving in {name}…"
    match account.key_place:
        case KeyPlace.KEYCHAIN | KeyPlace.MISSING as place:
            return f"{'Saved' if place is KeyPlace.KEYCHAIN else 'Not found'} in {name}"
        case KeyPlace.BUILT_IN:
            return "Known to everybody, good for the sandbox alone"
        case KeyPlace.TYPED if account.account.server is ServerKind.SANDBOX:
            return "Kept until you quit"
        case _ if keychain.problem is not None:
            return NO_KEYCHAIN
        case KeyPlace.TYPED if not account.account.remember:
            return "Kept until you quit"
        case KeyPlace.TYPED:
            return _saving_to_come(account)
    return ""


def _saving_to_come(account: AccountState) -> str:
    if account.stored_key is None:
        return "Saved with the next request"
    is_missing = account.stored_key.entry in account.missing
    return "Saved on success" if is_missing else "Replaces the saved one on success"
