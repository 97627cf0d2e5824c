from dataclasses import replace

import pytest
from session.scripted import FOREIGN, Stage, a_sandbox_account, an_account, new_key, with_key

from deepbrain_desktop.account import ServerKind
from deepbrain_desktop.background import NoThread
from deepbrain_desktop.session.state import Field, KeyPlace
from deepbrain_desktop.studios.credentials import PRODUCTION, Flaw, Secret
from deepbrain_desktop.system.accounts_file import AccountsNotSaved, Cause, Reading
from deepbrain_desktop.system.keychain_errors import (
    KeychainLocked,
    KeychainSilent,
    KeychainUnavailable,
    KeyNotNoted,
    SavingCutShort,
)

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def account():
    return an_account()


@pytest.fixture
def stage(account):
    return Stage(account)


def kept(stage):
    return [key.reveal() for key in stage.keychain.keys.values()]


def test_the_keychain_is_known_by_its_name():
    stage = Stage(keychain=False)
    assert stage.state.keychain.name is None
    stage.session.keys.look_for_keychain()
    stage.executor.finish_all()
    assert stage.state.keychain.name == "Test keychain"


def test_where_there_is_no_keychain_it_is_known_why():
    stage = Stage(keychain=False)
    stage.keychain.failures.append(KeychainUnavailable())
    stage.session.keys.look_for_keychain()
    stage.executor.finish_all()
    assert stage.state.keychain.name is None
    assert isinstance(stage.state.keychain.problem, KeychainUnavailable)


def test_a_typed_key_is_saved_beside_the_request(stage, account):
    key = new_key()
    stage.session.keys.type_key(account.id, f" {key} ")
    stage.request(account.id)
    assert stage.find(account.id).saving_key
    stage.executor.finish_all()
    found = stage.find(account.id)
    assert kept(stage) == [key]
    assert stage.token(account.id)
    assert found.typed_key is None
    assert not found.saving_key
    assert found.key_place is KeyPlace.KEYCHAIN
    stage.request(account.id)
    stage.executor.finish_all()
    assert [asked.user_key.reveal() for asked in stage.tokens.asked] == [key, key]


def test_the_request_does_not_wait_for_the_keychain(stage, account):
    stage.session.keys.type_key(account.id, new_key())
    stage.request(account.id)
    stage.executor.finish(stage.executor.jobs[1])
    assert stage.token(account.id)
    assert not kept(stage)


@pytest.mark.parametrize("remember", [True, False])
def test_a_key_is_saved_only_where_that_is_wanted(remember):
    account = an_account(remember=remember)
    stage = Stage(account)
    stage.session.keys.type_key(account.id, new_key())
    stage.request(account.id)
    stage.executor.finish_all()
    assert len(kept(stage)) == remember


def test_without_a_keychain_the_key_stays_in_memory(account):
    stage, key = Stage(account, keychain=False), new_key()
    stage.keychain.failures.append(KeychainUnavailable())
    stage.session.keys.look_for_keychain()
    stage.executor.finish_all()
    stage.session.keys.type_key(account.id, key)
    stage.request(account.id)
    stage.executor.finish_all()
    assert stage.find(account.id).typed_key.reveal() == key
    assert stage.find(account.id).account.keys == ()
    assert not kept(stage)


@pytest.mark.parametrize("name_first", [True, False])
def test_a_key_is_saved_also_before_the_keychain_has_told_its_name(account, name_first):
    stage, key = Stage(account, keychain=False), new_key()
    stage.session.keys.look_for_keychain()
    looking = stage.executor.jobs[0]
    stage.session.keys.type_key(account.id, key)
    stage.request(account.id)
    assert stage.find(account.id).saving_key
    if name_first:
        stage.executor.finish(looking)
    while len(stage.executor.jobs) > (not name_first):
        stage.executor.finish(stage.executor.jobs[-1])
    assert stage.find(account.id).key_place is KeyPlace.KEYCHAIN
    stage.executor.finish_all()
    assert kept(stage) == [key]
    assert stage.find(account.id).key_place is KeyPlace.KEYCHAIN


