"""The list of accounts at the left: filter, rows with their state, add and remove."""

from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    QSortFilterProxyModel,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from deepbrain_desktop.session.state import AccountState, State
from deepbrain_desktop.ui.bounded_edit import BoundedEdit
from deepbrain_desktop.ui.fonts import scaled
from deepbrain_desktop.ui.names import LONGEST_NAME, display_app_id, display_name
from deepbrain_desktop.ui.naming import named
from deepbrain_desktop.ui.plain_text import plain_tip
from deepbrain_desktop.ui.status import Status, row_status
from deepbrain_desktop.ui.symbols import Symbol, SymbolButton, Tone, paint_symbol, tone_color

Index = QModelIndex | QPersistentModelIndex
ID_ROLE = Qt.ItemDataRole.UserRole
STATUS_ROLE = Qt.ItemDataRole.UserRole + 1
_ROOT = QModelIndex()


class AccountModel(QAbstractListModel):
    """Rows of name and status."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows: list[tuple[str, str, str, Status]] = []

    def show_rows(self, accounts: tuple[AccountState, ...], elapsed: float) -> None:
        """Show these accounts, changing only the rows that differ."""
        rows = [
            (
                each.id,
                display_name(each.account),
                display_app_id(each.account),
                row_status(each, elapsed),
            )
            for each in accounts
        ]
        if [row[0] for row in rows] != [row[0] for row in self._rows]:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
            return
        before, self._rows = self._rows, rows
        for number, (old, new) in enumerate(zip(before, rows, strict=True)):
            if old[:3] != new[:3] or old[3].short != new[3].short:
                index = self.index(number)
                self.dataChanged.emit(index, index)

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Count the accounts."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401
        """Answer for one row."""
        account_id, name, app_id, status = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{name}, {status.short}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(app_id)
        if role == ID_ROLE:
            return account_id
        if role == STATUS_ROLE:
            return status
        return None


class _AccountDelegate(QStyledItemDelegate):
    """Paints a symbol, the name, and the state below it."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint one row."""
        self.initStyleOption(option, index)
        option.text = ""
        style = option.widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        status: Status = index.data(STATUS_ROLE)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        active = bool(option.state & QStyle.StateFlag.State_Active)
        group = QPalette.ColorGroup.Active if active else QPalette.ColorGroup.Inactive
        role = QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text
        text = option.palette.color(group, role)
        box = option.rect.adjusted(12, 8, -12, -8)
        symbol = QRectF(box.left(), box.top() + 1, 16, 16)
        color = text if selected else tone_color(status.tone, option.palette)
        paint_symbol(painter, status.symbol, symbol, color)
        line = option.fontMetrics.height()
        left, width = box.left() + 26, box.width() - 26
        painter.save()
        painter.setPen(text)
        name = option.fontMetrics.elidedText(
            index.data(), Qt.TextElideMode.ElideRight, width, Qt.TextFlag.TextSingleLine
        )
        painter.drawText(left, box.top(), width, line, Qt.AlignmentFlag.AlignVCenter, name)
        painter.setFont(scaled(option.font, 0.9))
        faint = text if selected else tone_color(Tone.NEUTRAL, option.palette)
        painter.setPen(faint)
        short = painter.fontMetrics().elidedText(status.short, Qt.TextElideMode.ElideRight, width)
        painter.drawText(
            left, box.top() + line + 2, width, line, Qt.AlignmentFlag.AlignVCenter, short
        )
        painter.restore()

    def sizeHint(
        self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Two lines and their margins."""
        return QSize(160, 2 * option.fontMetrics.height() + 18)


class _FilterEdit(BoundedEdit):
    """Emptied by Esc."""

    def event(self, event: QEvent) -> bool:
        """Keep Esc, where it empties this, from cancelling a request."""
        if event.type() is QEvent.Type.ShortcutOverride and self._empties(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Esc where there is something to take back."""
        if self._empties(event):
            self.clear()
        else:
            super().keyPressEvent(event)

    def _empties(self, event: QEvent) -> bool:
        is_escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        return is_escape and self.text() != ""


class AccountList(QWidget):
    """Emits what the person wants with the list; shows what it is given."""

    selected = Signal(str)
    add_wanted = Signal()
    remove_wanted = Signal()
    rename_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = AccountModel(self)
        self._shown_id: str | None = None
        self._arranging = False
        self._filtered = QSortFilterProxyModel(self)
        self._filtered.setSourceModel(self._model)
        self._filtered.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.filter = _FilterEdit("filter", LONGEST_NAME)
        self.filter.setPlaceholderText("Filter accounts")
        self.filter.setClearButtonEnabled(True)
        self.filter.setAccessibleName("Filter accounts")
        self.filter.taken.connect(self._filter_rows)
        self.view = named(QListView(), "accounts")
        self.view.setAccessibleName("Accounts")
        self.view.setModel(self._filtered)
        self.view.setItemDelegate(_AccountDelegate(self.view))
        self.view.setUniformItemSizes(True)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.setFrameShape(QListView.Shape.NoFrame)
        self.view.selectionModel().currentChanged.connect(self._choose)
        self.view.doubleClicked.connect(self._rename)
        self.add_button = self._button("addAccount", "Add account", "Ctrl+N", Symbol.PLUS)
        self.add_button.clicked.connect(self.add_wanted)
        self.remove_button = self._button("removeAccount", "Remove account", "", Symbol.MINUS)
        self.remove_button.clicked.connect(self.remove_wanted)
        self.setMinimumWidth(24 * self.fontMetrics().averageCharWidth())
        self._lay_out()

    def display(self, state: State, elapsed: float) -> None:
        """Show the accounts and the selected one."""
        # A row that leaves the filter takes the view's current row along; nobody chose that.
        self._arranging = True
        self._model.show_rows(state.accounts, elapsed)
        self._arranging = False
        is_other, self._shown_id = state.selected != self._shown_id, state.selected
        if self._mark_selected():
            return
        if is_other:
            self.filter.clear()
        else:
            self.view.selectionModel().clear()

    def begin_filter(self) -> None:
        """Let the person type a filter in the place of the one that is there."""
        self.filter.setFocus()
        self.filter.selectAll()

    def _mark_selected(self) -> bool:
        """Mark the row of the account that is shown, where the filter lets it through."""
        current = self.view.currentIndex()
        if current.isValid() and current.data(ID_ROLE) == self._shown_id:
            return True
        for row in range(self._filtered.rowCount()):
            index = self._filtered.index(row, 0)
            if index.data(ID_ROLE) == self._shown_id:
                self._arranging = True
                self.view.setCurrentIndex(index)
                self._arranging = False
                return True
        return False

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        if index.isValid() and not self._arranging:
            self.selected.emit(index.data(ID_ROLE))

    @Slot()
    def _rename(self) -> None:
        self.rename_wanted.emit()

    @Slot(str)
    def _filter_rows(self, text: str) -> None:
        # The account on the page stays the same, also while its row is not in the list.
        self._arranging = True
        self._filtered.setFilterFixedString(text.strip())
        self._arranging = False
        if not self._mark_selected():
            self.view.selectionModel().clear()

    def _button(self, name: str, words: str, shortcut: str, symbol: Symbol) -> SymbolButton:
        button = named(SymbolButton(symbol), name)
        button.setAccessibleName(words)
        keys = QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)
        button.setToolTip(plain_tip(f"{words} ({keys})" if keys else words))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(8, 8, 8, 8)
        top.addWidget(self.filter)
        bottom = QHBoxLayout()
        bottom.setContentsMargins(8, 4, 8, 4)
        bottom.addWidget(self.add_button)
        bottom.addWidget(self.remove_button)
        bottom.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.view)
        column.addLayout(bottom)
