import logging
import uuid

import pytest
from session.scripted import FOREIGN, Stage, a_sandbox_account, an_account, new_key, with_key

from deepbrain_desktop.account import ServerKind
from deepbrain_desktop.background import NoThread
from deepbrain_desktop.session.requests import HISTORY_LENGTH
from deepbrain_desktop.session.state import (
    Awaited,
    Failed,
    Field,
    Granted,
    HostNotTrusted,
    KeyNotFound,
    KeyPlace,
    Requesting,
    Stopped,
    Unforeseen,
    Untried,
)
from deepbrain_desktop.studios.credentials import PRODUCTION, Flaw, Secret, parse_server
from deepbrain_desktop.studios.errors import HttpFailed, NameNotFound, ServiceRefused
from deepbrain_desktop.studios.scenarios import SANDBOX_USER_KEY
from deepbrain_desktop.system.keychain_errors import KeychainLocked
from deepbrain_desktop.waiting import Cancelled

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def account():
    return an_account(remember=False)


@pytest.fixture
def stage(account):
    stage = Stage(account)
    stage.session.keys.type_key(account.id, new_key())
    return stage


def test_a_request_sends_what_stands_in_the_form_trimmed():
    account = an_account(app_id="  studiov3.me@example.com\n", remember=False)
    stage, key = Stage(account), new_key()
    stage.session.keys.type_key(account.id, f"\t{key} ")
    stage.request(account.id)
    stage.executor.finish_all()
    (asked,) = stage.tokens.asked
    assert asked.app_id == "studiov3.me@example.com"
    assert asked.user_key.reveal() == key
    assert asked.server == PRODUCTION
    assert stage.token(account.id) == asked.token
    assert stage.find(account.id).phase.app_id == "studiov3.me@example.com"


def test_the_sandbox_needs_no_key():
    account = a_sandbox_account()
    stage = Stage(account)
    stage.request(account.id)
    stage.executor.finish_all()
    (asked,) = stage.tokens.asked
    assert asked.server is None
    assert asked.user_key.reveal() == SANDBOX_USER_KEY


def test_one_request_at_a_time_for_an_account(stage, account):
    for _ in range(100):
        stage.request(account.id)
    stage.executor.finish_all()
    assert len(stage.tokens.asked) == 1
    assert len(stage.find(account.id).history) == 1


def test_accounts_are_served_side_by_side():
    accounts = [an_account(name, remember=False) for name in "abc"]
    stage = Stage(*accounts)
    for each in accounts:
        stage.session.keys.type_key(each.id, new_key())
        stage.request(each.id)
    assert len(stage.executor.jobs) == 3
    for job in reversed(stage.executor.jobs.copy()):
        stage.executor.finish(job)
    tokens = {asked.app_id: asked.token for asked in stage.tokens.asked}
    assert {each.app_id: stage.token(each.id) for each in accounts} == tokens


def test_a_cancelled_request_is_over_at_once(stage, account):
    stage.request(account.id)
    stage.session.requests.cancel(account.id)
    found = stage.find(account.id)
    assert isinstance(found.phase, Stopped)
    assert [row.outcome for row in found.history] == ["CANCELLED"]


def test_cancelling_reaches_the_call_that_is_under_way(stage, account):
    stage.request(account.id)
    stage.executor.do_next()
    stage.session.requests.cancel(account.id)
    assert stage.tokens.cancellations[0].requested


@pytest.mark.parametrize("answer", [None, NameNotFound(), Cancelled(), MemoryError()])
def test_the_answer_to_a_cancelled_request_never_lands(stage, account, answer):
    stage.tokens.failures += [answer] if answer else []
    stage.request(account.id)
    stage.executor.do_next()
    stage.session.requests.cancel(account.id)
    before = stage.state
    stage.executor.finish_all()
    assert stage.state == before


def test_a_late_answer_does_not_land_on_the_request_after_it(stage, account):
    stage.request(account.id)
    late = stage.executor.do_next()
    stage.session.requests.cancel(account.id)
    stage.request(account.id)
    new = stage.executor.do_next()
    stage.executor.finish(late)
    assert isinstance(stage.find(account.id).phase, Requesting)
    stage.executor.finish(new)
    assert stage.token(account.id) == stage.tokens.asked[1].token