def test_a_keychain_that_turns_out_unusable_leaves_the_key_in_memory(account):
    stage, key = Stage(account, keychain=False), new_key()
    stage.keychain.failures += [KeychainUnavailable(), KeychainUnavailable()]
    stage.session.keys.look_for_keychain()
    stage.session.keys.type_key(account.id, key)
    stage.request(account.id)
    stage.executor.finish_all()
    found = stage.find(account.id)
    assert found.typed_key.reveal() == key
    assert found.account.keys == ()
    assert stage.token(account.id)


def test_a_key_typed_for_the_sandbox_is_not_saved():
    account = a_sandbox_account()
    stage = Stage(account)
    stage.session.keys.type_key(account.id, new_key())
    stage.session.keys.save(account.id)
    assert not stage.executor.jobs


def test_what_is_no_key_is_not_saved_but_marked(stage, account):
    stage.session.keys.type_key(account.id, "two\nlines")
    stage.session.keys.save(account.id)
    assert not stage.executor.jobs
    found = stage.find(account.id)
    assert found.typed_key.reveal() == "two\nlines"
    assert found.flaws == ((Field.USER_KEY, Flaw.SEVERAL_LINES),)


def test_a_key_for_an_address_that_is_none_is_not_saved_and_the_address_is_marked():
    account = an_account(app_id="", server=ServerKind.OTHER, address="ftp://host.example")
    stage = Stage(account)
    stage.session.keys.type_key(account.id, new_key())
    stage.session.keys.save(account.id)
    assert not stage.executor.jobs
    assert stage.find(account.id).flaws == ((Field.ADDRESS, Flaw.SCHEME),)


def test_the_entry_is_written_down_before_the_keychain_is_asked(stage, account):
    stage.session.keys.type_key(account.id, new_key())
    stage.session.keys.save(account.id)
    stage.executor.finish_all()
    assert stage.journal == ["written", "saved"]
    (stored,) = stage.shelf.content[0].keys
    assert set(stage.keychain.keys) == {stored.entry}


def test_an_entry_names_product_host_and_app_id_and_belongs_to_one_account():
    accounts = [an_account("same"), an_account("same")]
    stage = Stage(*accounts)
    for each in accounts:
        stage.session.keys.type_key(each.id, new_key())
        stage.session.keys.save(each.id)
    stage.executor.finish_all()
    entries = list(stage.keychain.keys)
    assert len(entries) == 2
    for entry in entries:
        assert entry.service.startswith("DeepBrain Desktop: ai-streamer.deepbrain.io")
        assert entry.user == accounts[0].app_id


def test_no_secret_is_written_into_the_list(stage, account):
    key = new_key()
    stage.session.keys.type_key(account.id, key)
    stage.request(account.id)
    stage.executor.finish_all()
    assert stage.shelf.written
    assert key not in repr(stage.shelf.written)


def test_an_entry_is_taken_back_when_the_keychain_fails(stage, account):
    key = new_key()
    stage.keychain.failures.append(KeychainLocked())
    stage.session.keys.type_key(account.id, key)
    stage.session.keys.save(account.id)
    stage.executor.finish_all()
    found = stage.find(account.id)
    assert found.account.keys == ()
    assert stage.shelf.content[0].keys == ()
    assert found.typed_key.reveal() == key
    assert isinstance(found.key_problem, KeychainLocked)
    assert not found.saving_key


def unsettled():
    problem = KeychainSilent()
    problem.unsettled = True
    return problem


def saving_unsettled(stage, account):
    """Save a key up to the moment when the keychain has it and nobody knows."""
    key = new_key()
    stage.keychain.late_failures.append(unsettled())
    stage.session.keys.type_key(account.id, key)
    stage.session.keys.save(account.id)
    stage.executor.finish_next()
    stage.executor.finish_next()
    return key


