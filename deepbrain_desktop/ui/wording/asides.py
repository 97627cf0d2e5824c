"""Sentences that are said for a moment, or in a dialog."""

from deepbrain_desktop import product

COULD_NOT_COPY = "Could not copy: another program holds the clipboard. Try again."
CRASHED = "Something went wrong"
CRASHED_ADVICE = (
    "This is a fault of the program. It goes on, and nothing that was saved is lost."
    " Copy this text and send it to whoever looks after the program."
)

NOT_OPENED = "No program to open it with"
NOT_OPENED_ADVICE = "This system names no browser or file manager. Open this address in one:"


def describe_key_left(keychain: str) -> str:
    """What removing an account means whose key could not be removed."""
    return (
        f"Its user key could not be removed from {keychain}. To try that again, cancel and forget"
        f" the key first. Else it stays there until you remove it by hand; its name begins with"
        f" “{product.NAME}:”."
    )


def describe_key_elsewhere(keychain: str) -> str:
    """What forgetting a key means that the keychain did not have."""
    return (
        f"Its user key was not found in {keychain}. Should it lie in another keychain, it stays"
        f" there until you remove it by hand; its name begins with “{product.NAME}:”."
    )


def describe_opened(address: str) -> str:
    """What to look for, should no window come up."""
    return f"Opening {address}"


def describe_nothing_found(too_long: bool) -> str:  # noqa: FBT001 - says itself
    """Why a text filled no field."""
    if too_long:
        return "This text is too long to be looked through for an app ID and a user key"
    return "No app ID and no user key in this text"
