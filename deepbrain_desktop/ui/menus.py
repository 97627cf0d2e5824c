"""The menu bar: every action of the window with its shortcut."""

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow, QMenu

from deepbrain_desktop import product
from deepbrain_desktop.session.state import AccountState, Failed, Granted, Requesting
from deepbrain_desktop.studios.scenarios import SCENARIOS, Scenario
from deepbrain_desktop.ui.entry_table import EntryTable

Shortcut = str | QKeySequence.StandardKey
LIFETIMES: tuple[tuple[str, float | None], ...] = (
    ("15 seconds", 15.0),
    ("30 seconds", 30.0),
    ("1 minute", 60.0),
    ("5 minutes", 300.0),
    ("10 minutes", 600.0),
    ("Only when I quit", None),
)
TABS = ("showTab1", "showTab2", "showTab3", "showTab4")
"""The names of the actions that lead to a token's pages."""


def fill_menus(  # noqa: PLR0915 - a list of actions
    window: QMainWindow, do: dict[str, Callable[[], object]]
) -> dict[str, QAction]:
    """Fill the menu bar. ``do`` has a callable for each action's name; returns the actions."""
    actions: dict[str, QAction] = {}

    def add(menu: QMenu, name: str, words: str, *shortcuts: Shortcut) -> QAction:
        action = menu.addAction(words)
        action.setObjectName(name)
        if shortcuts:
            action.setShortcuts([QKeySequence(each) for each in shortcuts])
        action.setAutoRepeat(name in _REPEATED)
        if name in do:
            action.triggered.connect(do[name])
        actions[name] = action
        return action

    keys = QKeySequence.StandardKey
    menu = window.menuBar().addMenu("&File")
    add(menu, "addAccount", "&New account", keys.New)
    add(menu, "addSandbox", "Try the &sandbox")
    menu.addSeparator()
    add(menu, "quit", "&Quit", "Ctrl+Q").setMenuRole(QAction.MenuRole.QuitRole)

    menu = window.menuBar().addMenu("&Edit")
    for name, words, key in (
        ("undo", "&Undo", keys.Undo),
        ("redo", "&Redo", keys.Redo),
        ("cut", "Cu&t", keys.Cut),
        ("copy", "&Copy", keys.Copy),
        ("paste", "&Paste", keys.Paste),
        ("selectAll", "Select &all", keys.SelectAll),
    ):
        # The keys themselves belong to the field with the focus; the menu shows and offers them.
        action = add(menu, name, f"{words}\t{_native(key)}")
        action.triggered.connect(_field_action(name))
    menu.addSeparator()
    add(menu, "pasteCredentials", "Paste &both fields", "Ctrl+Shift+V")
    add(menu, "find", "&Filter accounts", keys.Find)

    menu = window.menuBar().addMenu("&Account")
    add(menu, "requestToken", "&Request token", "Ctrl+Return", "Ctrl+Enter")
    add(menu, "cancel", "&Cancel request", "Esc")
    add(menu, "copyToken", "Copy &token", "Ctrl+Shift+C")
    menu.addSeparator()
    add(menu, "renameAccount", "Re&name…", "F2")
    add(menu, "duplicateAccount", "&Duplicate", "Ctrl+D")
    add(menu, "removeAccount", "Re&move…", "Ctrl+Shift+Backspace")
    menu.addSeparator()
    add(menu, "forgetKey", "&Forget the user key…")
    add(menu, "nextAccount", "Ne&xt account", "Ctrl+PgDown")
    add(menu, "previousAccount", "&Previous account", "Ctrl+PgUp")

    menu = window.menuBar().addMenu("&Tools")
    add(menu, "copyReport", "Copy r&eport", "Ctrl+Shift+R")
    add(menu, "clearClipboard", "&Clear the clipboard now", "Ctrl+Shift+X")
    lifetimes = menu.addMenu("Copied secrets &leave after")
    group = QActionGroup(lifetimes)
    for words, seconds in LIFETIMES:
        action = add(lifetimes, f"lifetime{seconds or 0:.0f}", words)
        action.setCheckable(True)
        action.setData(seconds)
        group.addAction(action)
    menu.addSeparator()
    add(menu, "openKeyPage", "Open the &key page")
    add(menu, "openLogFolder", "Open the lo&g folder")

    menu = window.menuBar().addMenu("&View")
    pages = zip(TABS, ("C&laims", "&Header", "&Token", "&Request"), strict=True)
    for number, (name, words) in enumerate(pages, start=1):
        add(menu, name, words, f"Alt+{number}")
    menu.addSeparator()
    add(menu, "showDetails", "&Details of a failure", "Ctrl+I")

    menu = window.menuBar().addMenu("&Help")
    add(menu, "documentation", "AI Studios &documentation")
    add(menu, "about", f"&About {product.NAME}").setMenuRole(QAction.MenuRole.AboutRole)
    return actions


def offer(actions: Mapping[str, QAction], account: AccountState) -> None:
    """Enable what does something as this account stands, and disable what does nothing."""
    is_granted = isinstance(account.phase, Granted)
    offered = {
        "cancel": isinstance(account.phase, Requesting),
        "copyToken": is_granted,
        **dict.fromkeys(TABS, is_granted),
        "forgetKey": bool(account.account.keys or account.typed_key),
        "showDetails": isinstance(account.phase, Failed),
        **dict.fromkeys(
            ("renameAccount", "duplicateAccount", "removeAccount"), not account.is_blank
        ),
    }
    for name, does_something in offered.items():
        actions[name].setEnabled(does_something)


def add_sandbox_menu(
    window: QMainWindow, before: QAction, choose: Callable[[Scenario], object]
) -> None:
    """Offer each account of the sandbox, before another entry of its menu."""
    menu = QMenu("Sandbox acco&unt", window)
    for scenario in SCENARIOS:
        menu.addAction(scenario.summary).triggered.connect(partial(choose, scenario))
    around = before.parent()
    if isinstance(around, QMenu):
        around.insertMenu(before, menu)


_REPEATED = ("nextAccount", "previousAccount")
"""What goes on while its keys are held down; all else is done once."""
_OF_TABLES = ("copy", "selectAll")


def _native(key: QKeySequence.StandardKey) -> str:
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


def _field_action(name: str) -> Callable[[], None]:
    def act() -> None:
        field = QApplication.focusWidget()
        if isinstance(field, QLineEdit) or (isinstance(field, EntryTable) and name in _OF_TABLES):
            getattr(field, name)()

    return act
