"""What a person does with the program in the audit: all of it, or the short of it."""

import os
import subprocess
import time
from collections.abc import Callable, Iterable

from audit.box import ECHO, LIFETIME, Box, Person
from audit.witness import Witness
from program.running import Running, bare_environment, eventually
from program.screen import Window, clipboard, xdotool

CLAIMS = ("jti 1", "jti 2")
"""What the table of claims says in the clear, as it should."""
SECOND = ("key 2", "token 2")
"""What is revealed on the way; the first account's key and tokens never are."""
FAILURES = {
    "refused": "App ID or user key not accepted",
    ECHO: "App ID or user key not accepted",
    "service-error": "internal error",
    "redirect": "tried to redirect",
    "garbled": "Unexpected answer format",
    "closed": "closed the connection",
    "reset": "Try again.",
    "silent": "No answer from",
}
"""What the service does, and what the window says then."""
_SIX_FORMS = range(6)
_SUBMENU, _CLAIMS_FORM = 6, 7
"""Where in the menu of forms they stand."""


class Flow:
    """Works the real window, by keys and by names, and has the witness look in every state.

    ``stumbles`` says that the program is made to fail once, when the first token comes.
    """

    def __init__(self, box: Box, running: Running, witness: Witness, *, stumbles: bool) -> None:
        self._box = box
        self._running = running
        self._witness = witness
        self._stumbles = stumbles
        self._window = Window(box.screen, running.pid)

    def whole(self) -> None:
        """Everything, until a token is on the clipboard and all else forgotten."""
        first, second = self._box.canaries.people
        self._choose_server()
        self._request_as(first)
        self._look("a token has come", CLAIMS)
        self._copy_in_every_form()
        self._fail_in_every_way()
        self._window.keys("ctrl+n")
        self._choose_server()
        self._window.type("App ID", second.app_id)
        self._paste_key(second)
        self._reveal_key(second)
        self._request()
        self._reveal_token()
        self._arrange_accounts()
        self._open_log_folder()
        self._let_the_lease_run_out()
        self._forget(second)
        self._choose(first)
        self._forget(first)
        self._remove()
        self._look("everything is forgotten", CLAIMS)
        self._witness.selections("after forgetting")
        self._witness.memory(self._running, ("token 2", "jti 2"))
        self._copy()

    def short(self) -> None:
        """The main job with a known account, and everything forgotten."""
        first = self._box.canaries.people[0]
        self._request_as(first)
        self._look("a token has come", CLAIMS)
        self._copy()
        self._window.keys("ctrl+shift+x")
        _wait(lambda: not clipboard(), 10)
        self._witness.selections("after clearing")
        self._forget(first)
        self._witness.selections("after forgetting")
        self._witness.memory(self._running, ("token 1", "jti 1"))
        self._copy()

    def _choose_server(self) -> None:
        # Through the bus: a window may not be active yet when its first key is pressed.
        self._window.focus("App ID")
        self._window.choose("Server", "Other address")
        self._window.type("Server address", self._box.service.sandbox.server.origin)

    def _request_as(self, person: Person) -> None:
        """Type what is needed and request a token, while somebody listens."""
        with self._witness.listening():
            self._window.type("App ID", person.app_id)
            self._window.type("User key", person.key)
            self._look("a key is typed")
            self._request()

    def _paste_key(self, person: Person) -> None:
        """Take the key from another program, which stops offering it at once."""
        self._window.focus("User key")
        with subprocess.Popen(
            ["xclip", "-selection", "clipboard", "-quiet"],
            env=bare_environment(os.environ["DISPLAY"]),
            stdin=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as other:
            assert other.stdin is not None
            other.stdin.write(person.key.encode())
            other.stdin.close()
            eventually(lambda: clipboard() == person.key, "the other program's copy")
            self._window.keys("ctrl+v")
            self._window.look("User key", words="●" * len(person.key))
            other.terminate()
        eventually(lambda: not clipboard(), "the other program's end")

    def _request(self) -> None:
        self._window.press("Request token")
        self._window.look("Token status", words="Valid")
        if self._stumbles:
            self._stumbles = False
            self._window.look("Something went wrong", role="text")
            self._look("something went wrong", CLAIMS)
            self._window.keys("Escape")
            self._window.gone("Something went wrong", role="text")

    def _copy(self) -> None:
        self._window.keys("ctrl+shift+c")
        eventually(lambda: clipboard() == self._newest_token(), "the copy")

    def _newest_token(self) -> str:
        return self._box.canaries.tokens[-2].text

    def _copy_in_every_form(self) -> None:
        self._copy()
        for number in _SIX_FORMS:
            self._copy_form(*["Down"] * number)
        for number in range(3):
            self._copy_form(*["Down"] * _SUBMENU, "Right", *["Down"] * number)
            assert self._newest_token() in clipboard()
        self._copy_form(*["Down"] * _CLAIMS_FORM)
        assert self._box.canaries.tokens[-1].text in clipboard()
        for copying in ("ctrl+c", "ctrl+Insert"):
            self._window.keys("ctrl+shift+x", "alt+1", "ctrl+a", copying)
            eventually(lambda: "jti\t" in clipboard(), f"the rows by {copying}")
            self._window.keys("ctrl+shift+x")
            eventually(lambda: not clipboard(), "the clearing")
        self._copy_report("a token")

    def _copy_form(self, *keys: str) -> None:
        self._window.keys("ctrl+shift+x")
        shown = self._all_windows()
        self._window.keys("ctrl+alt+c")
        eventually(lambda: self._all_windows() > shown, "the menu")
        self._window.keys("Down", *keys, "Return")
        eventually(clipboard, "the copy")

    def _all_windows(self) -> set[str]:
        """Those that are shown, menus too."""
        return {*xdotool("search", "--onlyvisible", "--pid", str(self._running.pid)).split()}

    def _copy_report(self, state: str) -> None:
        self._window.keys("ctrl+shift+r")
        eventually(lambda: "report of a request" in clipboard(), "the report")
        self._witness.selections(f"the report of {state}")

    def _fail_in_every_way(self) -> None:
        for mood, words in FAILURES.items():
            self._box.service.mood = mood
            posts = self._box.service.sandbox.posts
            self._window.press("Request token")
            assert self._box.service.sandbox.wait_for_posts(posts + 1, 10)
            self._window.look("Message", words=words)
            if mood == next(iter(FAILURES)):
                self._window.keys("ctrl+i")
            self._window.look("Failure details")
            self._look(mood)
            self._copy_report(mood)
        self._box.service.mood = ""
        self._request()

    def _reveal_key(self, person: Person) -> None:
        self._window.press("Show user key")
        self._window.look("User key", words=person.key)
        self._look("the second key is shown", SECOND)
        self._window.press("Show user key")
        self._window.look("User key", words="●" * len(person.key))
        self._look("the second key is masked again")

    def _reveal_token(self) -> None:
        self._window.keys("alt+3")
        self._window.press("Show token")
        self._window.look("Token text", words=self._newest_token())
        self._look("the second token is shown", (*SECOND, *CLAIMS))
        self._window.press("Hide token")
        self._window.look("Token text", words="••••")
        self._look("the second token is masked again", CLAIMS)

    def _arrange_accounts(self) -> None:
        self._window.keys("F2")
        self._window.look("Name", role="text")
        self._window.keys("ctrl+a")
        self._window.keys(*"renamed", "Return")
        self._window.gone("Name", role="text")
        self._window.keys("ctrl+d")
        self._eventually_kept(3)
        self._look("an account is duplicated", CLAIMS)
        self._remove()
        self._eventually_kept(2)

    def _eventually_kept(self, count: int) -> None:
        eventually(lambda: len(self._box.home.kept_accounts()) == count, f"{count} accounts")

    def _open_log_folder(self) -> None:
        self._window.keys("alt+t", "g")
        eventually(self._box.opened.exists, "the opening of the folder")

    def _let_the_lease_run_out(self) -> None:
        self._copy()
        _wait(lambda: not clipboard(), LIFETIME + 10)
        self._witness.selections("after the timeout")

    def _choose(self, person: Person) -> None:
        self._window.keys("ctrl+Prior")
        self._window.look("App ID", words=person.app_id)

    def _forget(self, person: Person) -> None:
        (stored,) = self._stored(person)
        keyring = self._box.keyring
        assert keyring.lookup(stored["service"], stored["user"]) == person.key
        self._window.press("Forget", role="push button")
        self._window.press("Forget", within="alert")
        eventually(lambda: not self._stored(person), "the forgetting")
        assert keyring.lookup(stored["service"], stored["user"]) is None

    def _stored(self, person: Person) -> list[dict]:
        kept = self._box.home.kept_accounts()
        (found,) = [each for each in kept if each["app_id"] == person.app_id]
        return found["keys"]

    def _remove(self) -> None:
        self._window.keys("ctrl+shift+BackSpace")
        self._window.press("Remove", within="alert")
        self._window.gone("Remove", role="push button")

    def _look(self, state: str, shown: Iterable[str] = ()) -> None:
        self._witness.look(self._window, state, shown)


def _wait(condition: Callable[[], bool], seconds: float) -> None:
    """Wait for something that a leak may keep from happening."""
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