def test_a_key_of_which_nobody_knows_whether_it_is_kept_stays_on_the_list(stage, account):
    key = saving_unsettled(stage, account)
    stage.keychain.failures.append(KeychainSilent())
    stage.executor.finish_all()
    found = stage.find(account.id)
    assert {stored.entry for stored in found.account.keys} == set(stage.keychain.keys)
    assert stage.shelf.content[0].keys == found.account.keys
    assert isinstance(found.key_problem, KeychainSilent)
    assert found.typed_key.reveal() == key
    stage.session.keys.forget(account.id)
    stage.executor.finish_all()
    assert not stage.keychain.keys
    assert stage.shelf.content[0].keys == ()


def test_a_key_that_turns_out_to_be_kept_is_saved(stage, account):
    saving_unsettled(stage, account)
    stage.executor.finish_all()
    found = stage.find(account.id)
    assert found.typed_key is None
    assert found.key_problem is None
    assert found.key_place is KeyPlace.KEYCHAIN


def test_a_key_that_turns_out_not_to_be_kept_is_taken_off_the_list(stage, account):
    key = saving_unsettled(stage, account)
    stage.keychain.keys.clear()
    stage.executor.finish_all()
    found = stage.find(account.id)
    assert stage.shelf.content[0].keys == found.account.keys == ()
    assert isinstance(found.key_problem, KeychainSilent)
    assert found.typed_key.reveal() == key


def test_an_old_look_says_nothing_of_a_key_that_was_saved_since(stage, account):
    saving_unsettled(stage, account)
    look = stage.executor.jobs[-1]
    stage.keychain.keys.clear()
    look.do()
    stage.session.keys.save(account.id)
    while stage.executor.jobs != [look]:
        stage.executor.finish(next(job for job in stage.executor.jobs if job is not look))
    stage.executor.finish(look)
    stage.executor.finish_all()
    (stored,) = stage.find(account.id).account.keys
    assert set(stage.keychain.keys) == {stored.entry}
    assert stage.shelf.content[0].keys == (stored,)


def test_a_key_forgotten_when_its_saving_had_begun_is_removed(stage, account):
    stage.keychain.late_failures.append(SavingCutShort())
    stage.session.keys.type_key(account.id, new_key())
    stage.session.keys.save(account.id)
    stage.executor.finish_next()
    stage.executor.jobs[0].do()
    stage.session.keys.forget(account.id)
    stage.executor.finish_all()
    assert not stage.keychain.keys
    assert stage.find(account.id).account.keys == ()


def test_the_entry_of_the_key_before_stays_when_replacing_it_fails():
    account = with_key(an_account())
    stage = Stage(account)
    stage.keychain.failures.append(KeychainLocked())
    stage.session.keys.type_key(account.id, new_key())
    stage.session.keys.save(account.id)
    stage.executor.finish_all()
    assert stage.find(account.id).account == account
    assert stage.shelf.content == (account,)


def test_a_replaced_key_lies_where_the_one_before_lay():
    account, key = with_key(an_account()), new_key()
    stage = Stage(account)
    stage.keychain.keys[account.keys[0].entry] = Secret(new_key())
    stage.session.accounts.edit(account.id, app_id="studiov3.new@example.com")
    stage.session.keys.type_key(account.id, key)
    stage.session.keys.save(account.id)
    stage.executor.finish_all()
    assert stage.keychain.keys == {account.keys[0].entry: Secret(key)}


def test_a_key_that_could_not_be_written_down_is_not_saved_and_stays_typed(stage, account):
    key = new_key()
    stage.shelf.failures.append(AccountsNotSaved(Cause.NO_SPACE))
    stage.session.keys.type_key(account.id, key)
    stage.request(account.id)
    stage.executor.finish_all()
    found = stage.find(account.id)
    assert not kept(stage)
    assert "saved" not in stage.journal
    assert found.typed_key.reveal() == key
    assert found.account.keys == ()
    assert isinstance(found.key_problem, KeyNotNoted)
    assert stage.token(account.id)


