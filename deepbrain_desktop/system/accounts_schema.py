"""The content of the accounts file, schema 1: JSON that a person can read, without any secret."""

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple, NoReturn

from deepbrain_desktop.account import Account, KeychainEntry, ServerKind, StoredKey

SCHEMA = 1
LARGEST = 4 * 1024 * 1024
"""Bytes; more is not read, and not written either."""
LONGEST_ID = 64


class NotAccounts(ValueError):
    """The content is not that of an accounts file, or would not be."""


class TooLarge(NotAccounts):
    """The content would be longer than what is read."""


class Decoded(NamedTuple):
    """What was understood."""

    accounts: tuple[Account, ...] = ()
    complete: bool = True
    """Whether every entry was understood."""
    newer: bool = False
    """Whether a later schema was found, which this program does not understand."""


def encode(accounts: Iterable[Account]) -> bytes:
    """The content for these accounts.

    Raises NotAccounts where it could not be read again (TooLarge where that is why).
    """
    document = {"schema": SCHEMA, "accounts": [_entry(account) for account in accounts]}
    text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    # What UTF-8 cannot hold is a lone surrogate, and a backslash escape is JSON's own way for it.
    content = text.encode("utf-8", "backslashreplace")
    if len(content) > LARGEST:
        raise TooLarge
    if not decode(content).complete:
        raise NotAccounts
    return content


def decode(content: bytes) -> Decoded:
    """The accounts in ``content``; entries that are not understood are left out.

    Raises NotAccounts where it is not such a file at all.
    """
    if len(content) > LARGEST:
        raise NotAccounts
    try:
        document = json.loads(
            # Editors on Windows put a byte order mark before it.
            content.decode("utf-8-sig"),
            parse_constant=_refuse,
            object_pairs_hook=_object,
        )
    except (ValueError, RecursionError):
        raise NotAccounts from None
    if not isinstance(document, dict) or type(schema := document.get("schema")) is not int:
        raise NotAccounts
    if schema > SCHEMA:
        return Decoded(complete=False, newer=True)
    entries = document.get("accounts")
    if schema != SCHEMA or not isinstance(entries, list):
        raise NotAccounts
    accounts: dict[str, Account] = {}
    owned: set[KeychainEntry] = set()
    for entry in entries:
        try:
            account = _account(entry)
        except NotAccounts:
            continue
        # A copy made by hand names the keys of the other: they are the first one's alone.
        own = tuple(key for key in account.keys if key.entry not in owned)
        owned.update(key.entry for key in own)
        accounts.setdefault(account.id, replace(account, keys=own))
    return Decoded(tuple(accounts.values()), complete=len(accounts) == len(entries))


def _entry(account: Account) -> dict[str, object]:
    return {
        "id": account.id,
        "name": account.name,
        "app_id": account.app_id,
        "server": account.server.value,
        "address": account.address,
        "remember": account.remember,
        "trusted_host": account.trusted_host,
        "keys": [
            {"host": key.host, "service": key.entry.service, "user": key.entry.user}
            for key in account.keys
        ],
    }


def _account(entry: object) -> Account:
    if not isinstance(entry, dict):
        raise NotAccounts
    identifier = _text(entry, "id")
    if not 0 < len(identifier) <= LONGEST_ID or not identifier.isprintable():
        raise NotAccounts
    try:
        server = ServerKind(_text(entry, "server", ServerKind.PRODUCTION.value))
    except ValueError:
        raise NotAccounts from None
    remember = entry.get("remember", True)
    keys = entry.get("keys", [])
    if not isinstance(remember, bool) or not isinstance(keys, list):
        raise NotAccounts
    stored = {key.host: key for key in map(_stored_key, keys)}
    if len(stored) != len(keys):
        raise NotAccounts
    trusted = None if entry.get("trusted_host") is None else _text(entry, "trusted_host")
    return Account(
        id=identifier,
        name=_text(entry, "name"),
        app_id=_text(entry, "app_id", ""),
        server=server,
        address=_text(entry, "address", ""),
        remember=remember,
        trusted_host=trusted,
        keys=tuple(stored.values()),
    )


def _stored_key(entry: object) -> StoredKey:
    if not isinstance(entry, dict):
        raise NotAccounts
    return StoredKey(
        _text(entry, "host"), KeychainEntry(_text(entry, "service"), _text(entry, "user"))
    )


def _text(entry: dict[str, object], name: str, default: str | None = None) -> str:
    value = entry.get(name, default)
    if not isinstance(value, str):
        raise NotAccounts
    return value


def _object(pairs: list[tuple[str, object]]) -> dict[str, object] | None:
    # A name that stands twice leaves open which value was meant.
    found = dict(pairs)
    return found if len(found) == len(pairs) else None


def _refuse(constant: str) -> NoReturn:
    # NaN and the infinities, which Python accepts and JSON does not know.
    raise ValueError(constant)