def test_a_late_answer_does_not_replace_the_one_of_the_request_after_it(stage, account):
    stage.request(account.id)
    late = stage.executor.do_next()
    stage.session.requests.cancel(account.id)
    stage.request(account.id)
    stage.executor.finish(stage.executor.jobs[1])
    before = stage.state
    stage.executor.finish(late)
    assert stage.state == before
    assert [row.outcome for row in stage.find(account.id).history] == ["OK", "CANCELLED"]


def test_an_answer_lands_on_its_account_though_another_is_selected():
    one, other = an_account("one", remember=False), an_account("other", remember=False)
    stage = Stage(one, other)
    stage.session.keys.type_key(one.id, new_key())
    stage.request(one.id)
    stage.session.accounts.select(other.id)
    stage.executor.finish_all()
    assert stage.token(one.id)
    assert stage.find(other.id).phase == Untried()


def test_an_answer_for_a_removed_account_lands_nowhere():
    one, other = an_account("one", remember=False), an_account("other", remember=False)
    stage = Stage(one, other)
    stage.session.keys.type_key(one.id, new_key())
    stage.request(one.id)
    answer = stage.executor.do_next()
    stage.session.remove(one.id)
    stage.executor.finish(answer)
    assert [each.id for each in stage.state.accounts] == [other.id]
    assert stage.find(other.id).phase == Untried()
    assert stage.tokens.cancellations[0].requested


def test_an_answer_lands_though_the_account_was_renamed(stage, account):
    stage.request(account.id)
    stage.session.accounts.edit(account.id, name="New name")
    stage.executor.finish_all()
    assert stage.token(account.id) == stage.tokens.asked[0].token
    assert stage.find(account.id).account.name == "New name"


@pytest.mark.parametrize(
    "change", [{"app_id": "other"}, {"server": ServerKind.SANDBOX}, {"address": FOREIGN}]
)
def test_what_a_request_was_made_with_stands_still_while_it_is_under_way(stage, account, change):
    stage.request(account.id)
    stage.session.accounts.edit(account.id, **change)
    stage.session.keys.type_key(account.id, "another")
    found = stage.find(account.id)
    assert found.account == account
    assert found.typed_key.reveal() != "another"


def test_a_token_says_which_app_id_it_is_for_after_the_form_was_edited(stage, account):
    stage.request(account.id)
    stage.executor.finish_all()
    stage.session.accounts.edit(account.id, app_id="studiov3.new@example.com")
    assert stage.find(account.id).phase.app_id == account.app_id


def test_nothing_older_stays_while_a_new_request_is_under_way(stage, account):
    stage.request(account.id)
    stage.executor.finish_all()
    stage.request(account.id)
    assert isinstance(stage.find(account.id).phase, Requesting)
    assert stage.token(account.id) is None


def test_a_failure_has_one_outcome_and_one_row(stage, account):
    stage.tokens.failures.append(NameNotFound())
    stage.request(account.id)
    stage.executor.finish_all()
    found = stage.find(account.id)
    assert isinstance(found.phase, Failed)
    assert isinstance(found.phase.problem, NameNotFound)
    assert [row.outcome for row in found.history] == ["NET-DNS"]


def test_after_a_failure_a_good_request_succeeds(stage, account):
    stage.tokens.failures.append(NameNotFound())
    for _ in range(2):
        stage.request(account.id)
        stage.executor.finish_all()
    assert isinstance(stage.find(account.id).phase, Granted)
    assert [row.outcome for row in stage.find(account.id).history] == ["OK", "NET-DNS"]


@pytest.mark.parametrize("kind", [SystemExit, KeyError, RecursionError])
def test_what_nobody_foresaw_ends_the_request(stage, account, kind, caplog):
    secret = str(uuid.uuid4())
    stage.tokens.failures.append(kind(secret))
    with caplog.at_level(logging.DEBUG):
        stage.request(account.id)
        stage.executor.finish_all()
    phase = stage.find(account.id).phase
    assert isinstance(phase, Failed)
    assert isinstance(phase.problem, Unforeseen)
    assert phase.problem.kind == kind.__name__
    assert kind.__name__ in caplog.text
    assert secret not in caplog.text + "".join(str(each.exc_info) for each in caplog.records)


@pytest.mark.parametrize("shortage", [NoThread(), MemoryError()])
def test_a_shortage_is_no_fault_of_this_program(stage, account, shortage):
    stage.tokens.failures.append(shortage)
    stage.request(account.id)
    stage.executor.finish_all()
    assert stage.find(account.id).phase.problem.reason == "SYSTEM-RESOURCES"


