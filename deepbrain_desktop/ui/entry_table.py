"""A table of claims or header parameters: name, value, meaning."""

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from deepbrain_desktop.studios.decoded import Entry
from deepbrain_desktop.ui.times import local, relative, utc_beside

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_MARGINS = 16
"""Around the text of a cell, both sides together."""


class EntryModel(QAbstractTableModel):
    """Entries of a token; texts are made when they are looked at."""

    def __init__(
        self,
        first_column: str,
        meanings: Mapping[str, str],
        now: Callable[[], float],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._columns = (first_column, "Value", "Meaning")
        self._meanings = meanings
        self._now = now
        self._entries: tuple[Entry, ...] = ()
        self._told: dict[int, str] = {}

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What is shown."""
        return self._entries

    def show_entries(self, entries: tuple[Entry, ...]) -> None:
        """Show these."""
        self.beginResetModel()
        self._entries = entries
        self._told = {}
        self.endResetModel()

    def refresh_times(self) -> None:
        """Tell anew how far the moments are away."""
        for row, entry in enumerate(self._entries):
            if entry.instant is None:
                continue
            words = self._value(entry)
            if self._told.get(row) != words:
                self._told[row] = words
                index = self.index(row, 1)
                self.dataChanged.emit(index, index)

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Count the entries."""
        return 0 if parent.isValid() else len(self._entries)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Name, value, meaning."""
        return 0 if parent.isValid() else len(self._columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:  # noqa: ANN401
        """Name the columns."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401
        """Answer for one cell."""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        entry = self._entries[index.row()]
        match index.column():
            case 0:
                return entry.name
            case 1:
                return self._value(entry)
            case _:
                return self._meanings.get(entry.name, "")

    def _value(self, entry: Entry) -> str:
        if entry.instant is None:
            return entry.value
        away = relative(entry.instant, self._now())
        return f"{entry.value} · {away}\n{local(entry.instant)} · {utc_beside(entry.instant)}"


class EntryTable(QTableView):
    """Shows entries; rows can be copied, by the window's own protected way."""

    copy_wanted = Signal(str)
    """Carries the rows as text."""

    def __init__(
        self,
        name: str,
        first_column: str,
        meanings: Mapping[str, str],
        now: Callable[[], float],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name.lower())
        self.setAccessibleName(name)
        self._model = EntryModel(first_column, meanings, now, self)
        self.setModel(self._model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setTabKeyNavigation(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 10)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.setColumnWidth(0, 13 * self.fontMetrics().averageCharWidth())
        self._meanings = tuple(meanings.values())
        copy = QAction("&Copy rows", self)
        copy.setShortcut(QKeySequence.StandardKey.Copy)
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self.copy)
        self.addAction(copy)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take every key that copies; Qt would copy a cell for good."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the values, which nobody can guess, the most of the width."""
        widest = max(map(self.fontMetrics().horizontalAdvance, self._meanings)) + _MARGINS
        self.setColumnWidth(2, min(widest, event.size().width() * 2 // 5))
        super().resizeEvent(event)

    def show_entries(self, entries: tuple[Entry, ...]) -> None:
        """Show these entries."""
        if entries == self._model.entries:
            return
        self._model.show_entries(entries)
        line = self.fontMetrics().height()
        for row, entry in enumerate(entries):
            if entry.instant is not None:
                self.setRowHeight(row, 2 * line + 12)

    def refresh_times(self) -> None:
        """Tell anew how far the moments are away."""
        self._model.refresh_times()

    @Slot()
    def copy(self) -> None:
        """Have the selected rows copied."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        lines = [
            f"{self._model.entries[row].name}\t{self._model.entries[row].value}" for row in rows
        ]
        if lines:
            self.copy_wanted.emit("\n".join(lines))
