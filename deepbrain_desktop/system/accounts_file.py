"""The accounts file: written whole or not at all, and never a cause of losing anything."""

import contextlib
import errno
import os
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from deepbrain_desktop.account import Account
from deepbrain_desktop.system.accounts_errors import AccountsNotSaved, Cause, NewerFile, NotWhole
from deepbrain_desktop.system.accounts_schema import LARGEST, NotAccounts, TooLarge, decode, encode
from deepbrain_desktop.system.paths import create_owner_only
from deepbrain_desktop.system.whole_file import Seen, look, store, synchronise_folder


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found. Without a file: no accounts, and nothing to say."""

    accounts: tuple[Account, ...] = ()
    damaged: Path | None = None
    """Where the damaged file lies now, whole. What could be read of it is in ``accounts``."""
    newer: bool = False
    """Whether the file has a later schema: nothing was read, and ``write`` refuses."""
    unreadable: bool = False
    """Whether there is a file (or something else) that the system would not let us read."""


class AccountsFile:
    """The accounts file at ``path``, which may be a link to another place.

    Each write puts a complete, synchronised file in the place of the old one (rename is atomic,
    POSIX.1-2017), so that whenever a process is killed or the power fails the file holds either
    the old or the new accounts. What this program did not write itself is set aside beside it,
    never overwritten. May be used by any thread.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._seen: Seen | None = None

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    def read(self) -> Reading:
        """Read the accounts; a damaged file is set aside. Raises nothing."""
        with self._lock:
            return self._read()

    def read_all_versions(self) -> dict[Path, tuple[Account, ...]]:
        """Read the file and all that was set aside beside it, by where it lies; changes nothing.

        Where the file is a link, something may have been set aside beside either end of it.
        Raises NotWhole where one of these cannot be read to its end.
        """
        place = self._place()
        beside = {place, *_names_of_versions(place), *_names_of_versions(self._path)}
        places = sorted({Path(os.path.realpath(each)) for each in beside})
        found = {each: _read_whole(each) for each in places}
        return {each: accounts for each, accounts in found.items() if accounts is not None}

    def write(self, accounts: Iterable[Account]) -> Path | None:
        """Write these accounts in the place of those in the file.

        Returns where a version was set aside that somebody else had written meanwhile.
        Raises AccountsNotSaved (NewerFile where that is why).
        """
        with self._lock:
            try:
                return self._write(encode(accounts))
            except TooLarge:
                raise AccountsNotSaved(Cause.TOO_LARGE) from None
            except NotAccounts:
                raise AccountsNotSaved(Cause.OTHER) from None
            except OSError as failure:
                raise AccountsNotSaved(_cause(failure)) from failure

    def _read(self) -> Reading:
        self._seen = None
        place = self._place()
        try:
            seen = look(place, LARGEST + 1)
        except (FileNotFoundError, NotADirectoryError):
            return Reading()
        except OSError:
            return Reading(unreadable=True)
        try:
            decoded = decode(seen.content)
        except NotAccounts:
            try:
                aside = _set_aside(place, "damaged")
                place.unlink(missing_ok=True)
            except OSError:
                aside = place
            return Reading(damaged=aside)
        if decoded.newer:
            return Reading(newer=True)
        if decoded.complete:
            self._seen = seen
            return Reading(decoded.accounts)
        try:
            mended = encode(decoded.accounts)
            aside = _set_aside(place, "damaged")
            self._seen = seen
            self._write(mended)
        except (OSError, NotAccounts, AccountsNotSaved):
            aside = place
        return Reading(decoded.accounts, damaged=aside)

    def _write(self, content: bytes) -> Path | None:
        place = self._place()
        create_owner_only(place.parent)
        _remove_leftovers(place)
        temporary = place.with_name(f".{place.name}.{os.getpid()}.new")
        try:
            seen = store(temporary, content)
            conflict = self._set_foreign_aside(place)
            temporary.replace(place)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise
        self._seen = seen
        synchronise_folder(place.parent)
        return conflict

    def _set_foreign_aside(self, place: Path) -> Path | None:
        try:
            found = place.lstat()
        except FileNotFoundError:
            return None
        if self._seen and self._seen.is_still(found):
            return None
        try:
            foreign = look(place, LARGEST + 1).content
            newer = decode(foreign).newer
        except FileNotFoundError:
            return None
        except (OSError, NotAccounts):
            return _set_aside(place, "conflict")
        if newer:
            raise NewerFile
        if self._seen and self._seen.content == foreign:
            return None
        return _set_aside(place, "conflict")

    def _place(self) -> Path:
        # Not Path.resolve: before Python 3.13 it raises RuntimeError where links form a circle.
        return Path(os.path.realpath(self._path))


def _names_of_versions(place: Path) -> list[Path]:
    try:
        beside = list(place.parent.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError:
        raise NotWhole(place) from None
    start, end = f"{place.stem}.", place.suffix
    return [each for each in beside if each.name.startswith(start) and each.name.endswith(end)]


def _read_whole(version: Path) -> tuple[Account, ...] | None:
    try:
        decoded = decode(look(version, LARGEST + 1).content)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, NotAccounts):
        raise NotWhole(version) from None
    if not decoded.complete:
        raise NotWhole(version)
    return decoded.accounts


def _remove_leftovers(place: Path) -> None:
    # Of runs that were killed while they wrote.
    for each in place.parent.iterdir():
        if each.name.startswith(f".{place.name}.") and each.name.endswith(".new"):
            each.unlink(missing_ok=True)


def _set_aside(place: Path, word: str) -> Path:
    """Give ``place`` a second name; where the file system cannot, give it another name."""
    moment = time.strftime("%Y%m%d-%H%M%S")
    for number in count(1):
        again = f"-{number}" if number > 1 else ""
        aside = place.with_name(f"{place.stem}.{word}-{moment}{again}{place.suffix}")
        if os.path.lexists(aside):
            continue
        try:
            aside.hardlink_to(place)
        except FileExistsError:
            continue
        except OSError:
            place.rename(aside)
        with contextlib.suppress(OSError):
            if aside.is_file():
                aside.chmod(0o600)
        return aside
    raise AssertionError


def _cause(failure: OSError) -> Cause:
    match failure.errno:
        # EFBIG: a limit on the size of files.
        case errno.ENOSPC | errno.EDQUOT | errno.EFBIG:
            return Cause.NO_SPACE
        case errno.EROFS | errno.EACCES | errno.EPERM | errno.ENOTDIR | errno.EEXIST:
            return Cause.READ_ONLY
        case _:
            return Cause.OTHER
