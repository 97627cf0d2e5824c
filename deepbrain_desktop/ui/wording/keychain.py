"""Sentences about the keychain."""

from deepbrain_desktop.system import keychain_errors as keychain
from deepbrain_desktop.ui.wording.explanation import Action, Explanation

NO_KEYCHAIN = "Kept until you quit: there is no usable keychain here"

_KEYCHAIN: dict[type[keychain.KeychainError], Explanation] = {
    keychain.KeychainUnavailable: Explanation(
        "No keychain here",
        "Type the key: it is kept until you quit. To keep it longer, start the system’s keychain.",
        Action.TYPE_KEY,
    ),
    keychain.KeychainLocked: Explanation(
        "The keychain is locked",
        "Unlock it in the system’s own keychain program, then try again, or type the key.",
    ),
    keychain.KeychainSilent: Explanation(
        "The keychain does not answer",
        "Answer its prompt if there is one, or restart it; or type the key for this once.",
    ),
    keychain.KeychainDenied: Explanation(
        "The keychain did not let this program in",
        "On macOS choose “Always Allow” when it asks, after updates too. Elsewhere ask your"
        " administrator.",
    ),
    keychain.NoResourcesForKeychain: Explanation(
        "This computer is low on resources",
        "No thread, file or memory was left to ask it with. Close some programs and try again.",
    ),
    keychain.KeychainBroken: Explanation(
        "Keychain error",
        "The keychain failed in a way of its own. Restart it, or type the key for this once.",
    ),
    keychain.KeyNotRemoved: Explanation(
        "The key is still in the keychain",
        "It said that the key was removed, but it was not. Remove it in the keychain’s program.",
    ),
    keychain.KeyNotNoted: Explanation(
        "The list of accounts could not be saved",
        "So the key was not saved either. Make room on the disk, or give access to its folder.",
    ),
    keychain.KeyNotKept: Explanation(
        "The keychain did not keep the key",
        "What was read back is not what was saved. It is kept until you quit; save it again.",
        Action.TYPE_KEY,
    ),
    keychain.KeyTooLong: Explanation(
        "The key is too long for the system’s keychain",
        "It takes 1,280 characters at most. Check what was pasted.",
        Action.TYPE_KEY,
    ),
}


def explain_keychain(problem: keychain.KeychainError) -> Explanation:
    """Put a failure of the keychain into words."""
    return _KEYCHAIN[type(problem)]


def describe_key_problem(problem: keychain.KeychainError, *, removing: bool) -> str:
    """Why the key was not saved, or not removed, in one line beside its field."""
    what = "Key NOT removed from the keychain" if removing else "Not saved, kept until you quit"
    return f"{what}: {explain_keychain(problem).headline} ({problem.reason})"
