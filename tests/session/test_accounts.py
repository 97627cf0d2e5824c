import threading
import uuid
from pathlib import Path

import pytest
from session.scripted import Stage, a_sandbox_account, an_account, new_key, with_key

from deepbrain_desktop.account import ServerKind
from deepbrain_desktop.session import accounts as under_test
from deepbrain_desktop.session.notices import NoticeKind
from deepbrain_desktop.session.state import Requesting
from deepbrain_desktop.studios.credentials import Secret
from deepbrain_desktop.system.accounts_file import AccountsNotSaved, Cause, Reading
from deepbrain_desktop.system.keychain_errors import KeychainLocked

pytestmark = pytest.mark.usefixtures("qapp")


def names(stage):
    return [each.account.name for each in stage.state.accounts]


def test_without_accounts_there_is_a_blank_one():
    stage = Stage()
    (only,) = stage.state.accounts
    assert only.is_blank
    assert stage.state.selected == only.id


def test_the_account_selected_last_is_selected_again():
    accounts = [an_account(name) for name in "abc"]
    assert Stage(*accounts, selected=accounts[2].id).state.current.account == accounts[2]


@pytest.mark.parametrize("selected", [None, "", uuid.uuid4().hex])
def test_the_first_account_is_selected_where_the_last_one_is_gone(selected):
    accounts = [an_account(name) for name in "abc"]
    assert Stage(*accounts, selected=selected).state.current.account == accounts[0]


def test_adding_gives_a_blank_account_and_selects_it():
    stage = Stage(an_account())
    added = stage.session.accounts.add()
    assert stage.state.selected == added
    assert stage.find(added).is_blank


def test_adding_twice_gives_one_blank_account():
    stage = Stage(an_account())
    first = stage.session.accounts.add()
    stage.session.accounts.select(stage.state.accounts[0].id)
    assert stage.session.accounts.add() == first
    assert stage.state.selected == first
    assert len(stage.state.accounts) == 2


def test_a_blank_account_is_not_written():
    stage = Stage(an_account("a"))
    stage.session.accounts.add()
    stage.session.accounts.edit(stage.state.accounts[0].id, name="b")
    stage.session.shut_down()
    assert [each.name for each in stage.shelf.content] == ["b"]


def test_a_blank_account_gives_way_to_one_that_is_added_filled_in():
    stage = Stage()
    stage.session.accounts.add(a_sandbox_account())
    assert names(stage) == ["sand"]


def test_an_account_with_a_typed_key_gives_way_to_none():
    stage = Stage()
    (first,) = stage.state.accounts
    stage.session.keys.type_key(first.id, new_key())
    stage.session.accounts.add(a_sandbox_account())
    assert stage.find(first.id).typed_key
    assert stage.session.accounts.add() != first.id


def test_an_added_account_has_an_id_of_its_own():
    stage, account = Stage(), an_account()
    ids = {stage.session.accounts.add(account) for _ in range(3)}
    assert len(ids | {account.id}) == 4


def test_a_duplicate_has_neither_key_nor_trust_of_the_other():
    account = with_key(
        an_account(server=ServerKind.OTHER, address="https://a.example", trusted_host="a.example"),
        "a.example",
    )
    stage = Stage(account)
    stage.session.keys.type_key(account.id, new_key())
    stage.session.accounts.duplicate(account.id, "copy")
    copy = stage.state.current
    assert copy.account.name == "copy"
    assert (copy.account.app_id, copy.account.address) == (account.app_id, account.address)
    assert copy.account.keys == ()
    assert copy.account.trusted_host is None
    assert copy.typed_key is None
    assert stage.find(account.id).account == account


def test_removing_an_account_removes_its_keys_first():
    account, other = with_key(an_account("a"), "x.example", "y.example"), an_account("b")
    stage = Stage(account, other)
    for stored in account.keys:
        stage.keychain.keys[stored.entry] = Secret(new_key())
    stage.session.remove(account.id)
    assert names(stage) == ["a", "b"]
    stage.executor.finish_all()
    assert names(stage) == ["b"]
    assert not stage.keychain.keys
    assert stage.shelf.content == (other,)


