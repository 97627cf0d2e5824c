"""All that can be read of a window: by eyes, by pointing, and by assistive technology."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface, QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QLabel,
    QLineEdit,
    QMainWindow,
    QMenu,
    QPlainTextEdit,
    QTabBar,
    QWidget,
)
from ui.stage import Studio

from deepbrain_desktop.ui.account_list import STATUS_ROLE
from deepbrain_desktop.ui.status import Status

_ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.EditRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.StatusTipRole,
    Qt.ItemDataRole.WhatsThisRole,
    Qt.ItemDataRole.AccessibleTextRole,
    Qt.ItemDataRole.AccessibleDescriptionRole,
)
_TEXTS = (
    QAccessible.Text.Name,
    QAccessible.Text.Description,
    QAccessible.Text.Value,
    QAccessible.Text.Help,
    QAccessible.Text.Accelerator,
)


def readable(window: QWidget) -> str:
    """Everything in a window, shown or hidden, in one text."""
    found = [
        text
        for widget in (window, *window.findChildren(QWidget))
        for text in (*_of_widget(widget), *_about(widget))
    ]
    found += [f"{each.text()} {each.toolTip()}" for each in window.findChildren(QAction)]
    top = QAccessible.queryAccessibleInterface(window)
    found += list(_of_accessible(top))
    return "\n".join(each for each in found if each)


def visible_text(window: QWidget) -> str:
    """What is on the screen now, in one text."""
    return "\n".join(
        text
        for widget in window.findChildren(QWidget)
        if widget.isVisible()
        for text in _of_widget(widget, _ROLES[:1])
    )


def accessible(window: QWidget) -> list[tuple[str, str, str]]:
    """Role, name and value of everything that assistive technology finds."""
    found = []

    def walk(each: QAccessibleInterface) -> None:
        value = each.text(QAccessible.Text.Value)
        found.append((each.role().name, each.text(QAccessible.Text.Name), value))
        for number in range(each.childCount()):
            child = each.child(number)
            if child is not None and child.isValid():
                walk(child)

    walk(QAccessible.queryAccessibleInterface(window))
    return found


@dataclass(frozen=True)
class Bar:
    """What the message bar says."""

    headline: str
    advice: str
    reason: str
    action: str


def bar_of(studio: Studio) -> Bar:
    """The message bar, which can be seen with all its parts."""
    action = studio.find("messageAction").text() if studio.sees("messageAction") else ""
    return Bar(
        studio.find("messageHeadline").text(),
        studio.find("messageAdvice").text(),
        studio.find("reason").text(),
        action,
    )


def in_list(studio: Studio) -> Status:
    """What the row of the shown account says."""
    return studio.list.view.currentIndex().data(STATUS_ROLE)


def _of_widget(widget: QWidget, roles: Sequence[Qt.ItemDataRole] = _ROLES) -> Iterator[str]:
    match widget:
        case QLabel() | QAbstractButton():
            yield widget.text()
        case QLineEdit():
            yield widget.displayText()
            yield widget.placeholderText()
            yield widget.selectedText() if widget.echoMode() is QLineEdit.EchoMode.Normal else ""
        case QPlainTextEdit():
            yield widget.toPlainText()
        case QComboBox():
            yield from (widget.itemText(number) for number in range(widget.count()))
        case QTabBar():
            yield from (widget.tabText(number) for number in range(widget.count()))
        case QMenu():
            yield widget.title()
        case QMainWindow():
            yield widget.statusBar().currentMessage()
        case QAbstractItemView():
            yield from _of_model(widget.model(), roles)


def _about(widget: QWidget) -> Iterator[str]:
    yield widget.toolTip()
    yield widget.statusTip()
    yield widget.whatsThis()
    yield widget.accessibleName()
    yield widget.accessibleDescription()
    yield widget.windowTitle()
    yield widget.objectName()


def _of_model(model: QAbstractItemModel, roles: Sequence[Qt.ItemDataRole]) -> Iterator[str]:
    for row in range(model.rowCount()):
        for column in range(model.columnCount()):
            for role in roles:
                yield str(model.index(row, column).data(role) or "")


def _of_accessible(each: QAccessibleInterface) -> Iterator[str]:
    yield from (each.text(kind) for kind in _TEXTS)
    text = each.textInterface()
    if text is not None:
        yield text.text(0, text.characterCount())
    for number in range(each.childCount()):
        child = each.child(number)
        if child is not None and child.isValid():
            yield from _of_accessible(child)
