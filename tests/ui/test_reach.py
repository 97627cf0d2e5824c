"""Every control is reached by keys, in reading order, and has one name for everybody."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QScrollArea,
    QTabBar,
    QWidget,
)
from ui.stage import Studio, asking, with_key

NAMES = {
    "accounts": "Accounts",
    "appId": "App ID",
    "userKey": "User key",
    "server": "Server",
    "remember": "Remember",
    "requestToken": "Request token",
    "cancel": "Cancel",
    "copyToken": "Copy token",
    "tokenStatus": "Token status",
    "expiry": "Expiry",
    "claims": "Claims",
    "header": "Header",
    "token": "Token",
    "request": "Request",
    "message": "Message",
    "details": "Details",
    "copyReport": "Copy report",
}
MENUS = ("File", "Edit", "Account", "Tools", "View", "Help")
STATES = ("blank", "typed", "granted", "requesting", "failed")


@pytest.fixture(params=STATES)
def in_state(request, open_studio, sandbox) -> Studio:
    """A window in each state that has controls of its own."""
    scenario = {"granted": "valid", "requesting": "dripping", "failed": "refused"}
    if request.param == "blank":
        return open_studio()
    studio = open_studio(asking(sandbox, scenario.get(request.param, "valid")))
    with_key(studio)
    if request.param == "requesting":
        studio.press("Ctrl+Return")
    elif request.param != "typed":
        studio.request()
    return studio


def tabbed_through(studio: Studio) -> list[QWidget]:
    found: list[QWidget] = []
    studio.click("filter")
    while (widget := QApplication.focusWidget()) not in found:
        found.append(widget)
        studio.press("Tab")
    assert widget is found[0]
    return found


def controls(studio: Studio) -> list[QWidget]:
    """What can be used on the page now, by mouse or keys."""
    kinds = (QAbstractButton, QLineEdit, QComboBox, QTabBar)
    return [
        each
        for each in studio.window.findChildren(QWidget)
        if isinstance(each, kinds)
        and each.isVisible()
        and each.isEnabled()
        and not isinstance(each.parent(), QLineEdit | QTabBar)
        and each.objectName() != "qt_menubar_ext_button"
    ]


def test_tab_reaches_every_control(in_state) -> None:
    missing = set(controls(in_state)) - set(tabbed_through(in_state))
    assert not {each.objectName() or repr(each) for each in missing}


def test_tab_goes_in_reading_order(in_state) -> None:
    page = in_state.page
    places = []
    for each in tabbed_through(in_state):
        if page.isAncestorOf(each) and each.objectName() != "server":
            corner = each.mapTo(page, QPoint(0, 0))
            places.append((corner.y() // 20, corner.x(), each.objectName()))
    assert places == sorted(places)


@pytest.mark.parametrize("name", ["about", "renameAccount", "removeAccount"])
def test_tab_goes_in_reading_order_in_a_dialog(open_studio, sandbox, name) -> None:
    studio = open_studio(asking(sandbox, "valid"))
    studio.program.workspace.actions_by_name[name].trigger()
    dialog = studio.dialog()
    places: list[tuple[int, int]] = []
    while (place := corner_in(dialog)) not in places:
        places.append(place)
        studio.press("Tab")
    first = places.index(min(places))
    assert len(places) > 1
    assert places[first:] + places[:first] == sorted(places)
    studio.press("Esc")
    studio.wait(lambda: not QApplication.activeModalWidget())


def corner_in(dialog: QWidget) -> tuple[int, int]:
    """Where in a dialog the control with the keyboard begins, from the top and from the left."""
    corner = QApplication.focusWidget().mapTo(dialog, QPoint(0, 0))
    return corner.y(), corner.x()


def test_shift_tab_goes_back(studio) -> None:
    studio.click("userKey")
    studio.press("Shift+Tab")
    assert studio.focus == "appId"


def letters(text: str) -> list[str]:
    return [each.lower() for each in re.findall(r"&([^&])", text.replace("&&", ""))]


def mnemonics(studio: Studio) -> Iterator[str]:
    """The letters that Alt works with now."""
    for action in studio.window.menuBar().actions():
        yield from letters(action.text())
    for each in studio.window.findChildren(QWidget):
        if not each.isVisible():
            continue
        if isinstance(each, QTabBar):
            for number in range(each.count()):
                yield from letters(each.tabText(number))
        elif isinstance(each, QAbstractButton) or (isinstance(each, QLabel) and each.buddy()):
            yield from letters(each.text())


def test_no_two_visible_controls_share_a_mnemonic(in_state) -> None:
    if in_state.sees("messageAction") or in_state.sees("showToken"):
        in_state.press("Alt+3")
    twice = [letter for letter, count in Counter(mnemonics(in_state)).items() if count > 1]
    assert not twice


def test_the_token_page_has_mnemonics_of_its_own(open_studio, sandbox) -> None:
    studio = open_studio(asking(sandbox, "valid"))
    with_key(studio)
    studio.request()
    studio.press("Alt+3")
    assert studio.sees("showToken")
    assert max(Counter(mnemonics(studio)).values()) == 1


def menus(menu: QMenu) -> Iterator[QMenu]:
    yield menu
    for action in menu.actions():
        if action.menu():
            yield from menus(action.menu())


def test_no_two_entries_of_a_menu_share_a_mnemonic_and_no_two_actions_a_shortcut(studio) -> None:
    used: Counter[str] = Counter()
    for top in studio.window.menuBar().actions():
        for menu in menus(top.menu()):
            found = Counter(letter for each in menu.actions() for letter in letters(each.text()))
            assert max(found.values(), default=1) == 1, menu.title()
            for action in menu.actions():
                used.update(each.toString() for each in action.shortcuts())
    assert max(used.values()) == 1, used.most_common(3)


def test_every_control_has_a_mnemonic_or_a_shortcut(in_state) -> None:
    shortcuts = {
        "filter": "find",
        "addAccount": "addAccount",
        "removeAccount": "removeAccount",
        "copyToken": "copyToken",
    }
    actions = {each.objectName(): each for each in in_state.window.findChildren(QAction)}
    labelled = {
        each.buddy()
        for each in in_state.window.findChildren(QLabel)
        if each.buddy() and letters(each.text())
    }
    bare = []
    for each in controls(in_state):
        name = each.objectName()
        by_menu = name in shortcuts and not actions[shortcuts[name]].shortcut().isEmpty()
        by_itself = isinstance(each, QAbstractButton) and (
            letters(each.text()) or not each.shortcut().isEmpty()
        )
        if not (by_menu or by_itself or each in labelled or isinstance(each, QTabBar)):
            bare.append(name)
    assert not bare


@pytest.mark.parametrize(
    ("keys", "name"),
    [
        ("Alt+I", "appId"),
        ("Alt+U", "userKey"),
        ("Alt+S", "server"),
        ("Alt+D", "address"),
        ("Ctrl+F", "filter"),
    ],
)
def test_a_mnemonic_leads_to_its_field(open_studio, sandbox, keys, name) -> None:
    studio = open_studio(asking(sandbox, "valid"))
    studio.click("remember")
    studio.press(keys)
    assert studio.focus == name


@pytest.mark.parametrize(
    ("keys", "name"),
    [("Alt+1", "claims"), ("Alt+2", "header"), ("Alt+3", "showToken"), ("Alt+4", "request")],
)
def test_a_shortcut_leads_to_each_tab(open_studio, sandbox, keys, name) -> None:
    studio = open_studio(asking(sandbox, "valid"))
    with_key(studio)
    studio.request()
    studio.press(keys)
    page = studio.result.tabs.currentWidget()
    assert studio.sees(name)
    assert page is QApplication.focusWidget() or page.isAncestorOf(QApplication.focusWidget())


@pytest.mark.parametrize("keys", [("Space", "Space"), ("Alt+R", "Alt+C"), None])
def test_the_focus_stays_where_a_request_is_made_and_cancelled(open_studio, sandbox, keys) -> None:
    studio = open_studio(asking(sandbox, "dripping"))
    with_key(studio)
    parts = ("requestToken", "cancel")
    for name, other, key in zip(parts, reversed(parts), keys or ("", ""), strict=True):
        studio.find(name).setFocus()
        if key:
            studio.press(key)
        else:
            studio.click(name)
        studio.wait(lambda other=other: studio.sees(other) and studio.find(other).isEnabled())
        assert studio.focus == other


@pytest.mark.parametrize("name", ["trySandbox", "copyToken", "messageAction", "saveKey"])
def test_the_focus_of_what_goes_away_goes_to_what_can_be_done_now(
    open_studio, sandbox, name
) -> None:
    scenario = {"copyToken": "valid", "messageAction": "closed"}.get(name)
    accounts = (asking(sandbox, scenario), asking(sandbox, "slow")) if scenario else ()
    studio = open_studio(*accounts)
    if name != "trySandbox":
        with_key(studio)
    if scenario:
        studio.request()
    studio.find(name).setFocus()
    studio.press("Ctrl+PgDown" if scenario else "Space")
    studio.wait(lambda: not studio.sees(name))
    studio.wait_for_outcome()
    assert studio.focus == "requestToken"


def test_the_focus_of_what_goes_away_while_another_window_is_active_is_not_lost(
    open_studio, sandbox
) -> None:
    studio = open_studio(asking(sandbox, "closed"))
    with_key(studio)
    studio.request()
    studio.find("messageAction").setFocus()
    other = QWidget()
    other.show()
    studio.take_keyboard(other)
    studio.session.accounts.add()
    other.close()
    studio.take_keyboard(studio.window)
    assert studio.focus == "requestToken"


def test_the_menu_bar_opens_by_its_letters(studio) -> None:
    for letter, title in zip("FEATVH", MENUS, strict=True):
        studio.press(f"Alt+{letter}")
        studio.wait(QApplication.activePopupWidget)
        assert QApplication.activePopupWidget() is studio.menu(title)
        studio.press("Esc")
        studio.wait(lambda: not QApplication.activePopupWidget())
        studio.press("Esc")


def test_menus_offer_only_what_does_something(open_studio, sandbox) -> None:
    studio = open_studio(asking(sandbox, "valid"), asking(sandbox, "refused"))
    of_token = {"copyToken", "showTab1", "showTab2", "showTab3", "showTab4"}
    looked_at = of_token | {"cancel", "showDetails", "clearClipboard"}

    def offered() -> set[str]:
        actions = studio.program.workspace.actions_by_name
        return {name for name in looked_at if actions[name].isEnabled()}

    assert not offered()
    with_key(studio)
    studio.request()
    assert offered() == of_token
    studio.press("Ctrl+Shift+C")
    assert offered() == of_token | {"clearClipboard"}
    studio.press("Ctrl+PgDown")
    assert offered() == {"clearClipboard"}
    studio.press("Ctrl+Shift+X")
    assert not offered()
    with_key(studio)
    studio.press("Ctrl+Return")
    assert offered() == {"cancel"}
    studio.wait_for_outcome()
    assert offered() == {"showDetails"}


def test_what_can_be_seen_has_the_names_that_others_rely_on(open_studio, sandbox) -> None:
    seen = {}

    def look(studio: Studio) -> None:
        for each in studio.window.findChildren(QWidget):
            if each.isVisible() and each.objectName() in NAMES:
                seen[each.objectName()] = each.accessibleName()

    studio = open_studio(asking(sandbox, "valid"), asking(sandbox, "refused"))
    with_key(studio)
    studio.request()
    for number in range(1, 5):
        studio.press(f"Alt+{number}")
        look(studio)
    studio.press("Ctrl+PgDown")
    with_key(studio)
    studio.press("Ctrl+Return")
    look(studio)
    studio.wait_for_outcome()
    look(studio)
    assert seen == NAMES


def test_every_control_has_an_accessible_name(in_state) -> None:
    for each in controls(in_state):
        is_labelled = isinstance(each, QAbstractButton) and each.text()
        assert each.accessibleName() or is_labelled or isinstance(each, QTabBar), each.objectName()


def test_what_can_be_seen_has_an_object_name_of_its_own(in_state) -> None:
    names = Counter(each.objectName() for each in controls(in_state))
    assert max(names.values()) == 1, names.most_common(2)


def test_every_shortcut_that_is_shown_works_as_shown(studio) -> None:
    shown = {studio.page.shortcut.text()}
    action = studio.program.workspace.actions_by_name["requestToken"]
    assert shown <= {each.toString() for each in action.shortcuts()}
    assert QKeySequence("Ctrl+Return") in action.shortcuts()


def test_nothing_of_the_frame_takes_the_focus_without_use(studio) -> None:
    for each in studio.window.findChildren(QScrollArea):
        assert each.accessibleName()
    assert studio.page.progress.focusPolicy() == Qt.FocusPolicy.NoFocus
