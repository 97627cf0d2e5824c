"""The rules R1 to R8 that hold after every fault, listed or not; checked here and nowhere else."""

import contextlib
import os
import re
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from audit.forms import Search
from faults.metronome import Stalls, machine_is_pressed
from fuzz.oracle import rightful_tokens
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit
from pytestqt.exceptions import TimeoutError as NotInTime
from ui.eyes import accessible, bar_of, readable, visible_text
from ui.others import PATIENCE
from ui.stage import Studio

LONGEST_STALL = 0.25
PERCENTILE_99 = 0.05
RECOVERY = 1.0
"""Seconds that a good request after a fault may take."""
LONGEST_QUOTE = 300
REASON = re.compile(r"[A-Z]+(-+[A-Z0-9]+)*")


def no_secret_leaks(
    studio: Studio,
    secrets: set[str],
    files: Path,
    printed: str,
    environment: Mapping[str, str],
) -> None:
    """R1: outside keychain, field, clipboard lease and request nobody finds a secret.

    ``environment`` is what has been added to it; what was there is the person's own.
    """
    found_in = _search_for(secrets)
    for place, text in _texts(studio, printed, environment):
        found = found_in(text.encode("utf-8", "surrogatepass"))
        assert not found, f"R1: a secret is in {place}: {_forms(found)}"
    no_secret_in_files(files, secrets)


def no_secret_in_files(folder: Path, secrets: set[str]) -> None:
    """R1: neither content nor name of a file has one."""
    found_in = _search_for(secrets)
    for each in folder.rglob("*"):
        content = each.read_bytes() if each.is_file() else b""
        found = found_in(os.fsencode(each.name)) + found_in(content)
        assert not found, f"R1: a secret is in {each}: {_forms(found)}"


def no_secret_is_shown_by_the_system(pid: int, secrets: set[str]) -> None:
    """R1: neither the arguments nor the environment of a process have one."""
    for name in ("cmdline", "environ"):
        text = Path(f"/proc/{pid}/{name}").read_bytes()
        assert not [each for each in secrets if each.encode() in text], f"R1: a secret in {name}"


def no_core_is_left(*folders: Path) -> None:
    """R1: no memory of the program's is in a file."""
    for folder in folders:
        assert not list(folder.glob("core*")), f"R1: a core file in {folder}"


def window_answered(stalls: Stalls) -> None:
    """R2: the event loop never kept anybody waiting.

    Where the machine keeps everybody waiting, not all of that can be told from a stall.
    """
    more = 4 if machine_is_pressed() else 1
    assert stalls.longest < LONGEST_STALL * more, f"R2: {stalls}"
    assert stalls.percentile_99 < PERCENTILE_99 * more, f"R2: {stalls}"


def controls_are_usable(studio: Studio) -> None:
    """R3: the person can type, choose and ask again."""
    for name in ("appId", "accounts", "requestToken"):
        assert studio.find(name).isEnabled(), f"R3: {name} cannot be used"
    assert not studio.sees("cancel"), "R3: it still says that it requests"


def recovered(seconds: float, token: str | None, issued: str) -> None:
    """R3: a good request succeeds in time, and R4: with its own token."""
    assert token == issued, "R3: a good request did not bring its token"
    more = 4 if machine_is_pressed() else 1
    assert seconds < RECOVERY * more, f"R3: the good request took {seconds:.2f} s"


def nothing_older_is_shown(studio: Studio, older: set[str]) -> None:
    """R4: no earlier token stands there, or can be copied, as if it were this attempt's."""
    assert not studio.sees("copyToken"), "R4: an older token can be copied"
    seen = visible_text(studio.window)
    for token in older:
        assert token.split(".")[1] not in seen, "R4: an older token is shown"


def one_outcome(rows: int, posts: int, allowed_posts: int) -> None:
    """R5: one row in the history for each request, and no POST that nobody asked for."""
    assert rows == 1, f"R5: {rows} outcomes"
    assert posts == allowed_posts, f"R5: {posts} POSTs instead of {allowed_posts}"


def message_is_clear(studio: Studio) -> None:
    """R7: what failed, what to do, a stable id; plain text alone."""
    bar = bar_of(studio)
    assert bar.headline.strip(), "R7: no headline"
    assert bar.advice.strip(), "R7: no advice"
    assert REASON.fullmatch(bar.reason), f"R7: reason {bar.reason!r}"
    odd = re.search(r"Traceback|Exception|Error\(|None\b|<\w+", f"{bar.headline} {bar.advice}")
    assert not odd, f"R7: {odd}"
    for label in studio.window.findChildren(QLabel):
        assert label.textFormat() is Qt.TextFormat.PlainText, f"R7: {label.objectName()} guesses"
    quoted = getattr(getattr(studio.current.phase, "problem", None), "exchange", None)
    message = quoted.message if quoted else None
    assert message is None or len(message) <= LONGEST_QUOTE + 1, "R7: quotes too much"


def success_is_strict(token: str, sent: Iterable[bytes]) -> None:
    """R8: one of the answers sent grants this very token, by the letter of the promise."""
    assert any(token in rightful_tokens(each) for each in sent), "R8: a success that was none"


def belongings() -> dict[str, Counter[str]]:
    """R6: what must return to where it was, by name."""
    return {
        "threads": Counter(each.name for each in threading.enumerate()),
        "descriptors": Counter(_open_files()),
        "windows": Counter(map(repr, QApplication.topLevelWidgets())),
    }


def nothing_is_left(
    studio: Studio, before: Mapping[str, Counter[str]], patience: int = PATIENCE
) -> None:
    """R6: threads, file descriptors and windows are as many again as they were.

    ``patience`` in milliseconds.
    """

    def is_back() -> bool:
        now = belongings()
        return all(now[what].total() <= had.total() for what, had in before.items())

    with contextlib.suppress(NotInTime):
        studio.bot.waitUntil(is_back, timeout=patience)
    now = belongings()
    new = [_described(each) for what, had in before.items() for each in now[what] - had]
    assert is_back(), f"R6: new are {new}"


def _open_files() -> Iterator[str]:
    for each in Path("/proc/self/fd").glob("*"):
        with contextlib.suppress(OSError):  # the one that looks is gone when it is asked for
            yield str(each.readlink())


def _described(name: str) -> str:
    """With what the system knows of a socket: addresses, state."""
    number = re.match(r"socket:\[(\d+)\]", name)
    tables = [Path("/proc/self/net", each) for each in ("tcp", "tcp6", "udp", "unix")]
    lines = [line for each in tables if each.exists() for line in each.read_text().splitlines()]
    known = [" ".join(line.split()) for line in lines if number and number[1] in line.split()]
    return " ".join([name, *known])


def _texts(
    studio: Studio, printed: str, environment: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    yield "what is printed", printed
    yield "a title or a text", "\n".join(readable(each) for each in QApplication.topLevelWidgets())
    yield "what assistive technology reads", str(accessible(studio.window))
    yield "the environment", str(environment)
    for field in studio.window.findChildren(QLineEdit):
        if field.echoMode() is QLineEdit.EchoMode.Normal:
            yield field.objectName(), field.text()


def _search_for(secrets: set[str]) -> Search:
    """Look for them in every spelling, each under a number instead of a name."""
    return Search((str(number), text) for number, text in enumerate(sorted(secrets)))


def _forms(found: Counter[tuple[str, str]]) -> list[str]:
    return sorted(form for _, form in found)