def test_the_history_keeps_the_newest_requests_only(stage, account):
    for moment in range(HISTORY_LENGTH + 3):
        stage.clocks.now = float(moment)
        stage.request(account.id)
        stage.executor.finish_all()
    rows = stage.find(account.id).history
    assert len(rows) == HISTORY_LENGTH
    assert rows[0].at == HISTORY_LENGTH + 2


@pytest.mark.parametrize("problem", [HttpFailed(429, 5), ServiceRefused(4290, 5)])
def test_no_request_is_made_before_the_service_wants_one(stage, account, problem):
    stage.tokens.failures.append(problem)
    stage.request(account.id)
    stage.executor.finish_all()
    stage.clocks.now += 4.9
    stage.request(account.id)
    assert not stage.executor.jobs
    assert isinstance(stage.find(account.id).phase, Failed)
    stage.clocks.now += 0.1
    stage.request(account.id)
    stage.executor.finish_all()
    assert stage.token(account.id)


def test_the_pause_of_one_account_does_not_stop_another():
    one, other = an_account("one", remember=False), an_account("other", remember=False)
    stage = Stage(one, other)
    for each in (one, other):
        stage.session.keys.type_key(each.id, new_key())
    stage.tokens.failures.append(HttpFailed(429, 300))
    for each in (one, other):
        stage.request(each.id)
        stage.executor.finish_all()
    assert stage.token(other.id)


@pytest.mark.parametrize(
    ("changes", "key", "expected"),
    [
        ({"app_id": ""}, "k", (Field.APP_ID, Flaw.EMPTY)),
        ({"app_id": " \n"}, "k", (Field.APP_ID, Flaw.EMPTY)),
        ({"app_id": "a\nb"}, "k", (Field.APP_ID, Flaw.SEVERAL_LINES)),
        ({"app_id": "a" * 10_000}, "k", (Field.APP_ID, Flaw.TOO_LONG)),
        ({"app_id": "a\x07b"}, "k", (Field.APP_ID, Flaw.CONTROL_CHARACTER)),
        ({"app_id": "a\u202eb"}, "k", (Field.APP_ID, Flaw.INVISIBLE_CHARACTER)),
        ({}, "", (Field.USER_KEY, Flaw.EMPTY)),
        ({}, "  ", (Field.USER_KEY, Flaw.EMPTY)),
        ({}, "a\nb", (Field.USER_KEY, Flaw.SEVERAL_LINES)),
        ({}, "a" * 10_000, (Field.USER_KEY, Flaw.TOO_LONG)),
        ({}, "a\u200bb", (Field.USER_KEY, Flaw.INVISIBLE_CHARACTER)),
        ({"server": ServerKind.OTHER}, "k", (Field.ADDRESS, Flaw.EMPTY)),
        (
            {"server": ServerKind.OTHER, "address": "http://a.example"},
            "k",
            (Field.ADDRESS, Flaw.NOT_ENCRYPTED),
        ),
    ],
)
def test_a_flaw_is_found_before_anything_is_sent_and_nothing_typed_is_lost(changes, key, expected):
    account = an_account(**changes)
    stage = Stage(account)
    stage.session.keys.type_key(account.id, key)
    stage.request(account.id)
    found = stage.find(account.id)
    assert not stage.executor.jobs
    assert found.flaws == (expected,)
    assert found.account == account
    assert (found.typed_key.reveal() if found.typed_key else "") == key
    assert found.phase == Untried()
    assert found.history == ()


@pytest.mark.parametrize("ended", [Failed, Stopped])
def test_an_earlier_end_does_not_stay_beside_a_flaw_as_if_it_were_this_attempts(
    stage, account, ended
):
    if ended is Failed:
        stage.tokens.failures.append(NameNotFound())
    stage.request(account.id)
    if ended is Stopped:
        stage.session.requests.cancel(account.id)
    stage.executor.finish_all()
    assert isinstance(stage.find(account.id).phase, ended)
    stage.session.accounts.edit(account.id, app_id="")
    stage.request(account.id)
    assert stage.find(account.id).phase == Untried()
    assert stage.find(account.id).flaws == ((Field.APP_ID, Flaw.EMPTY),)


def test_all_flaws_are_found_at_once():
    account = an_account(app_id="", server=ServerKind.OTHER, address="ftp://x.example")
    stage = Stage(account)
    stage.request(account.id)
    assert {where for where, _ in stage.find(account.id).flaws} == set(Field)


