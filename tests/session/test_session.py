import random

import pytest
from session.scripted import Stage, an_account, new_key

from deepbrain_desktop.account import ServerKind
from deepbrain_desktop.session.state import (
    Failed,
    Granted,
    Requesting,
    Stopped,
    Untried,
)
from deepbrain_desktop.studios.errors import HttpFailed, NameNotFound
from deepbrain_desktop.studios.scenarios import SANDBOX_USER_KEY
from deepbrain_desktop.system.accounts_file import AccountsNotSaved, Cause
from deepbrain_desktop.system.keychain_errors import KeychainLocked

pytestmark = pytest.mark.usefixtures("qapp")

OUTCOMES = {"OK", "CANCELLED", "NET-DNS", "HTTP-429", "KEYCHAIN-LOCKED", "KEYCHAIN-KEY-GONE"}


def ready(**changes):
    account = an_account(**{"remember": False, **changes})
    stage = Stage(account)
    stage.session.keys.type_key(account.id, new_key())
    stage.states.clear()
    return stage, account


def test_every_change_is_told_once_and_no_other():
    stage, account = ready()
    stage.session.accounts.select(account.id)
    stage.session.accounts.edit(account.id, name=account.name)
    assert stage.states == []
    stage.session.accounts.edit(account.id, name="new")
    assert stage.states == [stage.state]


def test_a_click_is_told_as_one_change():
    stage, account = ready()
    stage.request(account.id)
    assert stage.states == [stage.state]


def test_who_listens_last_hears_the_newest_state_last_though_others_act_on_it():
    stage, account = ready()
    heard = []

    def rename(state):
        if not state.find(account.id).account.name.endswith("!!!"):
            stage.session.accounts.edit(account.id, name=state.find(account.id).account.name + "!")

    stage.session.state_changed.connect(rename)
    stage.session.state_changed.connect(heard.append)
    stage.session.accounts.edit(account.id, name="x")
    assert [state.find(account.id).account.name for state in heard] == ["x", "x!", "x!!", "x!!!"]
    assert heard[-1] is stage.state


def test_a_listener_may_cancel_a_request_that_begins():
    stage, account = ready()
    stage.session.state_changed.connect(lambda _: stage.session.requests.cancel(account.id))
    stage.request(account.id)
    stage.executor.finish_all()
    assert isinstance(stage.find(account.id).phase, Stopped)
    assert len(stage.find(account.id).history) == 1
    assert not stage.tokens.asked


def test_a_listener_may_remove_an_account_whose_request_begins():
    stage, account = ready()

    def remove(state):
        if state.find(account.id) and isinstance(state.find(account.id).phase, Requesting):
            stage.session.remove(account.id)

    stage.session.state_changed.connect(remove)
    stage.request(account.id)
    stage.executor.finish_all()
    assert stage.state.find(account.id) is None
    assert not stage.tokens.asked


def test_a_listener_may_ask_again_when_a_request_failed():
    stage, account = ready()
    stage.tokens.failures += [NameNotFound(), NameNotFound()]

    def again(state):
        if isinstance(state.find(account.id).phase, Failed):
            stage.request(account.id)

    stage.session.state_changed.connect(again)
    stage.request(account.id)
    stage.executor.finish_all()
    outcomes = [row.outcome for row in stage.find(account.id).history]
    assert outcomes == ["OK", "NET-DNS", "NET-DNS"]


