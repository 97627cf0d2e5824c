"""Many accounts side by side in the real window: never one's token under another."""

import random
import uuid
from collections import Counter
from collections.abc import Iterator

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QPlainTextEdit
from soak.desk import Belongings, Desk, asking, run_for, until
from soak.lines import Line, broken
from soak.own_tokens import OwnTokens, Pair, Plan
from studios.raw_server import RELAXED, RawServer

from deepbrain_desktop.account import Account
from deepbrain_desktop.session.requests import HISTORY_LENGTH
from deepbrain_desktop.session.state import (
    AccountState,
    Attempt,
    Failed,
    Granted,
    Requesting,
    State,
    Stopped,
)

ACCOUNTS = 20
WARM_UP = 10


def run(seed: int, count: int) -> Iterator[Line]:
    """Yield what was wrong in ``count`` requests."""
    application = QApplication([])
    tokens = OwnTokens(seed)
    with RawServer(tokens) as server:
        _crowd(seed + 1, WARM_UP, server, tokens)
        before = Belongings.settled(Belongings.now())
        crowd = _crowd(seed, count, server, tokens)
    after = Belongings.settled(before)
    del application
    clicks, looks = crowd.clicks, crowd.looks
    what = f"requests over {ACCOUNTS} accounts"
    yield Line(f"{what}: how they ended", clicks, 0, 0, why=_told(crowd.ends))
    yield Line(f"{what}: looks after steps", looks, 0, 0, why=_told(crowd.done))
    yield broken(f"{what}: tokens of another account or attempt", looks, crowd.strays)
    posts = [f"{number} of {pair.app_id}" for pair, number in tokens.posts.items() if number > 1]
    yield broken(f"{what}: clicks with more than one POST", clicks, posts)
    yield broken(f"{what}: not one outcome, or not its own", clicks, crowd.outcomes)
    numbers = before.counted
    left = [
        f"{name} +{n - numbers[name]}" for name, n in after.counted.items() if n > numbers[name]
    ]
    yield broken(f"{what}: descriptors, threads, widgets left", 1, left)


def _crowd(seed: int, count: int, server: RawServer, tokens: OwnTokens) -> "_Crowd":
    crowd = _Crowd(random.Random(seed), server, tokens)
    while crowd.clicks < count:
        crowd.step()
    crowd.finish()
    return crowd


def _told(counts: Counter[str]) -> str:
    return ", ".join(f"{what} {number}" for what, number in sorted(counts.items()))