@pytest.mark.parametrize("trouble", [{"newer": True}, {"unreadable": True}])
def test_no_key_is_saved_where_the_list_is_not_ours_to_write(trouble):
    stage = Stage(reading=Reading(**trouble))
    (found,) = stage.state.accounts
    stage.session.accounts.edit(found.id, app_id="studiov3.me@example.com")
    stage.session.keys.type_key(found.id, new_key())
    stage.session.keys.save(found.id)
    stage.executor.finish_all()
    assert not kept(stage)
    assert not stage.shelf.written
    assert stage.find(found.id).typed_key
    assert stage.find(found.id).key_problem


def test_what_nobody_foresaw_in_the_keychain_is_told(stage, account):
    stage.keychain.failures.append(RecursionError())
    stage.session.keys.type_key(account.id, new_key())
    stage.session.keys.save(account.id)
    stage.executor.finish_all()
    assert stage.find(account.id).key_problem.kind == "RecursionError"
    assert not stage.find(account.id).saving_key


@pytest.mark.parametrize("shortage", [NoThread(), MemoryError()])
def test_a_shortage_is_not_blamed_on_the_keychain(stage, account, shortage):
    stage.keychain.failures.append(shortage)
    stage.session.keys.type_key(account.id, new_key())
    stage.session.keys.save(account.id)
    stage.executor.finish_all()
    assert stage.find(account.id).key_problem.reason == "KEYCHAIN-RESOURCES"


def test_one_saving_at_a_time_for_an_account(stage, account):
    stage.session.keys.type_key(account.id, new_key())
    for _ in range(5):
        stage.session.keys.save(account.id)
    stage.executor.finish_all()
    assert stage.journal == ["written", "saved"]


def test_saving_can_be_given_up(stage, account):
    key = new_key()
    stage.session.keys.type_key(account.id, key)
    stage.session.keys.save(account.id)
    stage.session.keys.stop_saving(account.id)
    stage.executor.finish_all()
    found = stage.find(account.id)
    assert not kept(stage)
    assert found.account.keys == ()
    assert found.typed_key.reveal() == key
    assert found.key_problem is None


def test_what_was_typed_while_saving_is_not_lost(stage, account):
    stage.session.keys.type_key(account.id, new_key())
    stage.session.keys.save(account.id)
    stage.session.keys.type_key(account.id, "newer")
    stage.executor.finish_all()
    assert stage.find(account.id).typed_key.reveal() == "newer"


def test_a_key_accepted_while_another_is_being_saved_is_saved_after_it(stage, account):
    wrong, right = new_key(), new_key()
    stage.session.keys.type_key(account.id, wrong)
    stage.session.keys.save(account.id)
    stage.executor.finish_next()
    saving = stage.executor.jobs[0]
    stage.session.keys.type_key(account.id, right)
    stage.request(account.id)
    stage.executor.finish(stage.executor.jobs[1])
    assert stage.token(account.id)
    stage.executor.finish(saving)
    stage.executor.finish_all()
    assert kept(stage) == [right]
    assert stage.find(account.id).typed_key is None


@pytest.mark.parametrize("later", ["", "what was never accepted"])
def test_what_is_typed_after_the_accepted_key_is_not_saved_in_its_place(stage, account, later):
    first, accepted = new_key(), new_key()
    stage.session.keys.type_key(account.id, first)
    stage.session.keys.save(account.id)
    stage.session.keys.type_key(account.id, accepted)
    stage.session.keys.save(account.id)
    stage.session.keys.type_key(account.id, later)
    stage.executor.finish_all()
    assert kept(stage) == [first]


def test_a_key_that_waits_to_be_saved_is_not_saved_for_another_host(stage, account):
    first, accepted = new_key(), new_key()
    stage.session.keys.type_key(account.id, first)
    stage.session.keys.save(account.id)
    stage.session.keys.type_key(account.id, accepted)
    stage.session.keys.save(account.id)
    stage.session.accounts.edit(account.id, server=ServerKind.OTHER, address=FOREIGN)
    stage.executor.finish_all()
    assert kept(stage) == [first]
    assert [stored.host for stored in stage.find(account.id).account.keys] == [PRODUCTION.host]
    assert stage.find(account.id).typed_key.reveal() == accepted


