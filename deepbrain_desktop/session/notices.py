"""What the window has to say about the accounts as a whole."""

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from deepbrain_desktop.system.accounts_errors import Cause


class NoticeKind(Enum):
    """What the whole window has to say."""

    ACCOUNTS_DAMAGED = "accounts damaged"
    ACCOUNTS_NEWER = "accounts newer"
    ACCOUNTS_UNREADABLE = "accounts unreadable"
    ACCOUNTS_CONFLICT = "accounts conflict"
    ACCOUNTS_NOT_SAVED = "accounts not saved"
    ACCOUNT_UNKNOWN = "account unknown"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that concerns all accounts, with the file or the name it is about."""

    kind: NoticeKind
    path: "Path | None" = None
    cause: "Cause | None" = None
    """Why it was not saved, where that is what it says."""
    name: str | None = None
    """What no account is called, where that is what it says."""
