"""Remove what the program keeps for its user, keys first: what an uninstaller may ask for."""

import contextlib
import shutil
import sys
from contextlib import closing
from pathlib import Path

from deepbrain_desktop import product
from deepbrain_desktop.session.ports import Keychain
from deepbrain_desktop.system.accounts_file import AccountsFile
from deepbrain_desktop.system.instance import Instance
from deepbrain_desktop.system.keychain_errors import KeychainError
from deepbrain_desktop.system.paths import Paths
from deepbrain_desktop.waiting import Cancellation


def remove_my_data(paths: Paths, keychain: Keychain) -> int:
    """Remove saved keys, accounts, settings and log. Returns the exit status.

    The list of accounts is all that knows where the keys are, so it goes last, and stays, with
    status 1, where a key could not be removed or the list not be read. Nothing is touched while
    the program runs.
    """
    with closing(Instance(paths.runtime)) as instance:
        if not instance.claim():
            return _refuse(f"{product.NAME} is running: close it first.")
        if not _remove_keys(paths, keychain):
            return 1
    left = [each for each in (paths.logs, paths.runtime, paths.config) if not _remove(each)]
    if left:
        return _refuse(f"Could not be removed: {', '.join(map(str, left))}")
    _tell("Removed: accounts, their keys, settings and log.")
    return 0


def _remove_keys(paths: Paths, keychain: Keychain) -> bool:
    reading = AccountsFile(paths.accounts).read()
    if reading.newer or reading.unreadable or reading.damaged:
        _refuse(f"Nothing was removed: where the keys are cannot be read from {paths.accounts}.")
        return False
    stored = [(each.name, key) for each in reading.accounts for key in each.keys]
    for name, key in stored:
        try:
            keychain.remove(key.entry, Cancellation())
        except KeychainError as error:
            _refuse(f"The key of {name or key.entry.user} could not be removed: {error.reason}.")
            return False
    return True


def _remove(folder: Path) -> bool:
    with contextlib.suppress(OSError):
        shutil.rmtree(folder)
    return not folder.exists()


def _refuse(words: str) -> int:
    line = "".join(each if each.isprintable() else "?" for each in words)
    print(line, file=sys.stderr)  # noqa: T201 - there is no window to say it in
    return 1


def _tell(words: str) -> None:
    print(words, file=sys.stdout)  # noqa: T201 - there is no window to say it in
