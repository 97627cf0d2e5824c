"""What stands in the form that cannot be sent."""

from collections.abc import Callable

from deepbrain_desktop.account import ServerKind
from deepbrain_desktop.session.state import AccountState, Field, KeyPlace
from deepbrain_desktop.studios.credentials import (
    Flaw,
    InvalidValue,
    Server,
    parse_app_id,
    parse_user_key,
)


def flaws_of(found: AccountState) -> tuple[tuple[Field, Flaw], ...]:
    """Each field whose value cannot be sent, and why."""
    checks: list[tuple[Field, Callable[[], object]]] = [
        (Field.APP_ID, lambda: parse_app_id(found.account.app_id)),
        (Field.ADDRESS, lambda: server_of(found)),
    ]
    if found.key_place in (KeyPlace.TYPED, KeyPlace.NOWHERE):
        typed = found.typed_key.reveal() if found.typed_key else ""
        checks.append((Field.USER_KEY, lambda: parse_user_key(typed)))
    flaws = []
    for where, check in checks:
        try:
            check()
        except InvalidValue as invalid:
            flaws.append((where, invalid.flaw))
    return tuple(flaws)


def server_of(found: AccountState) -> Server | None:
    """The server to ask; None for the sandbox. Raises InvalidValue."""
    return None if found.account.server is ServerKind.SANDBOX else found.server()
