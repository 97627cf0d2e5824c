"""A scene whose user key lies in a keychain, and what a person does with it there."""

from faults.fault_server import FaultServer
from faults.scene import APP_ID, Outcome, Scene
from PySide6.QtWidgets import QApplication
from ui.stage import account, new_key

from deepbrain_desktop.account import Account, KeychainEntry, ServerKind
from deepbrain_desktop.session.state import KeyPlace


def remembering(server: FaultServer, name: str = "Someone", app_id: str = APP_ID) -> Account:
    """An account whose key is to be kept."""
    return account(name, app_id, server=ServerKind.OTHER, address=server.origin)


def entry_of(scene: Scene) -> KeychainEntry:
    """Where the key of the account lies."""
    (stored,) = scene.studio.current.account.keys
    return stored.entry


def settle(scene: Scene) -> None:
    """Wait until the keychain has done what it was asked."""
    scene.studio.wait(lambda: not scene.studio.current.saving_key)
    scene.studio.wait(lambda: not scene.studio.current.removing)


def is_saved(scene: Scene) -> bool:
    """Whether the window says that the key lies in the keychain."""
    settle(scene)
    return scene.studio.current.key_place is KeyPlace.KEYCHAIN


def replace_key(scene: Scene) -> tuple[str, Outcome]:
    """Type another key in the place of the saved one, and make a request with it."""
    key = new_key()
    if scene.studio.sees("replaceKey"):
        scene.studio.click("replaceKey")
    scene.type_key(key)
    outcome = scene.attempt()
    settle(scene)
    return key, outcome


def forget(scene: Scene) -> str:
    """Have the key removed; what the window then says beside its field."""
    scene.studio.click("forgetKey")
    if scene.studio.current.account.keys:
        scene.studio.dialog()
        scene.studio.press("Alt+F")
        scene.studio.wait(lambda: not QApplication.activeModalWidget())
    settle(scene)
    return key_words(scene)


def key_words(scene: Scene) -> str:
    """What stands beside the key's field."""
    return scene.studio.find("userKeyHint").accessibleDescription()
