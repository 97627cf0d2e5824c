"""Everything that can go wrong with the system's keychain, as types.

Each class is one cause with one piece of advice; ``reason`` is its short, stable id. No error
carries a key or the words of a foreign exception, which might quote one.
"""

from deepbrain_desktop.waiting import Cancelled


class KeychainError(Exception):
    """The system's keychain did not do what it was asked."""

    reason: str
    unsettled = False
    """Whether a key that was to be saved may be in the keychain nevertheless."""

    def __init__(self) -> None:
        super().__init__(self.reason)


class SavingCutShort(Cancelled):
    """A saving was cancelled when it had begun: the key may be in the keychain nevertheless."""

    unsettled = True


class KeychainUnavailable(KeychainError):
    """There is no keychain here that could be used."""

    reason = "KEYCHAIN-NONE"


class KeychainLocked(KeychainError):
    """The keychain is locked, and the question for its password was not answered."""

    reason = "KEYCHAIN-LOCKED"


class KeychainDenied(KeychainError):
    """The keychain is there, but this program may not use the entry.

    macOS says so where the person declined, and where the program's signature is not the one that
    saved the entry, as after an update: choosing "Always Allow" when it asks again cures that.
    """

    reason = "KEYCHAIN-DENIED"


class KeychainSilent(KeychainError):
    """The keychain did not answer in time."""

    reason = "KEYCHAIN-TIMEOUT"


class NoResourcesForKeychain(KeychainError):
    """No file descriptor, thread or memory was to be had to ask the keychain."""

    reason = "KEYCHAIN-RESOURCES"


class KeychainBroken(KeychainError):
    """The keychain failed in a way that is not understood."""

    reason = "KEYCHAIN-ERROR"

    def __init__(self, kind: str, code: int | None = None) -> None:
        super().__init__()
        self.kind = kind
        """The name of the foreign exception's type, or of the D-Bus error."""
        self.code = code
        """The system's own number for it (OSStatus, Windows error), where it has one."""


class KeyNotNoted(KeychainError):
    """The list of accounts could not be written, so the key, of which it tells, was not saved."""

    reason = "KEYCHAIN-NOT-NOTED"


class KeyNotKept(KeychainError):
    """The keychain reported success, but reading back did not bring what was saved."""

    reason = "KEYCHAIN-NOT-KEPT"


class KeyNotRemoved(KeychainError):
    """The keychain reported success, but the key is still there."""

    reason = "KEYCHAIN-NOT-REMOVED"


class KeyTooLong(KeychainError):
    """The key is longer than this system's keychain can hold."""

    reason = "KEYCHAIN-KEY-LENGTH"