def test_an_account_whose_key_cannot_be_removed_stays_and_is_marked():
    account = with_key(an_account())
    stage = Stage(account)
    stage.keychain.failures.append(KeychainLocked())
    stage.session.remove(account.id)
    stage.executor.finish_all()
    found = stage.find(account.id)
    assert found.account == account
    assert found.removal_failed
    assert isinstance(found.key_problem, KeychainLocked)


def test_an_account_whose_key_cannot_be_removed_can_be_removed_without_it():
    account, other = with_key(an_account("a")), an_account("b")
    stage = Stage(account, other)
    stage.keychain.keys[account.keys[0].entry] = Secret(new_key())
    stage.keychain.failures.append(KeychainLocked())
    stage.session.remove(account.id)
    stage.executor.finish_all()
    stage.session.remove(account.id, leave_keys=True)
    stage.executor.finish_all()
    assert names(stage) == ["b"]
    assert stage.keychain.keys
    assert stage.shelf.content == (other,)


@pytest.mark.parametrize("leave_keys", [True, False])
@pytest.mark.parametrize("done", [0, 1, 2, 3])
def test_no_key_is_left_by_an_account_removed_while_it_is_being_saved(done, leave_keys):
    account = an_account()
    stage = Stage(account)
    stage.session.keys.type_key(account.id, new_key())
    stage.session.keys.save(account.id)
    steps = [stage.executor.do_next, stage.executor.finish_next, stage.executor.do_next]
    for step in steps[:done]:
        step()
    stage.session.remove(account.id, leave_keys=leave_keys)
    stage.executor.finish_all()
    assert stage.state.find(account.id) is None
    # With leave_keys, one that had reached the keychain by then was left on purpose.
    assert not stage.keychain.keys or (leave_keys and done == 3)
    assert stage.shelf.content == ()


def test_an_account_removed_while_its_keys_are_being_forgotten_is_gone_with_them():
    account, other = with_key(an_account("a"), "x.example", "y.example"), an_account("b")
    stage = Stage(account, other)
    stage.session.keys.forget(account.id)
    stage.executor.finish_next()
    stage.session.remove(account.id)
    stage.executor.finish_all()
    assert names(stage) == ["b"]
    assert stage.journal.count("removed") == 2
    assert stage.shelf.content == (other,)


def test_an_account_that_stayed_is_not_removed_when_its_keys_are_forgotten_later():
    account = with_key(an_account())
    stage = Stage(account)
    stage.keychain.failures.append(KeychainLocked())
    stage.session.remove(account.id)
    stage.executor.finish_all()
    stage.session.keys.forget(account.id)
    stage.executor.finish_all()
    assert stage.find(account.id).account.keys == ()


def test_after_the_last_account_there_is_a_blank_one():
    account = an_account()
    stage = Stage(account)
    stage.session.remove(account.id)
    (only,) = stage.state.accounts
    assert only.is_blank
    assert stage.state.selected == only.id != account.id
    stage.executor.finish_all()
    assert stage.shelf.content == ()


@pytest.mark.parametrize(("removed", "next_one"), [(0, "b"), (1, "c"), (2, "b")])
def test_the_neighbour_of_a_removed_account_is_selected(removed, next_one):
    accounts = [an_account(name) for name in "abc"]
    stage = Stage(*accounts, selected=accounts[removed].id)
    stage.session.remove(accounts[removed].id)
    assert stage.state.current.account.name == next_one


def test_removing_another_account_leaves_the_selection():
    accounts = [an_account(name) for name in "abc"]
    stage = Stage(*accounts, selected=accounts[1].id)
    stage.session.remove(accounts[0].id)
    assert stage.state.selected == accounts[1].id


def test_a_removed_account_cannot_be_selected():
    accounts = [an_account(name) for name in "ab"]
    stage = Stage(*accounts)
    stage.session.remove(accounts[1].id)
    stage.session.accounts.select(accounts[1].id)
    assert stage.state.current.account == accounts[0]


def test_removing_an_account_cancels_its_request():
    account = an_account(remember=False)
    stage = Stage(account, an_account("b"))
    stage.session.keys.type_key(account.id, new_key())
    stage.request(account.id)
    assert isinstance(stage.find(account.id).phase, Requesting)
    stage.executor.do_next()
    stage.session.remove(account.id)
    assert stage.tokens.cancellations[0].requested


