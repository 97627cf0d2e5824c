"""Remove what the program keeps for its user, keys first: what an uninstaller may ask for."""

import contextlib
import os
import shutil
from contextlib import closing
from itertools import chain
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
    list not be read. Nothing is touched while the program runs, nor what a link leads to: that
    is named, with status 1.
    """
    with closing(Instance(paths.runtime)) as instance:
        if not instance.claim():
            return _refuse(f"{product.NAME} is running: close it first.")
        lists = _remove_keys(paths, keychain)
        if lists is None:
            return 1
    files = [*lists, _place(paths.preferences)]
    left = [_place(each) for each in (paths.logs, paths.runtime, paths.config) if not _remove(each)]
    left += [each for each in files if each.is_file() and not {*each.parents} & {*left}]
    if left:
        return _refuse(
            f"The keys are removed; remove the rest by hand: {', '.join(map(str, left))}"
        )
    tell("Removed: accounts, their keys, settings and log.")
    return 0


def _remove_keys(paths: Paths, keychain: Keychain) -> tuple[Path, ...] | None:
    """Remove all keys and return where the lists lie that told of them; None where one stays."""
    try:
        versions = AccountsFile(paths.accounts).read_all_versions()
    except NotWhole as error:
        _refuse(
            f"Nothing was removed: {error.path} tells where keys are, but cannot be read whole."
            " Mend it, or delete it and remove the keys by hand; then try again."
        )
        return None
    accounts = chain.from_iterable(versions.values())
    owners = {key.entry: each.name for each in accounts for key in each.keys}
    for entry, name in owners.items():
        try:
            keychain.remove(entry, Cancellation())
        except KeychainError as error:
            _refuse(
                f"The key of {name or entry.user} could not be removed: {error.reason}."
                " See to the keychain and try again; accounts, settings and log are kept."
            )
            return None
    return tuple(versions)


def _remove(folder: Path) -> bool:
    with contextlib.suppress(OSError):
        shutil.rmtree(folder)
    return not folder.exists()


def _place(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _refuse(words: str) -> int:
    complain(words)
    return 1
