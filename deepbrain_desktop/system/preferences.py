"""What the person prefers, from one run to the next."""

import base64
import configparser
import contextlib
import io
import os
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Generic, TypeVar, overload
from urllib.parse import quote, unquote

from deepbrain_desktop.system.paths import create_owner_only
from deepbrain_desktop.system.whole_file import look, store
from deepbrain_desktop.waiting import Cancellation, GaveUp, call_within

T = TypeVar("T")

SHORTEST_CLIPBOARD_LIFETIME = 15.0
LONGEST_CLIPBOARD_LIFETIME = 600.0
_NEVER = "never"
_LARGEST = 65_536
"""Bytes of the file that are read; it has a few hundred."""
_PATIENCE = 0.5
"""Seconds for saving at the end; all that ends the program may take 2."""


class Preference(Generic[T]):
    """One preference, declared in the body of Preferences and used as an attribute.

    ``parse`` makes a value of the words in the file and raises ValueError where they are none:
    the preference is then ``default``, as it is without words. ``write`` is its inverse.
    """

    def __init__(
        self, name: str, default: T, parse: Callable[[str], T], write: Callable[[T], str | None]
    ) -> None:
        self._section, _, self._name = name.partition("/")
        self._default = default
        self._parse = parse
        self._write = write

    @overload
    def __get__(self, owner: None, kind: type) -> "Preference[T]": ...
    @overload
    def __get__(self, owner: "Preferences", kind: type) -> T: ...
    def __get__(self, owner: "Preferences | None", kind: type) -> "T | Preference[T]":
        """Return the value, or the default."""
        if owner is None:
            return self
        words = owner.stored(self._section, self._name)
        if words is None:
            return self._default
        try:
            return self._parse(words)
        except ValueError:
            return self._default

    def __set__(self, owner: "Preferences", value: T) -> None:
        """Keep the value. Raises ValueError where it is none that could be read again."""
        words = self._write(value)
        if words is not None:
            self._parse(words)
        owner.keep(self._section, self._name, words)


def _parse_bytes(words: str) -> bytes | None:
    return base64.b64decode(words, validate=True)


def _write_bytes(value: bytes | None) -> str | None:
    return None if value is None else base64.b64encode(value).decode()


def _parse_text(words: str) -> str | None:
    return unquote(words)


def _write_text(value: str | None) -> str | None:
    return None if value is None else quote(value, safe="")


def _parse_lifetime(words: str) -> float | None:
    if words == _NEVER:
        return None
    seconds = float(words)
    if SHORTEST_CLIPBOARD_LIFETIME <= seconds <= LONGEST_CLIPBOARD_LIFETIME:
        return seconds
    raise ValueError


def _write_lifetime(value: float | None) -> str:
    return _NEVER if value is None else str(value)


class Preferences:
    """The preferences in the INI file at ``path``, or without one those of this run only.

    A file that is missing, damaged or cannot be written is no reason to complain: what is of no
    use has its default, and what is set lasts as long as this object. Nothing in it is secret.
    Not QSettings: that runs what a file says through QVariant, which complains on stderr, and
    writes into whatever lies at ``path`` with the permissions it has.
    """

    window_geometry = Preference("window/geometry", None, _parse_bytes, _write_bytes)
    splitter_state = Preference("window/splitter", None, _parse_bytes, _write_bytes)
    last_account = Preference("accounts/last", None, _parse_text, _write_text)
    """The id of the account that was selected."""
    clipboard_lifetime = Preference[float | None](
        "clipboard/lifetime", 60.0, _parse_lifetime, _write_lifetime
    )
    """Seconds after which a copied secret leaves the clipboard, 15 to 600; None for never."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._writing = threading.Lock()
        self._kept = configparser.RawConfigParser(strict=False, delimiters="=")
        if path is not None:
            # Of a damaged file, what could be read before or beside the damage is kept.
            with contextlib.suppress(OSError, configparser.Error):
                self._kept.read_string(look(path, _LARGEST).content.decode(errors="replace"))

    def stored(self, section: str, name: str) -> str | None:
        """The words that are kept under ``name``; None where there are none."""
        return self._kept.get(section, name, fallback=None)

    def keep(self, section: str, name: str, words: str | None) -> None:
        """Keep these words under ``name``; None removes what was there."""
        if not self._kept.has_section(section):
            self._kept.add_section(section)
        if words is None:
            self._kept.remove_option(section, name)
        else:
            self._kept.set(section, name, words)

    def save(self, patience: float = _PATIENCE) -> None:
        """Put a new file, for its owner only, in the place of the old one. Raises nothing.

        What is no file, and may be a device that a link leads to, is left alone. After
        ``patience`` seconds a disk that does not answer is not waited for any longer.
        """
        if self._path is None:
            return
        write = partial(self._write, self._path, self._text().encode())
        with contextlib.suppress(GaveUp, OSError, RuntimeError):  # the last: no thread is to be had
            call_within(patience, write, Cancellation())

    def _write(self, path: Path, content: bytes) -> None:
        place = Path(os.path.realpath(path))
        new = place.with_name(f".{place.name}.new")
        with self._writing:
            if place.exists() and not place.is_file():
                return
            create_owner_only(place.parent)
            new.unlink(missing_ok=True)
            try:
                store(new, content)
                new.replace(place)
            finally:
                new.unlink(missing_ok=True)

    def _text(self) -> str:
        text = io.StringIO()
        self._kept.write(text)
        return text.getvalue()