def test_edits_are_written_when_the_person_pauses(monkeypatch, qtbot):
    monkeypatch.setattr(under_test, "SAVE_DELAY", 30)
    account = an_account()
    stage = Stage(account)
    for name in ("x", "xy", "xyz"):
        stage.session.accounts.edit(account.id, name=name)
    assert not stage.executor.jobs
    qtbot.waitUntil(lambda: bool(stage.executor.jobs), timeout=3000)
    stage.executor.finish_all()
    assert [[each.name for each in one] for one in stage.shelf.written] == [["xyz"]]


def test_edits_are_written_at_the_end_without_waiting_for_a_pause():
    account = an_account()
    stage = Stage(account)
    stage.session.accounts.edit(account.id, name="last")
    stage.session.shut_down()
    assert stage.shelf.content[0].name == "last"


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_older_list_that_is_late_does_not_take_the_place_of_the_last(when):
    account = an_account()
    stage = Stage(account)
    stage.session.accounts.edit(account.id, name="older")
    stage.session.accounts.save()
    stage.session.accounts.edit(account.id, name="last")
    late = stage.executor.jobs[0]
    if when == "before":
        late.do()
    stage.session.shut_down()
    late.do()
    assert stage.shelf.content[0].name == "last"


def test_what_is_written_already_is_not_written_again():
    account = an_account()
    stage = Stage(account)
    stage.session.accounts.edit(account.id, name="new")
    stage.session.accounts.save()
    stage.executor.finish_all()
    stage.session.accounts.save()
    stage.session.shut_down()
    assert not stage.executor.jobs
    assert len(stage.shelf.written) == 1


def test_the_newest_list_is_the_last_one_written():
    account = an_account(name="old")
    stage = Stage(account)
    for name in ("new", "old"):
        stage.session.accounts.edit(account.id, name=name)
        stage.session.accounts.save()
    stage.executor.finish_all()
    assert stage.shelf.content[0].name == "old"


def test_a_disk_that_hangs_holds_up_the_end_no_longer_than_its_limit(monkeypatch):
    monkeypatch.setattr(under_test, "FLUSH_LIMIT", 0.05)
    account, released = an_account(), threading.Event()
    stage = Stage(account)
    monkeypatch.setattr(stage.shelf, "write", lambda _accounts: released.wait(60))
    stage.session.accounts.edit(account.id, name="new")
    stage.session.shut_down()
    released.set()


def test_closing_the_window_and_the_end_after_it_write_once():
    account = an_account()
    stage = Stage(account)
    stage.session.accounts.edit(account.id, name="new")
    stage.session.accounts.flush()
    stage.session.shut_down()
    assert [written.name for (written,) in stage.shelf.written] == ["new"]


def test_the_end_does_not_wait_twice_for_a_disk_that_hangs(monkeypatch):
    monkeypatch.setattr(under_test, "FLUSH_LIMIT", 0.05)
    account, released = an_account(), threading.Event()
    stage = Stage(account)
    monkeypatch.setattr(stage.shelf, "write", lambda _accounts: released.wait(60))
    stage.session.accounts.edit(account.id, name="new")
    stage.session.accounts.flush()
    waiting = threading.active_count()
    stage.session.shut_down()
    assert threading.active_count() == waiting
    released.set()


@pytest.mark.parametrize("failure", [AccountsNotSaved(Cause.NO_SPACE), MemoryError()])
def test_a_disk_that_fails_at_the_end_stops_nothing(failure):
    account = an_account()
    stage = Stage(account)
    stage.shelf.failures.append(failure)
    stage.session.accounts.edit(account.id, name="new")
    stage.session.shut_down()
    assert not stage.shelf.written


def test_a_damaged_list_is_told_with_its_place():
    aside = Path("accounts.damaged-20260101-000000.json")
    stage = Stage(reading=Reading((an_account(),), damaged=aside))
    assert stage.state.notice.kind is NoticeKind.ACCOUNTS_DAMAGED
    assert stage.state.notice.path == aside
    assert len(stage.state.accounts) == 1