def test_a_keychain_that_fails_is_not_asked_again_by_itself(stage, account):
    stage.session.keys.type_key(account.id, new_key())
    stage.session.keys.save(account.id)
    stage.session.keys.save(account.id)
    stage.keychain.failures.append(KeychainLocked())
    stage.executor.finish_all()
    assert not kept(stage)
    assert stage.find(account.id).key_problem.reason == "KEYCHAIN-LOCKED"


def test_the_same_key_typed_again_while_saving_is_saved(stage, account):
    key = new_key()
    stage.session.keys.type_key(account.id, key)
    stage.session.keys.save(account.id)
    stage.session.keys.type_key(account.id, "other")
    stage.session.keys.type_key(account.id, key)
    stage.executor.finish_all()
    assert stage.find(account.id).typed_key is None


def test_a_key_saved_for_one_host_stays_typed_for_another(stage, account):
    key = new_key()
    stage.session.keys.type_key(account.id, key)
    stage.session.keys.save(account.id)
    stage.session.accounts.edit(account.id, server=ServerKind.OTHER, address=FOREIGN)
    stage.executor.finish_all()
    found = stage.find(account.id)
    assert found.typed_key.reveal() == key
    assert [stored.host for stored in found.account.keys] == ["ai-streamer.deepbrain.io"]


def test_a_key_is_saved_under_the_app_id_it_was_typed_with(stage, account):
    stage.session.keys.type_key(account.id, new_key())
    stage.session.keys.save(account.id)
    stage.session.accounts.edit(account.id, app_id="studiov3.new@example.com")
    stage.executor.finish_all()
    (stored,) = stage.find(account.id).account.keys
    assert stored.entry.user == account.app_id
    assert set(stage.keychain.keys) == {stored.entry}
    assert stage.find(account.id).account.app_id == "studiov3.new@example.com"


def test_a_key_on_its_way_into_the_keychain_stays_on_the_list(stage, account):
    stage.session.keys.type_key(account.id, new_key())
    stage.session.keys.save(account.id)
    stage.executor.finish_next()
    stage.session.keys.type_key(account.id, "")
    stage.request(account.id)
    save, read = stage.executor.jobs
    stage.executor.finish(read)
    stage.executor.finish(save)
    stage.executor.finish_all()
    (stored,) = stage.find(account.id).account.keys
    assert set(stage.keychain.keys) == {stored.entry}
    assert stage.shelf.content[0].keys == (stored,)


def test_a_key_of_one_host_is_not_sent_to_another():
    account = with_key(an_account(server=ServerKind.OTHER, address=FOREIGN))
    stage = Stage(account)
    assert stage.find(account.id).key_place is KeyPlace.NOWHERE


def two_hosts():
    account = with_key(an_account(), "ai-streamer.deepbrain.io", "streamer.example.org")
    stage = Stage(account)
    for stored in account.keys:
        stage.keychain.keys[stored.entry] = Secret(new_key())
    return stage, account


def test_forgetting_removes_the_key_of_every_host():
    stage, account = two_hosts()
    stage.session.keys.type_key(account.id, new_key())
    stage.session.keys.forget(account.id)
    assert stage.find(account.id).removing
    stage.executor.finish_all()
    found = stage.find(account.id)
    assert not stage.keychain.keys
    assert found.account.keys == ()
    assert stage.shelf.content[0].keys == ()
    assert found.typed_key is None
    assert not found.removing


def test_forgetting_what_is_only_typed_needs_no_keychain(stage, account):
    stage.session.keys.type_key(account.id, new_key())
    stage.session.keys.forget(account.id)
    assert not stage.executor.jobs
    assert stage.find(account.id).typed_key is None
    assert not stage.find(account.id).removing


