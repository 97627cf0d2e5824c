"""Fonts in proportion to the one that the person has chosen."""

from PySide6.QtGui import QFont


def scaled(font: QFont, factor: float, *, bold: bool = False) -> QFont:
    """The font in ``factor`` times its size; bold where it was so, or is to be."""
    made = QFont(font)
    made.setPointSizeF(font.pointSizeF() * factor)
    made.setBold(bold or font.bold())
    return made