def test_a_flaw_is_gone_when_its_field_is_edited():
    account = an_account(app_id="", server=ServerKind.OTHER)
    stage = Stage(account)
    stage.request(account.id)
    stage.session.accounts.edit(account.id, app_id="a")
    assert {where for where, _ in stage.find(account.id).flaws} == {Field.ADDRESS, Field.USER_KEY}
    stage.session.keys.type_key(account.id, "k")
    assert {where for where, _ in stage.find(account.id).flaws} == {Field.ADDRESS}
    stage.session.accounts.edit(account.id, address="x.example")
    assert stage.find(account.id).flaws == ()


def test_a_missing_key_is_no_flaw_any_more_when_the_sandbox_is_chosen():
    account = an_account()
    stage = Stage(account)
    stage.request(account.id)
    stage.session.accounts.edit(account.id, server=ServerKind.SANDBOX)
    assert stage.find(account.id).flaws == ()


def foreign(address=FOREIGN):
    return an_account(server=ServerKind.OTHER, address=address, remember=False)


def test_a_key_goes_to_a_foreign_host_only_when_that_was_agreed_to():
    account = foreign()
    stage = Stage(account)
    stage.session.keys.type_key(account.id, new_key())
    stage.request(account.id)
    phase = stage.find(account.id).phase
    assert isinstance(phase.problem, HostNotTrusted)
    assert phase.problem.host == "streamer.example.org"
    assert not stage.executor.jobs
    stage.session.requests.trust_host(account.id)
    stage.executor.finish_all()
    assert stage.token(account.id)


def test_a_foreign_host_is_agreed_to_once():
    account = foreign()
    stage = Stage(account)
    stage.session.keys.type_key(account.id, new_key())
    stage.request(account.id)
    stage.session.requests.trust_host(account.id)
    stage.executor.finish_all()
    stage.request(account.id)
    stage.executor.finish_all()
    assert len(stage.tokens.asked) == 2
    stage.session.shut_down()
    assert stage.shelf.content[0].trusted_host == "streamer.example.org"


def test_only_the_host_that_was_named_is_agreed_to():
    account = foreign()
    stage = Stage(account)
    stage.session.keys.type_key(account.id, new_key())
    stage.request(account.id)
    stage.session.accounts.edit(account.id, address="https://elsewhere.example.org")
    stage.session.requests.trust_host(account.id)
    phase = stage.find(account.id).phase
    assert not stage.tokens.asked
    assert isinstance(phase.problem, HostNotTrusted)
    assert phase.problem.host == "elsewhere.example.org"


def test_nothing_is_agreed_to_where_nothing_was_asked():
    account = foreign()
    stage = Stage(account)
    stage.session.keys.type_key(account.id, new_key())
    stage.session.requests.trust_host(account.id)
    assert stage.find(account.id).account.trusted_host is None
    assert not stage.executor.jobs


@pytest.mark.parametrize(
    "address", ["http://localhost:8080", "https://127.0.0.1", "https://ai-streamer.deepbrain.io/"]
)
def test_loopback_and_production_need_no_agreement(address):
    account = foreign(address)
    stage = Stage(account)
    stage.session.keys.type_key(account.id, new_key())
    stage.request(account.id)
    stage.executor.finish_all()
    assert stage.token(account.id)


def test_the_key_is_read_from_the_keychain_for_each_request_anew():
    account = with_key(an_account())
    stage, first, second = Stage(account), new_key(), new_key()
    for key in (first, second):
        stage.keychain.keys[account.keys[0].entry] = Secret(key)
        stage.request(account.id)
        assert stage.find(account.id).phase.awaited is Awaited.KEYCHAIN
        stage.executor.finish_next()
        assert stage.find(account.id).phase.awaited is Awaited.SERVICE
        stage.executor.finish_next()
    assert [asked.user_key.reveal() for asked in stage.tokens.asked] == [first, second]


def test_a_typed_key_goes_before_the_saved_one():
    account = with_key(an_account(remember=False))
    stage, key = Stage(account), new_key()
    stage.keychain.keys[account.keys[0].entry] = Secret(new_key())
    stage.session.keys.type_key(account.id, key)
    stage.request(account.id)
    stage.executor.finish_all()
    assert stage.tokens.asked[0].user_key.reveal() == key


