"""Accounts files, damaged and odd, through the reader and the writer, on a real disk."""

import json
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from fuzz.campaign import Judge, Target, by_damage
from fuzz.mutation import damaged

from deepbrain_desktop.system.accounts_file import AccountsFile, NewerFile, Reading


def _entry(rng: random.Random, number: int) -> dict[str, object]:
    host = rng.choice(("ai-streamer.deepbrain.io", "streamer.example.org"))
    keys = [{"host": host, "service": f"DeepBrain Desktop: {host}", "user": "studiov3.a@b.c"}]
    return {
        "id": f"{number:032x}",
        "name": rng.choice(("Acme GmbH", "Ünïcode 漢字", "", "<b>bold</b>", "a\nb")),
        "app_id": "studiov3.someone@example.com",
        "server": rng.choice(("production", "sandbox", "other")),
        "address": rng.choice(("", "https://streamer.example.org")),
        "remember": rng.random() < 0.5,
        "trusted_host": rng.choice((None, host)),
        "keys": rng.choice(([], keys)),
    }


def _content(rng: random.Random) -> bytes:
    entries = [_entry(rng, number) for number in range(rng.choice((0, 1, 2, 5, 60)))]
    document = {"schema": 1, "accounts": entries}
    return json.dumps(document, ensure_ascii=rng.random() < 0.5, indent=2).encode()


_SAMPLES = tuple(_content(random.Random(number)) for number in range(8))
_WORDS = (
    b'"schema": 1,',
    b'"schema": 2,',
    b'"schema": true,',
    b'"schema": 99999999999999999999,',
    b'"id": "",',
    b'"id": "' + b"0" * 32 + b'",',
    b'"id": "' + b"0" * 65 + b'",',
    b'"keys": [{}],',
    b'"keys": null,',
    b'"remember": "yes",',
    b'"server": "elsewhere",',
    b'"accounts": [',
    b'"unknown": {"a": [1, 2]},',
    b"\\ud800",
    b"\\u0000",
    b"[" * 200_000,
)


def _damaged_file(rng: random.Random) -> bytes:
    content = rng.choice((rng.choice(_SAMPLES), _content(rng)))
    return content if rng.random() < 0.02 else damaged(rng, content, _SAMPLES, _WORDS)


@contextmanager
def _folder() -> Iterator[Judge]:
    with tempfile.TemporaryDirectory() as folder:
        yield partial(_judge, Path(folder) / "accounts.json")


def _judge(path: Path, content: bytes) -> bool:
    """Read, write and read again: nothing is lost, and nothing changes any more."""
    for each in path.parent.iterdir():
        each.unlink()
    path.write_bytes(content)
    file = AccountsFile(path)
    first = file.read()
    assert not first.unreadable
    if first.newer:
        _check_left_alone(file, content)
        return False
    if first.damaged is None:
        assert len(first.accounts) == _entries_in(content), "an entry is missing, and unsaid"
        assert _names(path) == {path.name}
    else:
        assert first.damaged.read_bytes() == content, "what was set aside is not whole"
        assert _names(path) <= {path.name, first.damaged.name}
    ids = [account.id for account in first.accounts]
    assert len(set(ids)) == len(ids)
    # What was understood is written, and the same is understood of it from now on.
    assert file.write(first.accounts) is None, "our own file is taken for another's"
    written = path.read_bytes()
    again = AccountsFile(path)
    assert again.read() == Reading(first.accounts)
    assert again.write(first.accounts) is None
    assert path.read_bytes() == written
    return first.damaged is None


def _check_left_alone(file: AccountsFile, content: bytes) -> None:
    with pytest.raises(NewerFile):
        file.write(())
    assert file.path.read_bytes() == content
    assert _names(file.path) == {file.path.name}


def _names(path: Path) -> set[str]:
    return {each.name for each in path.parent.iterdir()}


def _entries_in(content: bytes) -> int:
    return len(json.loads(content.decode("utf-8-sig"))["accounts"])


DAMAGED = Target("accounts files", by_damage(_damaged_file), _folder)
