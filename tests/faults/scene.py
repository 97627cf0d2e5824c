"""One fault from beginning to end: the real program before it, through it, and after it."""

import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from faults import rules
from faults.fault_server import FaultServer, Script
from faults.metronome import Metronome, Stalls, WatchedBot, stood_in_line
from pytestqt.qtbot import QtBot
from ui.eyes import bar_of, visible_text
from ui.stage import StagedKeychain, Studio, account, new_key

from deepbrain_desktop.account import Account, ServerKind
from deepbrain_desktop.session.state import Failed, Granted, HistoryRow, Phase
from deepbrain_desktop.studios.client import Limits
from deepbrain_desktop.system import logs
from deepbrain_desktop.system.accounts_file import AccountsFile
from deepbrain_desktop.system.preferences import Preferences

LIMITS = Limits()
"""Those of the program. What a fault is about has shorter ones, so that no busy machine decides."""
APP_ID = "studiov3.someone@example.com"


@dataclass(frozen=True)
class Outcome:
    """What one attempt came to, as the window says it."""

    reason: str
    """The reason id in the bar; OK where a token came."""
    headline: str
    advice: str
    seconds: float
    """As far as the machine let it."""
    token: str | None


class Scene:
    """The program with all that it keeps in a folder, a server that can misbehave, and a witness.

    ``attempt`` presses the keys and holds what comes of it to R4, R5, R7 and R8; the fixture that
    opened the scene holds the whole to the other rules when the test is over. A test puts the
    fault in between and says what should be seen.
    """

    def __init__(
        self,
        bot: QtBot,
        folder: Path,
        server: FaultServer,
        read_printed: Callable[[], str],
        *,
        keychain: object = None,
        shelf: object = None,
        limits: Limits = LIMITS,
        account_: Account | None = None,
        found: Callable[[Path], object] = lambda _path: None,
        **surroundings: object,
    ) -> None:
        self.folder, self.server = folder, server
        self._environment = dict(os.environ)
        self.read_printed = read_printed
        self.key = new_key()
        self._secrets = {self.key}
        logs.configure(folder / "state", logging.DEBUG)
        self.accounts_path = folder / "config/accounts.json"
        shelf = shelf or AccountsFile(self.accounts_path)
        kept = account_ or account(
            "Someone", APP_ID, server=ServerKind.OTHER, address=server.origin, remember=False
        )
        shelf.write([kept])
        found(self.accounts_path)
        self.studio = Studio(
            bot,
            keychain=keychain or StagedKeychain(),
            preferences=Preferences(folder / "config/preferences.ini"),
            shelf=shelf,
            limits=limits,
            **surroundings,
        )
        self._kept = kept

    def begin(self) -> None:
        """Make the good request that comes before the fault."""
        self.notice = self.notice_now
        """What the window had to say about the list of accounts when it opened."""
        if self.studio.current.account.address != self._kept.address:
            self._enter(self._kept)
        self.type_key(self.key)
        self.make_good_request()
        self._before = rules.belongings()
        self._metronome = Metronome()
        self.bot = self.studio.bot = WatchedBot(self.studio.bot, self._metronome)

    # What a person does

    def type_key(self, key: str) -> None:
        """Type the key of the account, which is a secret from then on."""
        self._secrets.add(key)
        self.studio.fill("userKey", key)

    def attempt(
        self, *, posts: int = 1, sends: bool = True, meanwhile: Callable[[], object] | None = None
    ) -> Outcome:
        """Press Ctrl+Return and wait for the end; ``meanwhile`` happens while it is under way.

        ``posts`` is how many of them have to arrive at the server, ``sends`` whether it is a
        request at all: what cannot be sent has no place in the history.
        """
        older = set(self.server.tokens)
        rows, count = self.studio.current.history, self.server.requests
        self.server.sent.clear()
        began = time.monotonic() - stood_in_line()
        self.studio.press("Ctrl+Return")
        if meanwhile is not None:
            meanwhile()
        self.studio.wait_for_outcome()
        seconds = time.monotonic() - stood_in_line() - began
        if sends:
            rules.one_outcome(self._rows_since(rows), self.server.requests - count, posts)
        elif isinstance(self.phase, Granted):
            return Outcome("", "", "", seconds, None)  # what was there stays: nothing was tried
        return self._outcome(older, seconds)

    def attempt_with(
        self, script: Script, limits: Limits | None = None, *, posts: int = 1
    ) -> Outcome:
        """Make one attempt while the server behaves like this."""
        with self.server.misbehaving(script), self.limited(limits or self.studio.limits):
            return self.attempt(posts=posts)

    @contextmanager
    def limited(self, limits: Limits) -> Iterator[None]:
        """Let requests have these limits for the length of a block."""
        before, self.studio.limits = self.studio.limits, limits
        yield
        self.studio.limits = before

    def keep_secret(self, *texts: str) -> None:
        """Hold these to R1 as well."""
        self._secrets.update(texts)

    # The rules

    def hold_to_the_rules(self, *, heals: bool = True) -> None:
        """Check all that holds after a fault; ``heals`` unless no good request can be made."""
        try:
            if heals:
                rules.controls_are_usable(self.studio)
                self.make_good_request()
        finally:
            stalls = self.stop_watching()
        rules.window_answered(stalls)
        rules.nothing_is_left(self.studio, self._before)
        rules.no_secret_leaks(
            self.studio,
            self._secrets | self._signatures(),
            self.folder,
            self.read_printed(),
            dict(os.environ.items() - self._environment.items()),
        )

    def stop_watching(self) -> Stalls:
        """Tell for how long the window did not answer."""
        return self._metronome.stop()

    def close(self) -> None:
        """Take the window down."""
        self.studio.close()

    @property
    def notice_now(self) -> str:
        """What the window has to say about the list of accounts."""
        if not self.studio.sees("noticeHeadline"):
            return ""
        parts = ("noticeHeadline", "noticeAdvice")
        return " ".join(self.studio.find(part).text() for part in parts)

    @property
    def words(self) -> str:
        """All that the window shows."""
        return visible_text(self.studio.window)

    @property
    def phase(self) -> Phase:
        return self.studio.current.phase

    def _rows_since(self, before: tuple[HistoryRow, ...]) -> int:
        """How many are new; of the old ones the last is forgotten at some time."""
        now = self.studio.current.history
        return next((at for at, row in enumerate(now) if row in before[:1]), len(now))

    def _signatures(self) -> set[str]:
        return {each.rpartition(".")[2] for each in self.server.tokens if each.count(".") == 2}

    def _outcome(self, older: set[str], seconds: float) -> Outcome:
        phase = self.phase
        if isinstance(phase, Granted):
            token = phase.token.reveal()
            assert token not in older, "R4: an older token as if it were this attempt's"
            rules.success_is_strict(token, self.server.sent)
            return Outcome("OK", "", "", seconds, token)
        rules.nothing_older_is_shown(self.studio, older)
        if not isinstance(phase, Failed):
            return Outcome(type(phase).__name__, "", "", seconds, None)
        if phase.not_before is None:
            rules.controls_are_usable(self.studio)
        rules.message_is_clear(self.studio)
        bar = bar_of(self.studio)
        return Outcome(bar.reason, bar.headline, bar.advice, seconds, None)

    def _enter(self, kept: Account) -> None:
        """Begin anew, where the window came up without the account."""
        accounts = self.studio.session.accounts
        fields = {"server": kept.server, "address": kept.address}
        accounts.edit(accounts.add(), app_id=kept.app_id, remember=kept.remember, **fields)

    def make_good_request(self) -> None:
        """Make a request that the server grants, which has to succeed in time."""
        with self.limited(Limits()):
            outcome = self.attempt()
        rules.recovered(outcome.seconds, outcome.token, next(reversed(self.server.tokens), ""))