class _Crowd:
    """Accounts, what was asked for each, and somebody who looks after every step."""

    def __init__(self, rng: random.Random, server: RawServer, tokens: OwnTokens) -> None:
        self._rng, self._server, self._tokens = rng, server, tokens
        self._named = 0
        self._asked: dict[str, Pair] = {}
        """By account: what its last click sent."""
        self._attempts: dict[Attempt, tuple[str, Pair]] = {}
        self._landed: Counter[Attempt] = Counter()
        self._cancelled: set[Attempt] = set()
        self._clicked: Counter[str] = Counter()
        self.clicks = self.looks = 0
        self.done: Counter[str] = Counter()
        self.ends: Counter[str] = Counter()
        self.strays: list[str] = []
        self.outcomes: list[str] = []
        self._desk = Desk(*(self._new_account() for _ in range(ACCOUNTS)), limits=RELAXED)
        self._before = self._desk.state
        self._desk.session.state_changed.connect(self._note_outcomes)

    def step(self) -> None:
        """Do something, let the program run for a moment, and look."""
        act = self._rng.choices(
            (self._request, self._switch, self._cancel, self._edit, self._copy, self._remove),
            weights=(40, 30, 12, 8, 8, 2),
        )[0]
        self.done[act.__name__.strip("_")] += 1
        act()
        self._look()
        run_for(self._rng.choice((0.0, 0.0, self._rng.uniform(0, 0.03))))
        self._look()

    def finish(self) -> None:
        """Wait for what is under way, look at each account, and close."""
        desk = self._desk
        until(lambda: not any(map(_is_under_way, desk.state.accounts)), "the last outcomes")
        for each in desk.state.accounts:
            desk.session.accounts.select(each.id)
            self._look()
        for attempt, (account_id, _) in self._attempts.items():
            gone = desk.state.find(account_id) is None and attempt in self._cancelled
            if self._landed[attempt] != 1 and not gone:
                self.outcomes.append(f"{self._landed[attempt]} outcomes")
        desk.close()

    # What is done

    def _request(self) -> None:
        """Type the key of this click alone, and click."""
        desk, current = self._desk, self._desk.current
        if not desk.page.request.isEnabled():
            return
        pair = Pair(
            current.account.app_id, str(uuid.UUID(int=self._rng.getrandbits(128), version=4))
        )
        desk.page.form.user_key.setText(pair.key)
        press_return = desk.page.form.user_key.returnPressed.emit
        for _ in range(self._rng.choice((1, 1, 3))):
            self._rng.choice((desk.page.request.click, press_return))()
        phase = desk.current.phase
        assert isinstance(phase, Requesting), phase
        self.clicks += 1
        self._clicked[current.id] += 1
        self._asked[current.id] = pair
        self._attempts[phase.attempt] = (current.id, pair)

    def _switch(self) -> None:
        rows = self._desk.program.workspace.list.view
        row = self._rng.randrange(rows.model().rowCount())
        rows.setCurrentIndex(rows.model().index(row, 0))

    def _cancel(self) -> None:
        phase = self._desk.current.phase
        if isinstance(phase, Requesting):
            self._cancelled.add(phase.attempt)
            self._desk.page.cancel.click()

    def _edit(self) -> None:
        """Another app id: what is held was not issued for it, and must not seem so."""
        self._named += 1
        self._desk.page.form.app_id.setText(f"studiov3.edited{self._named}@example.com")

    def _copy(self) -> None:
        current = self._desk.current
        if isinstance(current.phase, Granted):
            self._desk.program.workspace.actions_by_name["copyToken"].trigger()
            if QGuiApplication.clipboard().text() != self._asked[current.id].token:
                self.strays.append("copied another token")

    def _remove(self) -> None:
        current, session = self._desk.current, self._desk.session
        if isinstance(current.phase, Requesting):
            self._cancelled.add(current.phase.attempt)
        session.remove(current.id)
        session.accounts.add(self._new_account())

    def _new_account(self) -> Account:
        self._named += 1
        return asking(self._server.server, f"studiov3.person{self._named}@example.com")

    # What is seen

    def _note_outcomes(self, state: State) -> None:
        before, self._before = self._before, state
        for was in before.accounts:
            now = state.find(was.id)
            if now is None or not isinstance(was.phase, Requesting) or _same_attempt(was, now):
                continue
            attempt = was.phase.attempt
            self._landed[attempt] += 1
            _, pair = self._attempts[attempt]
            plan = self._tokens.plan(pair)
            if attempt in self._cancelled:
                right = isinstance(now.phase, Stopped)
            elif plan is Plan.TOKEN:
                right = isinstance(now.phase, Granted) and now.phase.token.reveal() == pair.token
            else:
                right = isinstance(now.phase, Failed)
            self.ends["cancelled" if attempt in self._cancelled else plan.value] += 1
            if not right:
                what = getattr(now.phase, "problem", type(now.phase).__name__)
                self.outcomes.append(f"{what} where {plan.value} was due")

    def _look(self) -> None:
        self.looks += 1
        for each in self._desk.state.accounts:
            self._check_held(each)
        self._check_shown(self._desk.current)

    def _check_held(self, account: AccountState) -> None:
        if isinstance(account.phase, Granted):
            pair = self._asked[account.id]
            if account.phase.token.reveal() != pair.token or account.phase.app_id != pair.app_id:
                self.strays.append("another token is held")
        finished = self._clicked[account.id] - _is_under_way(account)
        if len(account.history) != min(finished, HISTORY_LENGTH):
            self.outcomes.append(f"{len(account.history)} rows after {finished} requests")

    def _check_shown(self, current: AccountState) -> None:
        result, page = self._desk.page.result, self._desk.page
        if result is None:
            return
        is_shown = page.stack.currentWidget() is result
        if is_shown != isinstance(current.phase, Granted):
            self.strays.append(f"a result is shown while {type(current.phase).__name__}")
        result.token.reveal.setChecked(True)
        text = result.token.findChild(QPlainTextEdit, "tokenText").toPlainText()
        result.token.reveal.setChecked(False)
        if text != (self._asked[current.id].token if is_shown else ""):
            self.strays.append("another token is shown")
        if is_shown and dict(result.request.facts)["App ID"] != self._asked[current.id].app_id:
            self.strays.append("another app id is shown beside it")


def _is_under_way(account: AccountState) -> bool:
    return isinstance(account.phase, Requesting)


def _same_attempt(was: AccountState, now: AccountState) -> bool:
    return (
        isinstance(was.phase, Requesting)
        and isinstance(now.phase, Requesting)
        and was.phase.attempt is now.phase.attempt
    )
