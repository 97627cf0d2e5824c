"""--remove-my-data: what an uninstaller asks for, with a keychain that is real."""

import signal
import uuid
from pathlib import Path

import pytest
from program.running import Home, Running, account, assert_clean, caught, eventually, run

APP_ID = "studiov3.valid@sandbox.example"
SERVICE = "DeepBrain Desktop: removal test"


@pytest.fixture
def key(keyring) -> str:
    """A saved key; a second one of somebody else lies beside it."""
    key = str(uuid.uuid4())
    keyring.store(SERVICE, APP_ID, key)
    keyring.store(SERVICE, "somebody else", key)
    return key


@pytest.fixture
def kept(home: Home, key: str) -> Home:
    """A home with everything that the program keeps."""
    stored = {"host": "ai.example", "service": SERVICE, "user": APP_ID}
    home.keep_accounts(account("Mine", APP_ID, keys=[stored]), account("Empty", APP_ID))
    assert run(home, "--self-test").status == 0
    home.log.parent.mkdir(parents=True, exist_ok=True)
    home.log.write_text("a line\n")
    (home.config / "preferences.ini").write_text("")
    return home


def remove(home: Home, keyring):
    return run(home, "--remove-my-data", without=("DISPLAY",), **_bus(keyring))


def _bus(keyring) -> dict[str, str]:
    return {"DBUS_SESSION_BUS_ADDRESS": keyring.environment["DBUS_SESSION_BUS_ADDRESS"]}


def test_keys_accounts_settings_and_log_go_and_nothing_else(kept, keyring, key):
    others = kept.config.parent / "other.conf"
    others.write_text("theirs")
    ending = remove(kept, keyring)
    assert (ending.status, ending.stderr) == (0, "")
    assert ending.stdout.startswith("Removed: ")
    assert keyring.lookup(SERVICE, APP_ID) is None
    assert keyring.lookup(SERVICE, "somebody else") == key
    assert not kept.config.exists()
    assert not kept.log.parent.exists()
    assert others.read_text() == "theirs"
    # Where there is nothing there is nothing to complain of.
    assert remove(kept, keyring).status == 0


def test_a_key_that_stays_keeps_the_list_that_knows_of_it(kept, keyring, key):
    keyring.lock()
    try:
        ending = remove(kept, keyring)
    finally:
        keyring.unlock()
    assert ending.status == 1
    assert ending.stderr.startswith("The key of Mine could not be removed: KEYCHAIN-LOCKED. ")
    assert ending.stderr.count("\n") == 1
    assert len(kept.kept_accounts()) == 2
    assert keyring.lookup(SERVICE, APP_ID) == key
    assert remove(kept, keyring).status == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_what_was_ended_before_it_removed_anything_says_so(kept, keyring, key, number):
    keyring.freeze()
    removing = Running(kept, "--remove-my-data", **_bus(keyring))
    try:
        eventually(lambda: signal.SIGHUP in caught(removing.pid), "the handlers")
        assert removing.end(number).status == 1
    finally:
        removing.kill()
        keyring.thaw()
    assert len(kept.kept_accounts()) == 2
    assert keyring.lookup(SERVICE, APP_ID) == key


HALF = '{"schema": 1, "accounts": [{"id": "a", "name": "Read"}, {"id": 7}]}'


@pytest.mark.parametrize("content", ["{", '{"schema": 99, "accounts": []}', HALF])
@pytest.mark.parametrize("name", ["accounts.json", "accounts.damaged-20260101-000000.json"])
def test_without_knowing_where_the_keys_are_nothing_is_removed(kept, keyring, key, name, content):
    file = kept.config / name
    file.write_text(content)
    before = {each.name: each.read_bytes() for each in kept.config.iterdir() if each.is_file()}
    # However often it is asked.
    for _ in range(2):
        ending = remove(kept, keyring)
        assert ending.status == 1
        assert ending.stderr.startswith(f"Nothing was removed: {file} ")
        assert ending.stderr.count("\n") == 1
        after = {each.name: each.read_bytes() for each in kept.config.iterdir() if each.is_file()}
        assert after == before
    assert keyring.lookup(SERVICE, APP_ID) == key


def test_a_key_that_only_a_version_set_aside_knows_of_goes_too(kept, keyring):
    kept.accounts.rename(kept.config / "accounts.conflict-20260101-000000.json")
    kept.keep_accounts(account("Other", APP_ID))
    assert remove(kept, keyring).status == 0
    assert keyring.lookup(SERVICE, APP_ID) is None
    assert not kept.config.exists()


def moved_behind_a_link(path: Path, elsewhere: Path) -> Path:
    elsewhere.parent.mkdir(exist_ok=True)
    path.rename(elsewhere)
    path.symlink_to(elsewhere)
    return elsewhere


@pytest.mark.parametrize("name", ["accounts.json", "deepbrain"])
def test_what_links_lead_to_is_named_and_left_to_its_owner(kept, keyring, name):
    aside = kept.config / "accounts.conflict-20260101-000000.json"
    aside.write_bytes(kept.accounts.read_bytes())
    dotfiles = kept.path / "dotfiles"
    accounts = moved_behind_a_link(kept.accounts, dotfiles / name)
    moved_behind_a_link(aside, dotfiles / aside.name)
    preferences = moved_behind_a_link(kept.config / "preferences.ini", dotfiles / "preferences.ini")
    ending = remove(kept, keyring)
    assert (ending.status, ending.stdout) == (1, "")
    named = ", ".join(map(str, [*sorted((accounts, dotfiles / aside.name)), preferences]))
    assert ending.stderr == f"The keys are removed; remove the rest by hand: {named}\n"
    assert keyring.lookup(SERVICE, APP_ID) is None
    assert not kept.config.exists()


def test_a_linked_folder_is_named_by_where_it_lies(kept, keyring):
    folder = moved_behind_a_link(kept.config, kept.path / "dotfiles/deepbrain")
    ending = remove(kept, keyring)
    assert (ending.status, ending.stdout) == (1, "")
    assert ending.stderr == f"The keys are removed; remove the rest by hand: {folder}\n"
    assert keyring.lookup(SERVICE, APP_ID) is None


def test_a_key_that_was_set_aside_before_the_list_became_a_link_goes_too(kept, keyring):
    kept.accounts.rename(kept.config / "accounts.conflict-20260101-000000.json")
    kept.accounts.symlink_to(kept.path / "nowhere/accounts.json")
    assert remove(kept, keyring).status == 0
    assert keyring.lookup(SERVICE, APP_ID) is None
    assert not kept.config.exists()


def test_nothing_is_removed_under_a_running_program(kept, keyring, key, start):
    running = start(kept).painted()
    ending = remove(kept, keyring)
    assert ending.status == 1
    assert ending.stderr == "DeepBrain Desktop is running: close it first.\n"
    assert len(kept.kept_accounts()) == 2
    assert keyring.lookup(SERVICE, APP_ID) == key
    assert_clean(running.end())
