"""The faults of what is kept: every odd thing in the place of the list, and the window on it."""

import contextlib
import fcntl
import json
import os
import resource
import secrets
import signal
import stat
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from faults.scene import APP_ID

from deepbrain_desktop.system.accounts_file import AccountsFile


def entry(**changes: object) -> dict[str, object]:
    fresh = {"id": uuid.uuid4().hex, "name": "Found", "app_id": APP_ID}
    return {**fresh, **changes}


def document(*entries: object, schema: object = 1) -> bytes:
    return json.dumps({"schema": schema, "accounts": entries}).encode()


@dataclass(frozen=True)
class Found:
    """What is found in the place of the list, and what the window says of it."""

    id: str
    place: Callable[[Path], object]
    notice: str = ""

    def __str__(self) -> str:
        return self.id


def holding(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


def a_folder(path: Path) -> None:
    path.mkdir()
    (path / "theirs").write_bytes(b"theirs")


def a_circle(path: Path) -> None:
    path.symlink_to(path.with_name("other"))
    path.with_name("other").symlink_to(path)


def linked(path: Path) -> None:
    away = path.parent.parent / "elsewhere"
    away.mkdir()
    (away / "list.json").write_bytes(document(entry()))
    path.symlink_to(away / "list.json")


def nothing(_path: Path) -> None:
    """Leave the place empty."""


def no_folder(path: Path) -> None:
    for each in path.parent.iterdir():
        each.unlink()
    path.parent.rmdir()


DAMAGED, UNREADABLE, NEWER = "was damaged", "can’t be read", "newer version"
FOUND = (
    Found("S1-no-file", nothing),
    Found("S1-no-folder", no_folder),
    Found("S1-empty-file", holding(b""), DAMAGED),
    Found("S2-half-a-file", holding(document(entry(), entry())[:-30]), DAMAGED),
    Found("S2-binary", holding(secrets.token_bytes(4096)), DAMAGED),
    Found("S2-zeroes", holding(bytes(4096)), DAMAGED),
    Found("S2-utf-16", holding(document(entry()).decode().encode("utf-16")), DAMAGED),
    Found("S2-byte-order-mark", holding(b"\xef\xbb\xbf" + document(entry()))),
    Found("S2-html", holding(b"<!DOCTYPE html><html>Sign in</html>"), DAMAGED),
    Found("S2-a-list", holding(b"[]"), DAMAGED),
    Found("S2-deep", holding(b"[" * 200_000), DAMAGED),
    Found("S2-huge", holding(b" " * 5_000_000 + document(entry())), DAMAGED),
    Found("S2-huge-number", holding(document(entry(remember=10**4000))), DAMAGED),
    Found("S2-not-a-number", holding(document(entry(name=float("nan")))), DAMAGED),
    Found("S2-schema-true", holding(document(entry(), schema=True)), DAMAGED),
    Found("S2-schema-float", holding(document(entry(), schema=1.0)), DAMAGED),
    Found("S2-schema-negative", holding(document(entry(), schema=-1)), DAMAGED),
    Found("S2-one-bad-entry", holding(document(entry(), {"id": 5})), DAMAGED),
    Found("S2-twice-the-same-id", holding(document(entry(id="a"), entry(id="a"))), DAMAGED),
    Found("S2-unknown-server", holding(document(entry(server="moon"))), DAMAGED),
    Found("S7-unknown-fields", holding(document(entry(colour="red", since=[1])))),
    Found("S7-newer", holding(document(entry(), schema=99)), NEWER),
    Found("S7-newer-of-another-shape", holding(b'{"schema": 2}'), NEWER),
    Found("S9-folder-in-its-place", a_folder, UNREADABLE),
    Found("S9-pipe-in-its-place", os.mkfifo, UNREADABLE),
    Found("S9-device-in-its-place", lambda path: path.symlink_to("/dev/zero"), UNREADABLE),
    Found("S9-circle-of-links", a_circle, UNREADABLE),
    Found("S9-link-to-nowhere", lambda path: path.symlink_to("nowhere")),
    Found("S9-link-elsewhere", linked),
)


@pytest.mark.parametrize("found", FOUND, ids=str)
def test_whatever_is_found_the_window_opens_and_nothing_is_lost(
    open_scene, tmp_path, found: Found
) -> None:
    before: set[tuple[int, bytes]] = set()

    def place(path: Path) -> None:
        path.unlink()
        found.place(path)
        before.update(belongings_of(path.parent))

    scene = open_scene(found=place)
    assert (found.notice in scene.notice) if found.notice else scene.notice == ""
    path = scene.accounts_path
    if found.notice:
        assert str(path.parent) in scene.notice
        assert belongings_of(path.parent) >= before
    scene.studio.press("Ctrl+N")
    scene.studio.fill("appId", "kept@app.example")
    if found.notice not in (UNREADABLE, NEWER):
        scene.studio.wait(lambda: "kept@app.example" in app_ids(path))
    scene.studio.session.accounts.flush()
    if found.notice:
        assert belongings_of(path.parent) >= before
    scene.studio.press("Ctrl+PgUp")


def app_ids(path: Path) -> list[str]:
    return [each.app_id for each in AccountsFile(path).read().accounts]


def belongings_of(folder: Path) -> set[tuple[int, bytes]]:
    """What lies there, whatever its name: kind and content."""
    found = set()
    for each in folder.rglob("*"):
        mode = each.lstat().st_mode
        content = each.read_bytes() if stat.S_ISREG(mode) else b""
        found.add((stat.S_IFMT(mode), content))
    return found


# What keeps it from being written


@contextlib.contextmanager
def no_space(_path: Path) -> Iterator[None]:
    """As a quota does it: files may have so many bytes, and no more."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, ignored)


@contextlib.contextmanager
def no_folder_any_more(path: Path) -> Iterator[None]:
    folder, away = path.parent, path.parent.with_name("away")
    folder.rename(away)
    folder.write_bytes(b"")
    yield
    folder.unlink()
    away.rename(folder)


OBSTACLES = {
    "S4-no-space": no_space,
    "S5-folder-is-a-file": no_folder_any_more,
}


@pytest.mark.parametrize("obstacle", OBSTACLES)
def test_what_cannot_be_saved_is_said_and_saved_later(scene, obstacle: str) -> None:
    path = scene.accounts_path
    settled = path.read_bytes()
    with OBSTACLES[obstacle](path):
        scene.studio.fill("appId", "changed@app.example")
        scene.studio.wait(lambda: "could not be saved" in scene.notice_now)
        assert scene.attempt().reason == "OK"
    assert path.read_bytes() == settled
    scene.studio.fill("appId", "again@app.example")
    scene.studio.wait(lambda: app_ids(path) == ["again@app.example"])
    scene.studio.wait(lambda: scene.notice_now == "")
    assert [each.name for each in path.parent.iterdir() if each.name.startswith(".")] == []


# Two writers


def test_S14_what_others_wrote_while_it_ran_is_set_aside_and_said(scene) -> None:
    theirs = document(entry(name="Theirs"))
    scene.accounts_path.write_bytes(theirs)
    scene.studio.fill("appId", "mine@app.example")
    scene.studio.wait(lambda: "Another program changed" in scene.notice_now)
    (aside,) = scene.accounts_path.parent.glob("accounts.conflict-*")
    assert aside.read_bytes() == theirs
    assert str(aside) in scene.notice_now
    assert app_ids(scene.accounts_path) == ["mine@app.example"]


def test_S14_a_list_of_a_newer_version_that_came_meanwhile_stays(scene) -> None:
    newer = document(schema=99)
    scene.accounts_path.write_bytes(newer)
    scene.studio.fill("appId", "mine@app.example")
    scene.studio.wait(lambda: "could not be saved" in scene.notice_now)
    scene.studio.session.accounts.flush()
    assert scene.accounts_path.read_bytes() == newer


@pytest.mark.parametrize("moment", [0, 2**31 + 1, 2**33, -1])
def test_S14_odd_times_of_the_file_are_no_conflict(scene, moment: int) -> None:
    os.utime(scene.accounts_path, (moment, moment))
    scene.studio.fill("appId", "mine@app.example")
    scene.studio.wait(lambda: app_ids(scene.accounts_path) == ["mine@app.example"])
    assert scene.notice_now == ""


def test_S8_a_lock_of_others_on_the_file_holds_up_nobody(scene) -> None:
    with scene.accounts_path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        scene.studio.fill("appId", "mine@app.example")
        scene.studio.wait(lambda: app_ids(scene.accounts_path) == ["mine@app.example"])


# Where a key may go, by what is found in the file

ADDRESSES = {
    "S11-http": "http://ai-streamer.deepbrain.io",
    "S11-user-info": "https://ai-streamer.deepbrain.io@evil.example",
    "S11-user-info-with-port": "https://ai-streamer.deepbrain.io:443@127.0.0.1:{port}",
    "S11-punycode": "https://xn--i-streamer-61i.deepbrain.io",
    "S11-look-alike": "https://аi-streamer.deepbrain.io",
    "S11-full-width-dot": "https://ai-streamer.deepbrain。io",
    "S11-file": "file:///etc/passwd",
    "S11-script": "javascript:alert(1)",
    "S11-path": "https://ai-streamer.deepbrain.io/evil",
    "S11-query": "https://ai-streamer.deepbrain.io?x=",
    "S11-backslash": "https://evil.example\\@ai-streamer.deepbrain.io",
    "S11-line-break": "https://ai-streamer.deepbrain.io\r\nHost: evil.example",
    "S11-port-zero": "https://ai-streamer.deepbrain.io:0",
    "S11-port-too-high": "https://ai-streamer.deepbrain.io:65536",
    "S11-loopback-look-alike": "http://127.0.0.1.evil.example:{port}",
    "S11-localhost-look-alike": "http://localhost.evil.example:{port}",
    "S11-octal": "http://0177.0.0.1:{port}",
    "S11-nothing": "",
}
HOSTS = {
    "S11-other-host": "https://evil.example",
    "S11-other-port": "https://ai-streamer.deepbrain.io:8443",
    "S11-sub-domain": "https://ai-streamer.deepbrain.io.evil.example",
    "S11-private-address": "https://192.168.0.1",
}


@pytest.mark.parametrize("name", ADDRESSES)
def test_an_address_that_may_not_have_the_key_is_refused_with_a_reason(scene, name: str) -> None:
    address, accounts = (
        ADDRESSES[name].format(port=scene.server.port),
        scene.studio.session.accounts,
    )
    accepted = scene.server.accepted
    accounts.edit(scene.studio.current.id, address=address)
    scene.studio.press("Ctrl+Return")
    assert not scene.studio.sees("cancel")
    assert scene.studio.find("addressHint").accessibleDescription()
    assert scene.server.accepted == accepted
    accounts.edit(scene.studio.current.id, address=scene.server.origin)


@pytest.mark.parametrize("name", HOSTS)
def test_a_host_that_is_not_known_is_asked_about_before_a_byte_leaves(scene, name: str) -> None:
    accounts = scene.studio.session.accounts
    accounts.edit(scene.studio.current.id, address=HOSTS[name])
    outcome = scene.attempt(sends=False)
    assert outcome.reason == "HOST-NOT-CONFIRMED"
    assert HOSTS[name].partition("://")[2].partition(":")[0] in outcome.headline
    accounts.edit(scene.studio.current.id, address=scene.server.origin)