def test_a_key_that_is_not_in_the_keychain_is_asked_for_and_stays_on_the_list():
    account, key = with_key(an_account()), new_key()
    stage = Stage(account)
    stage.request(account.id)
    stage.executor.finish_all()
    found = stage.find(account.id)
    assert isinstance(found.phase.problem, KeyNotFound)
    assert found.key_place is KeyPlace.MISSING
    assert found.account == account
    assert not stage.tokens.asked
    stage.session.keys.type_key(account.id, key)
    stage.request(account.id)
    stage.executor.finish_all()
    assert stage.token(account.id)
    assert stage.keychain.keys == {account.keys[0].entry: Secret(key)}
    assert stage.find(account.id).key_place is KeyPlace.KEYCHAIN


def test_what_is_not_found_for_one_server_says_nothing_of_the_other():
    host = parse_server(FOREIGN).host
    account = with_key(an_account(address=FOREIGN), PRODUCTION.host, host)
    stage = Stage(account)
    servers = (ServerKind.PRODUCTION, ServerKind.OTHER)
    places = []
    for server in (*servers, *servers):
        stage.session.accounts.edit(account.id, server=server, trusted_host=host)
        places.append(stage.find(account.id).key_place)
        stage.request(account.id)
        stage.executor.finish_all()
    assert places == [KeyPlace.KEYCHAIN] * 2 + [KeyPlace.MISSING] * 2
    stage.session.keys.type_key(account.id, new_key())
    stage.session.keys.save(account.id)
    stage.executor.finish_all()
    assert stage.find(account.id).key_place is KeyPlace.KEYCHAIN
    stage.session.accounts.edit(account.id, server=ServerKind.PRODUCTION)
    assert stage.find(account.id).key_place is KeyPlace.MISSING


def test_a_key_is_found_when_the_keychain_that_has_it_is_back():
    account, key = with_key(an_account()), new_key()
    stage = Stage(account)
    stage.request(account.id)
    stage.executor.finish_all()
    stage.keychain.keys[account.keys[0].entry] = Secret(key)
    stage.request(account.id)
    stage.executor.finish_all()
    assert [asked.user_key.reveal() for asked in stage.tokens.asked] == [key]
    assert stage.find(account.id).key_place is KeyPlace.KEYCHAIN


def test_what_is_no_key_is_not_sent_though_it_comes_from_the_keychain():
    account = with_key(an_account())
    stage = Stage(account)
    stage.keychain.keys[account.keys[0].entry] = Secret("two\nlines")
    stage.request(account.id)
    stage.executor.finish_all()
    assert not stage.tokens.asked
    assert isinstance(stage.find(account.id).phase.problem, KeyNotFound)
    assert stage.find(account.id).account == account


def test_a_line_end_after_the_key_in_the_keychain_is_not_sent():
    account, key = with_key(an_account()), new_key()
    stage = Stage(account)
    stage.keychain.keys[account.keys[0].entry] = Secret(f"{key}\n")
    stage.request(account.id)
    stage.executor.finish_all()
    assert stage.tokens.asked[0].user_key.reveal() == key


def test_a_keychain_that_fails_ends_the_request_and_costs_no_key():
    account = with_key(an_account())
    stage = Stage(account)
    stage.keychain.failures.append(KeychainLocked())
    stage.request(account.id)
    stage.executor.finish_all()
    found = stage.find(account.id)
    assert isinstance(found.phase.problem, KeychainLocked)
    assert found.account == account
    assert len(found.history) == 1


def test_a_key_that_arrives_after_cancelling_is_not_sent():
    account = with_key(an_account())
    stage = Stage(account)
    stage.keychain.keys[account.keys[0].entry] = Secret(new_key())
    stage.request(account.id)
    stage.executor.do_next()
    stage.session.requests.cancel(account.id)
    stage.executor.finish_all()
    assert not stage.tokens.asked


def test_the_intents_of_accounts_that_are_gone_do_nothing(stage):
    gone, before = uuid.uuid4().hex, stage.state
    stage.request(gone)
    stage.session.requests.cancel(gone)
    stage.session.requests.trust_host(gone)
    stage.session.keys.type_key(gone, "k")
    stage.session.keys.save(gone)
    stage.session.keys.stop_saving(gone)
    stage.session.keys.forget(gone)
    stage.session.accounts.select(gone)
    stage.session.accounts.edit(gone, name="x")
    stage.session.accounts.duplicate(gone, "x")
    stage.session.accounts.drop(gone)
    stage.session.remove(gone)
    stage.session.remove(gone, leave_keys=True)
    assert stage.state == before