@pytest.mark.parametrize(
    ("trouble", "kind"),
    [
        ({"newer": True}, NoticeKind.ACCOUNTS_NEWER),
        ({"unreadable": True}, NoticeKind.ACCOUNTS_UNREADABLE),
    ],
)
def test_a_list_that_is_not_ours_is_told_and_never_written(trouble, kind):
    stage = Stage(reading=Reading(**trouble))
    assert stage.state.notice.kind is kind
    assert stage.state.notice.path == stage.shelf.path
    stage.session.accounts.edit(stage.state.selected, name="x")
    stage.session.accounts.save()
    stage.session.shut_down()
    assert not stage.executor.jobs
    assert not stage.shelf.written


def test_a_name_that_nobody_has_is_told_unless_the_list_itself_may_be_why():
    stage = Stage(an_account())
    stage.session.accounts.miss("Nobody")
    assert stage.state.notice.name == "Nobody"
    damaged = Stage(reading=Reading((), damaged=Path("accounts.damaged.json")))
    damaged.session.accounts.miss("Nobody")
    assert damaged.state.notice.kind is NoticeKind.ACCOUNTS_DAMAGED


def test_a_foreign_change_that_was_set_aside_is_told_with_its_place():
    account, aside = an_account(), Path("accounts.conflict-20260101-000000.json")
    stage = Stage(account)
    stage.shelf.conflicts.append(aside)
    stage.session.accounts.duplicate(account.id, "copy")
    stage.executor.finish_all()
    assert stage.state.notice.kind is NoticeKind.ACCOUNTS_CONFLICT
    assert stage.state.notice.path == aside


@pytest.mark.parametrize(
    ("failure", "cause"),
    [
        (AccountsNotSaved(Cause.NO_SPACE), Cause.NO_SPACE),
        (MemoryError(), Cause.RESOURCES),
        (KeyError(), Cause.OTHER),
    ],
)
def test_a_list_that_was_not_saved_is_told_until_it_is(failure, cause):
    account = an_account()
    stage = Stage(account)
    stage.shelf.failures.append(failure)
    stage.session.accounts.duplicate(account.id, "copy")
    stage.executor.finish_all()
    assert stage.state.notice.kind is NoticeKind.ACCOUNTS_NOT_SAVED
    assert stage.state.notice.cause == cause
    assert names(stage) == ["one", "copy"]
    stage.session.accounts.save()
    stage.executor.finish_all()
    assert stage.state.notice is None
    assert [each.name for each in stage.shelf.content] == ["one", "copy"]


def test_a_list_that_was_not_saved_is_written_at_the_end():
    account = an_account()
    stage = Stage(account)
    stage.shelf.failures.append(AccountsNotSaved(Cause.NO_SPACE))
    stage.session.accounts.duplicate(account.id, "copy")
    stage.executor.finish_all()
    stage.session.shut_down()
    assert [each.name for each in stage.shelf.content] == ["one", "copy"]


def test_a_notice_that_was_read_is_gone():
    stage = Stage(reading=Reading(newer=True))
    stage.session.accounts.dismiss_notice()
    assert stage.state.notice is None


def test_writing_goes_on_after_a_notice_was_read():
    account = an_account()
    stage = Stage(reading=Reading((account,), damaged=Path("aside")))
    stage.session.accounts.dismiss_notice()
    stage.session.accounts.duplicate(account.id, "copy")
    stage.executor.finish_all()
    assert len(stage.shelf.content) == 2


@pytest.mark.parametrize("field", ["name", "app_id", "address"])
@pytest.mark.parametrize("around", [" {}", '"{}",', "'{}'", "https://{}", "{}/"])
def test_a_key_in_the_wrong_field_stays_typed_and_is_not_written_down(field, around):
    account, key = an_account(), new_key()
    text = around.format(key)
    stage = Stage(account)
    stage.session.accounts.edit(account.id, **{field: text})
    stage.session.accounts.save()
    stage.executor.finish_all()
    assert getattr(stage.find(account.id).account, field) == text
    assert key not in repr(stage.shelf.content)
    stage.session.shut_down()
    assert key not in repr(stage.shelf.content)


def test_a_token_in_the_wrong_field_is_not_written_down():
    account = an_account()
    token = "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjF9.c2lnbmF0dXJl"
    stage = Stage(account)
    stage.session.accounts.edit(account.id, app_id=f"{token}\n", name=f'"{token}"')
    stage.session.accounts.save()
    stage.executor.finish_all()
    assert "eyJ" not in repr(stage.shelf.content)
