"""What the person prefers, from one run to the next."""

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar, overload

from PySide6.QtCore import QByteArray, QSettings

from deepbrain_desktop.system.paths import create_owner_only

T = TypeVar("T")

SHORTEST_CLIPBOARD_LIFETIME = 15.0
LONGEST_CLIPBOARD_LIFETIME = 600.0
_NEVER = "never"


class Preference(Generic[T]):
    """One preference, declared in the body of Preferences and used as an attribute.

    ``parse`` makes a value of what was stored and raises ValueError where it is none: the
    preference is then ``default``. ``store`` is its inverse; None stores nothing.
    """

    def __init__(
        self,
        name: str,
        default: T,
        parse: Callable[[object], T],
        store: Callable[[T], object] = lambda value: value,
    ) -> None:
        self._name = name
        self._default = default
        self._parse = parse
        self._store = store

    @overload
    def __get__(self, owner: None, kind: type) -> "Preference[T]": ...
    @overload
    def __get__(self, owner: "Preferences", kind: type) -> T: ...
    def __get__(self, owner: "Preferences | None", kind: type) -> "T | Preference[T]":
        """Return the value, or the default."""
        if owner is None:
            return self
        stored = owner.stored(self._name)
        if stored is None:
            return self._default
        try:
            return self._parse(stored)
        except ValueError:
            return self._default

    def __set__(self, owner: "Preferences", value: T) -> None:
        """Keep the value. Raises ValueError where it is none that could be read again."""
        stored = self._store(value)
        if stored is not None:
            self._parse(stored)
        owner.keep(self._name, stored)


def _bytes(stored: object) -> QByteArray | None:
    if isinstance(stored, QByteArray):
        return stored
    raise ValueError


def _text(stored: object) -> str | None:
    if isinstance(stored, str):
        return stored
    raise ValueError


def _lifetime(stored: object) -> float | None:
    if stored == _NEVER:
        return None
    # An INI file holds words.
    seconds = float(stored) if isinstance(stored, str | float | int) else 0.0
    if SHORTEST_CLIPBOARD_LIFETIME <= seconds <= LONGEST_CLIPBOARD_LIFETIME:
        return seconds
    raise ValueError


class Preferences:
    """The preferences in the INI file at ``path``, or without one those of this run only.

    A file that is missing, damaged or cannot be written is no reason to complain: everything then
    has its default, and lasts as long as this object. Nothing in it is secret.
    """

    window_geometry = Preference[QByteArray | None]("window/geometry", None, _bytes)
    splitter_state = Preference[QByteArray | None]("window/splitter", None, _bytes)
    last_account = Preference[str | None]("accounts/last", None, _text)
    """The id of the account that was selected."""
    clipboard_lifetime = Preference[float | None](
        "clipboard/lifetime", 60.0, _lifetime, lambda it: _NEVER if it is None else it
    )
    """Seconds after which a copied secret leaves the clipboard, 15 to 600; None for never."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._kept: dict[str, object] = {}
        self._settings = None if path is None else QSettings(str(path), QSettings.Format.IniFormat)

    def stored(self, name: str) -> object:
        """What is stored under ``name``, as it was or as text; None where there is nothing."""
        if self._settings is None:
            return self._kept.get(name)
        found: object = self._settings.value(name)
        return found

    def keep(self, name: str, value: object) -> None:
        """Store ``value`` under ``name``; None removes what was there."""
        if self._settings is None:
            self._kept[name] = value
        elif value is None:
            self._settings.remove(name)
        else:
            self._settings.setValue(name, value)

    def save(self) -> None:
        """Write to the file now; Qt would do so some time later. Raises nothing."""
        if self._settings is None or self._path is None:
            return
        # Qt makes a new file readable for everybody, whatever the umask, but leaves the
        # permissions of an existing one as they are.
        with contextlib.suppress(OSError):
            create_owner_only(self._path.parent)
            self._path.touch(0o600)
        self._settings.sync()
