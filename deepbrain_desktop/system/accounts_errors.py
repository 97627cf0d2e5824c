"""What can go wrong with the list of accounts, as types."""

from enum import Enum
from pathlib import Path


class Cause(Enum):
    """Why the accounts could not be saved."""

    NO_SPACE = "no space"
    READ_ONLY = "read-only"
    """There is no such folder, or it may not be written to."""
    NEWER_FILE = "newer file"
    TOO_LARGE = "too large"
    RESOURCES = "resources"
    """No thread or memory was to be had."""
    OTHER = "other"


class AccountsNotSaved(Exception):
    """The accounts were not written; the file is as it was."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(cause.value)
        self.cause = cause


class NewerFile(AccountsNotSaved):
    """The file comes from a later version of this program and is left alone."""

    def __init__(self) -> None:
        super().__init__(Cause.NEWER_FILE)


class NotWhole(Exception):
    """The file at ``path`` has accounts, but not all of them can be read."""

    def __init__(self, path: Path) -> None:
        super().__init__("not all accounts can be read")
        self.path = path
