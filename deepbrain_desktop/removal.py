"""Remove what the program keeps for its user, keys first: what an uninstaller may ask for."""

import contextlib
import shutil
from contextlib import closing
from pathlib import Path

from deepbrain_desktop import product
from deepbrain_desktop.session.ports import Keychain
from deepbrain_desktop.system.accounts_errors import NotWhole
from deepbrain_desktop.system.accounts_file import AccountsFile
from deepbrain_desktop.system.console import complain, tell
from deepbrain_desktop.system.instance import Instance
from deepbrain_desktop.system.keychain_errors import KeychainError
from deepbrain_desktop.system.paths import Paths
from deepbrain_desktop.waiting import Cancellation


def remove_my_data(paths: Paths, keychain: Keychain) -> int:
    """Remove saved keys, accounts, settings and log. Returns the exit status.

    The list of accounts, with all versions of it that were set aside, is all that knows where the
    keys are. So it goes last, and stays, with status 1, where a key could not be removed or the
    list not be read. Nothing is touched while the program runs.
    """
    with closing(Instance(paths.runtime)) as instance:
        if not instance.claim():
            return _refuse(f"{product.NAME} is running: close it first.")
        if not _remove_keys(paths, keychain):
            return 1
    left = [each for each in (paths.logs, paths.runtime, paths.config) if not _remove(each)]
    if left:
        return _refuse(
            f"The keys are removed; remove the rest by hand: {', '.join(map(str, left))}"
        )
    tell("Removed: accounts, their keys, settings and log.")
    return 0


def _remove_keys(paths: Paths, keychain: Keychain) -> bool:
    try:
        accounts = AccountsFile(paths.accounts).read_all_versions()
    except NotWhole as error:
        _refuse(
            f"Nothing was removed: {error.path} tells where keys are, but cannot be read whole."
            " Mend it, or delete it and remove the keys by hand; then try again."
        )
        return False
    owners = {key.entry: each.name for each in accounts for key in each.keys}
    for entry, name in owners.items():
        try:
            keychain.remove(entry, Cancellation())
        except KeychainError as error:
            _refuse(
                f"The key of {name or entry.user} could not be removed: {error.reason}."
                " See to the keychain and try again; accounts, settings and log are kept."
            )
            return False
    return True


def _remove(folder: Path) -> bool:
    with contextlib.suppress(OSError):
        shutil.rmtree(folder)
    return not folder.exists()


def _refuse(words: str) -> int:
    complain(words)
    return 1
