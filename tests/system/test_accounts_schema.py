"""The content of the accounts file, as such."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from deepbrain_desktop.account import Account, KeychainEntry, ServerKind, StoredKey
from deepbrain_desktop.system.accounts_schema import (
    LARGEST,
    NotAccounts,
    TooLarge,
    decode,
    encode,
)

GOLDEN = Path(__file__).with_name("golden")

QA = Account(
    id="0f7c1a5e8b2d4c6f9a3e5d7b1c2f4a68",
    name="QA team",
    app_id="studiov3.qa@example.com",
    keys=(
        StoredKey(
            "ai-streamer.deepbrain.io",
            KeychainEntry(
                "DeepBrain Desktop (ai-streamer.deepbrain.io)", "studiov3.qa@example.com"
            ),
        ),
    ),
)
SUPPORT = Account(
    id="5b9e2c7d1f3a4e8c8d6b0a2c4e6f8b1d",
    name="한국 지원팀 “ünï”",
    app_id="  pasted with\nline break ",
    server=ServerKind.OTHER,
    address="https://streamer.example.org:8443",
    remember=False,
    trusted_host="streamer.example.org:8443",
)
SANDBOX = Account(id="c3d5e7f9a1b34d5f8b7c9e0d2f4a6b8c", name="Sandbox", server=ServerKind.SANDBOX)

stored_keys = st.builds(StoredKey, st.text(), st.builds(KeychainEntry, st.text(), st.text()))
accounts = st.builds(
    Account,
    id=st.uuids().map(lambda it: it.hex),
    name=st.text(),
    app_id=st.text(),
    server=st.sampled_from(ServerKind),
    address=st.text(),
    remember=st.booleans(),
    trusted_host=st.none() | st.text(),
    keys=st.lists(stored_keys, unique_by=lambda key: key.host).map(tuple),
)
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.sampled_from(["schema", "accounts", "id", "name", "keys", "server"]), inner
        )
    ),
)


def entry(**changes: object) -> dict[str, object]:
    return {"id": "a" * 32, "name": "Acme", **changes}


def content(*entries: object, schema: object = 1) -> bytes:
    return json.dumps({"schema": schema, "accounts": entries}).encode()


def test_schema_1_is_read_and_written_as_it_was_released():
    released = (GOLDEN / "accounts-1.json").read_bytes()
    assert decode(released).accounts == (QA, SUPPORT, SANDBOX)
    assert encode((QA, SUPPORT, SANDBOX)) == released


@given(st.lists(accounts, unique_by=lambda account: account.id))
def test_what_was_written_is_read(kept):
    entries = [entry for each in kept for entry in {key.entry for key in each.keys}]
    assume(len(entries) == len(set(entries)))
    decoded = decode(encode(kept))
    assert decoded.accounts == tuple(kept)
    assert decoded.complete


def test_a_name_that_is_no_text_for_utf_8_is_kept():
    account = replace(SANDBOX, name="half \udc41 of a character")
    assert decode(encode([account])).accounts == (account,)


def test_nothing_but_these_fields_is_written():
    (written,) = json.loads(encode([QA]))["accounts"]
    assert set(written) == {
        *("id", "name", "app_id", "server", "address", "remember", "trusted_host", "keys")
    }
    assert set(written["keys"][0]) == {"host", "service", "user"}


@given(st.binary())
def test_no_bytes_do_harm(junk):
    with pytest.raises(NotAccounts):
        decode(junk)


@given(documents)
def test_no_document_does_harm(document):
    try:
        decode(json.dumps(document).encode())
        decode(json.dumps({"schema": 1, "accounts": [document]}).encode())
    except NotAccounts:
        pass


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"{",
        b'{"schema": 1, "accounts": []} trailing',
        b"\xff\xfe" + '{"schema": 1, "accounts": []}'.encode("utf-16-le"),
        b'{"schema": 1, "accounts": ["\xff"]}',
        b'{"schema": 1, "accounts": [NaN]}',
        b'{"schema": 1, "schema": 1, "accounts": []}',
        b'{"schema": true, "accounts": []}',
        b'{"schema": "1", "accounts": []}',
        b'{"schema": 0, "accounts": []}',
        b'{"accounts": []}',
        b'{"schema": 1}',
        b'{"schema": 1, "accounts": {}}',
        b"[]",
        b"[" * 100_000,
        b'{"schema": 1, "accounts": ' + b"9" * 5000 + b"}",
        b'{"schema": 1, "accounts": []}' + b" " * LARGEST,
    ],
    ids=lambda damaged: repr(damaged[:40]),
)
def test_what_is_no_accounts_file_is_refused(damaged):
    with pytest.raises(NotAccounts):
        decode(damaged)


@pytest.mark.parametrize(
    "bad",
    [
        None,
        "text",
        {},
        {"id": "b" * 32},
        entry(id=""),
        entry(id="b" * 65),
        entry(id="b\n"),
        entry(id=1),
        entry(name=None),
        entry(id="b", app_id=1),
        entry(id="b", server="mars"),
        entry(id="b", server=[]),
        entry(id="b", remember=1),
        entry(id="b", trusted_host=False),
        entry(id="b", keys={}),
        entry(id="b", keys=[None]),
        entry(id="b", keys=[{"host": "h", "service": "s"}]),
        entry(id="b", keys=[{"host": "h", "service": "s", "user": "u"}] * 2),
        entry(name="the id of another"),
    ],
    ids=repr,
)
def test_one_bad_entry_does_not_lose_the_others(bad):
    decoded = decode(content(entry(), bad, entry(id="c")))
    assert [account.id for account in decoded.accounts] == ["a" * 32, "c"]
    assert not decoded.complete


def test_an_entry_with_a_name_that_stands_twice_is_bad():
    decoded = decode(b'{"schema": 1, "accounts": [{"id": "a", "name": "x", "name": "y"}]}')
    assert not decoded.complete


def test_unknown_fields_and_missing_ones_do_no_harm():
    decoded = decode(content(entry(colour="red")))
    assert decoded.accounts == (Account(id="a" * 32, name="Acme"),)
    assert decoded.complete


def test_a_byte_order_mark_does_no_harm():
    assert decode(b"\xef\xbb\xbf" + content(entry())).complete


def test_a_later_schema_is_recognised_whatever_it_holds():
    assert decode(b'{"schema": 2, "people": 7}').newer


def test_what_could_not_be_read_again_is_not_written():
    with pytest.raises(TooLarge):
        encode([replace(SANDBOX, name="x" * LARGEST)])
    with pytest.raises(NotAccounts):
        encode([SANDBOX, SANDBOX])


def test_a_copy_made_by_hand_does_not_own_the_keys_of_the_other():
    document = json.loads(encode([QA]))
    document["accounts"].append(document["accounts"][0] | {"id": "a-copy"})
    found = decode(json.dumps(document).encode())
    assert found.complete
    assert found.accounts == (QA, replace(QA, id="a-copy", keys=()))
