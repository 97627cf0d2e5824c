"""Where this program keeps its files, by the conventions of the platform.

QStandardPaths is not asked: without HOME it answers ``//.config``, which root could even write to.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deepbrain_desktop.product import IDENTIFIER

NOWHERE = Path(os.devnull)
"""Stands in for a home that is not known: nothing can be read or written below it."""


@dataclass(frozen=True, slots=True)
class Paths:
    """The folders of one user. None of them needs to exist; whoever writes creates it."""

    config: Path
    logs: Path
    runtime: Path
    """For what concerns running processes only."""

    @classmethod
    def of_this_user(
        cls, environment: Mapping[str, str] | None = None, platform: str = sys.platform
    ) -> "Paths":
        """The folders of who runs this program; nothing on the disk is touched.

        Where no home is known, every attempt to write there raises OSError.
        Sources: XDG Base Directory Specification 0.8; Apple's File System Programming Guide;
        Microsoft's KNOWNFOLDERID (LocalAppData, since keys do not roam either).
        """
        known = os.environ if environment is None else environment
        if platform == "win32":
            local = _folder(known, "LOCALAPPDATA", NOWHERE) / IDENTIFIER
            return cls(local, local / "logs", local / "run")
        home = _folder(known, "HOME", NOWHERE)
        if platform == "darwin":
            library = home / "Library"
            config = library / "Application Support" / IDENTIFIER
            return cls(config, library / "Logs" / IDENTIFIER, config / "run")
        config = _folder(known, "XDG_CONFIG_HOME", home / ".config") / IDENTIFIER
        state = _folder(known, "XDG_STATE_HOME", home / ".local" / "state") / IDENTIFIER
        session = _folder(known, "XDG_RUNTIME_DIR", NOWHERE)
        return cls(config, state, session / IDENTIFIER if _is_ours(session) else state / "run")

    @property
    def accounts(self) -> Path:
        """The accounts file."""
        return self.config / "accounts.json"

    @property
    def preferences(self) -> Path:
        """The preferences file."""
        return self.config / "preferences.ini"


def create_owner_only(folder: Path) -> None:
    """Create ``folder`` and what is missing above it, for its owner only. Raises OSError."""
    if folder.is_dir():
        return
    if folder.parent != folder:
        create_owner_only(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)


def _folder(environment: Mapping[str, str], name: str, otherwise: Path) -> Path:
    # The specification has relative paths ignored.
    folder = Path(environment.get(name, ""))
    return folder if folder.is_absolute() else otherwise


def _is_ours(session: Path) -> bool:
    if sys.platform == "win32":
        return False
    # `sudo` and `su` may leave another user's folder in the environment.
    try:
        found = session.stat()
    except OSError:
        return False
    return session.is_dir() and found.st_uid == os.geteuid() and not found.st_mode & 0o077