class Wanderer:
    """Does what twenty people at once might do, in any order, and checks after each step."""

    def __init__(self, seed):
        self.dice = random.Random(seed)
        self.accounts = [
            an_account(f"n{number}", remember=self.dice.random() < 0.5) for number in range(20)
        ]
        self.stage = Stage(*self.accounts)
        self.owners = {}
        self.left_on_purpose = set()
        self.seen = set()
        self.clicks = 0

    def step(self):
        stage, dice = self.stage, self.dice
        account = dice.choice(stage.state.accounts)
        session = stage.session
        jobs = stage.executor.jobs
        acts = [
            lambda: self.click(account),
            lambda: self.click(account),
            lambda: session.requests.cancel(account.id),
            lambda: session.keys.type_key(account.id, ""),
            lambda: self.type(account),
            lambda: self.type(account),
            lambda: session.keys.save(account.id),
            lambda: session.keys.stop_saving(account.id),
            lambda: session.accounts.select(account.id),
            lambda: session.accounts.edit(account.id, name=f"renamed {dice.random()}"),
            lambda: session.accounts.edit(account.id, app_id=f"studiov3.{dice.random()}@x.example"),
            lambda: session.accounts.edit(
                account.id, server=dice.choice([ServerKind.PRODUCTION, ServerKind.SANDBOX])
            ),
            lambda: stage.executor.do_next() if any(not job.outcome for job in jobs) else None,
            lambda: stage.executor.finish(dice.choice(jobs)) if jobs else None,
            lambda: stage.executor.finish(dice.choice(jobs)) if jobs else None,
            lambda: stage.executor.finish(dice.choice(jobs)) if jobs else None,
            self.advance,
        ]
        rare = [
            lambda: session.keys.forget(account.id),
            lambda: session.remove(account.id),
            lambda: self.remove_and_leave(account),
            lambda: session.accounts.duplicate(account.id, "copy"),
            lambda: self.stage.tokens.failures.append(
                dice.choice([NameNotFound(), HttpFailed(429, 5)])
            ),
            lambda: self.stage.keychain.failures.append(KeychainLocked()),
            self.tamper,
            lambda: self.stage.shelf.failures.append(AccountsNotSaved(Cause.OTHER)),
        ]
        dice.choice(rare if dice.random() < 0.15 else acts)()

    def click(self, account):
        self.clicks += 1
        self.stage.request(account.id)

    def type(self, account):
        key = new_key()
        self.owners[key] = account.id
        self.stage.session.keys.type_key(account.id, key)

    def remove_and_leave(self, account):
        self.left_on_purpose |= {stored.entry for stored in account.account.keys}
        self.stage.session.remove(account.id, leave_keys=True)

    def tamper(self):
        keys = self.stage.keychain.keys
        if keys:
            del keys[self.dice.choice(list(keys))]

    def advance(self):
        self.stage.clocks.now += self.dice.random() * 3

    def check(self):
        stage = self.stage
        of_token = {asked.token: asked for asked in stage.tokens.asked}
        assert len(stage.tokens.asked) <= self.clicks
        assert stage.state.current is not None
        assert len({each.id for each in stage.state.accounts}) == len(stage.state.accounts)
        shown = [each for each in stage.state.accounts if isinstance(each.phase, Granted)]
        tokens = [each.phase.token.reveal() for each in shown]
        assert len(set(tokens)) == len(tokens)
        for each in shown:
            token = each.phase.token.reveal()
            assert of_token[token].app_id == each.phase.app_id
            key = of_token[token].user_key.reveal()
            assert key == SANDBOX_USER_KEY or self.owners[key] == each.id
        for each in stage.state.accounts:
            self.seen |= {row.outcome for row in each.history}
            finished = isinstance(each.phase, Granted | Failed | Stopped)
            assert not finished or each.history
            if isinstance(each.phase, Granted):
                assert each.history[0].outcome == "OK"
            if isinstance(each.phase, Stopped):
                assert each.history[0].outcome == "CANCELLED"
            if isinstance(each.phase, Failed):
                assert each.history[0].outcome == each.phase.problem.reason
            if isinstance(each.phase, Untried):
                # A click with a flaw in the form takes an earlier failure off the screen.
                assert not each.history or each.history[0].outcome != "OK"

    def settle(self):
        """Everything comes to its end; then nobody waits, and the list knows of every key."""
        stage = self.stage
        stage.executor.finish_all()
        for failures in (stage.tokens.failures, stage.keychain.failures, stage.shelf.failures):
            failures.clear()
        for each in stage.state.accounts:
            assert not isinstance(each.phase, Requesting)
            assert not each.saving_key
            assert not each.removing
        stage.session.shut_down()
        kept = tuple(each.account for each in stage.state.accounts if not each.is_blank)
        assert stage.shelf.content == kept
        known = {stored.entry for each in kept for stored in each.keys}
        assert set(stage.keychain.keys) <= known | self.left_on_purpose
        assert stage.session.requests._cancellations == {}
        assert stage.session.keys._cancellations == {}


@pytest.mark.parametrize("seed", range(4))
def test_in_a_thousand_interleavings_every_token_is_shown_under_its_own_account(seed):
    seen = set()
    for turn in range(250):
        wanderer = Wanderer(seed * 250 + turn)
        for _ in range(150):
            wanderer.step()
            wanderer.check()
        wanderer.settle()
        wanderer.check()
        seen |= wanderer.seen
    assert seen == OUTCOMES
