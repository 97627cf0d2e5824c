"""Pairs of a name and a value, below each other; values can be selected and copied."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QFrame, QLabel, QScrollArea, QWidget

from deepbrain_desktop.ui.plain_text import TextLabel, make_faint

Facts = tuple[tuple[str, str], ...]


class FactsView(QScrollArea):
    """Shows facts that are no secret."""

    def __init__(self, accessible_name: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(accessible_name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self._facts: Facts | None = None

    @property
    def facts(self) -> Facts:
        """What is shown."""
        return self._facts or ()

    def show_facts(self, facts: Facts) -> None:
        """Show these."""
        if facts == self._facts:
            return
        if self._facts and [name for name, _ in facts] == [name for name, _ in self._facts]:
            self._facts = facts
            for (name, value), label in zip(facts, self._values, strict=True):
                label.setText(value)
                label.setAccessibleName(f"{name}: {value}")
            return
        self._facts = facts
        page = QWidget()
        form = QFormLayout(page)
        form.setContentsMargins(12, 8, 12, 8)
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(6)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self._values: list[QLabel] = []
        for name, value in facts:
            label = TextLabel(name)
            make_faint(label)
            shown = TextLabel(value)
            shown.setWordWrap(True)
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            shown.setAccessibleName(f"{name}: {value}")
            self._values.append(shown)
            form.addRow(label, shown)
        self.setWidget(page)