def test_cancelling_where_nothing_is_under_way_does_nothing(stage, account):
    before = stage.state
    stage.session.requests.cancel(account.id)
    assert stage.state == before


def test_nothing_is_requested_while_the_key_is_being_removed():
    account = with_key(an_account())
    stage = Stage(account)
    stage.session.keys.forget(account.id)
    stage.request(account.id)
    assert stage.find(account.id).phase == Untried()


def test_shutting_down_stops_every_request():
    accounts = [an_account(name, remember=False) for name in "ab"]
    stage = Stage(*accounts)
    for each in accounts:
        stage.session.keys.type_key(each.id, new_key())
        stage.request(each.id)
        stage.executor.do_next()
    stage.session.shut_down()
    assert all(each.requested for each in stage.tokens.cancellations)


def test_a_pause_ends_with_what_it_was_asked_for(stage, account):
    stage.tokens.failures.append(HttpFailed(429, 300))
    stage.request(account.id)
    stage.executor.finish_all()
    stage.request(account.id)
    assert len(stage.tokens.asked) == 1
    stage.session.accounts.edit(account.id, app_id="studiov3.other@example.com")
    stage.request(account.id)
    stage.executor.finish_all()
    assert len(stage.tokens.asked) == 2


@pytest.mark.parametrize(
    ("change", "lifted"),
    [
        (lambda stage, one: stage.session.keys.type_key(one, new_key()), True),
        (lambda stage, one: stage.session.accounts.edit(one, app_id="studiov3.o@p.example"), True),
        (lambda stage, one: stage.session.accounts.edit(one, server=ServerKind.SANDBOX), True),
        (lambda stage, one: stage.session.accounts.edit(one, name="other", remember=True), False),
        (lambda stage, one: stage.session.keys.type_key(one, ""), False),
    ],
    ids=["another key", "another app id", "another server", "another name", "no key"],
)
def test_a_pause_is_lifted_by_other_credentials_only(stage, account, change, lifted):
    key = stage.find(account.id).typed_key.reveal()
    app_id = account.app_id
    stage.tokens.failures.append(HttpFailed(429, 300))
    stage.request(account.id)
    stage.executor.finish_all()
    assert stage.find(account.id).paused_until == stage.clocks.now + 300
    change(stage, account.id)
    assert (stage.find(account.id).paused_until is None) == lifted
    stage.session.accounts.edit(account.id, app_id=f" {app_id} ", server=account.server)
    stage.session.keys.type_key(account.id, f" {key} ")
    assert stage.find(account.id).paused_until
    stage.request(account.id)
    stage.executor.finish_all()
    assert len(stage.tokens.asked) == 1


def test_a_saved_key_that_is_typed_again_is_the_same(account):
    key = new_key()
    stage = Stage(with_key(account))
    for entry in (each.entry for each in stage.find(account.id).account.keys):
        stage.keychain.keys[entry] = Secret(key)
    stage.tokens.failures.append(HttpFailed(429, 300))
    stage.request(account.id)
    stage.executor.finish_all()
    stage.session.keys.type_key(account.id, key)
    assert stage.find(account.id).paused_until
    stage.session.keys.type_key(account.id, key + "x")
    assert stage.find(account.id).paused_until is None


def test_a_token_tells_whether_the_key_is_still_that_it_was_asked_with(stage, account):
    key = stage.find(account.id).typed_key.reveal()
    stage.request(account.id)
    stage.executor.finish_all()

    def has_its_key() -> bool:
        found = stage.find(account.id)
        return found.phase.asked.has_key_of(found.asked)

    assert has_its_key()
    stage.session.keys.type_key(account.id, new_key())
    assert not has_its_key()
    stage.session.keys.save(account.id)
    stage.executor.finish_all()
    assert stage.find(account.id).typed_key is None
    assert not has_its_key()
    stage.session.keys.type_key(account.id, key)
    assert has_its_key()
    stage.session.keys.forget(account.id)
    stage.executor.finish_all()
    assert has_its_key()


def test_a_token_tells_which_host_it_was_asked_of(stage, account):
    stage.request(account.id)
    stage.executor.finish_all()
    stage.session.accounts.edit(account.id, server=ServerKind.SANDBOX)
    found = stage.find(account.id)
    assert found.phase.asked_host == PRODUCTION.host
    assert found.host != found.phase.asked_host