def test_what_could_not_be_forgotten_is_told_and_stays_on_the_list():
    stage, account = two_hosts()
    stage.keychain.failures.append(KeychainSilent())
    stage.session.keys.forget(account.id)
    stage.executor.finish_all()
    found = stage.find(account.id)
    assert isinstance(found.key_problem, KeychainSilent)
    assert found.removal_failed
    assert not found.removing
    assert found.account == account
    assert len(stage.keychain.keys) == 2


def test_the_list_names_just_the_keys_that_are_left_when_forgetting_fails_half_way():
    stage, account = two_hosts()
    stage.session.keys.forget(account.id)
    stage.executor.finish_next()
    stage.keychain.failures.append(KeychainSilent())
    stage.executor.finish_all()
    left = [stored.entry for stored in stage.find(account.id).account.keys]
    assert left == list(stage.keychain.keys)
    assert len(left) == 1
    assert [stored.entry for stored in stage.shelf.content[0].keys] == left


def test_forgetting_can_be_tried_again():
    stage, account = two_hosts()
    stage.keychain.failures.append(KeychainSilent())
    for _ in range(2):
        stage.session.keys.forget(account.id)
        stage.executor.finish_all()
    found = stage.find(account.id)
    assert not stage.keychain.keys
    assert not found.removal_failed
    assert found.key_problem is None


def test_forgetting_once_is_enough():
    stage, account = two_hosts()
    for _ in range(3):
        stage.session.keys.forget(account.id)
    stage.executor.finish_all()
    assert stage.journal.count("removed") == 2


@pytest.mark.parametrize("done", [0, 1, 2, 3])
def test_a_key_forgotten_while_it_is_being_saved_is_gone(stage, account, done):
    stage.session.keys.type_key(account.id, new_key())
    stage.session.keys.save(account.id)
    steps = [stage.executor.do_next, stage.executor.finish_next, stage.executor.do_next]
    for step in steps[:done]:
        step()
    stage.session.keys.forget(account.id)
    stage.executor.finish_all()
    found = stage.find(account.id)
    assert not stage.keychain.keys
    assert found.account.keys == ()
    assert found.typed_key is None
    assert not found.removing
    assert not found.saving_key


def test_a_key_that_is_being_forgotten_is_not_saved():
    stage, account = two_hosts()
    stage.session.keys.forget(account.id)
    stage.session.keys.type_key(account.id, new_key())
    stage.session.keys.save(account.id)
    stage.executor.finish_all()
    assert not stage.keychain.keys


def test_a_saved_key_ends_the_mark_of_a_removal_that_failed():
    stage, account = two_hosts()
    stage.keychain.failures.append(KeychainSilent())
    stage.session.keys.forget(account.id)
    stage.executor.finish_all()
    stage.session.keys.type_key(account.id, new_key())
    stage.session.keys.save(account.id)
    stage.executor.finish_all()
    assert not stage.find(account.id).removal_failed


def test_shutting_down_waits_for_no_keychain(stage, account):
    stage.session.keys.type_key(account.id, new_key())
    stage.session.keys.save(account.id)
    stage.executor.finish_next()
    stage.session.shut_down()
    stage.executor.finish_all()
    assert not kept(stage)


def test_a_key_in_the_wrong_field_does_not_name_the_entry():
    account, key = an_account(), new_key()
    stage = Stage(account)
    stage.session.accounts.edit(account.id, app_id=key)
    stage.session.keys.type_key(account.id, "studiov3.me@example.com")
    stage.session.keys.save(account.id)
    stage.executor.finish_all()
    assert stage.find(account.id).account.keys
    assert key not in repr(stage.shelf.content)


def test_accounts_with_like_ids_keep_a_key_each():
    pair = [replace(an_account(), id=f"account-{number}") for number in (1, 2)]
    stage = Stage(*pair)
    keys = [new_key(), new_key()]
    for account, key in zip(pair, keys, strict=True):
        stage.session.keys.type_key(account.id, key)
        stage.request(account.id)
        stage.executor.finish_all()
    assert sorted(kept(stage)) == sorted(keys)
