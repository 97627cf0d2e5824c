"""Light or dark, as the system has it."""

from PySide6.QtGui import QPalette


def is_dark(palette: QPalette) -> bool:
    """Whether text of this palette is lighter than its background.

    The palette is asked and not the colour scheme: it is what will be painted with, also where a
    theme is dark and the system does not say so.
    """
    text = palette.color(QPalette.ColorRole.WindowText)
    return text.lightness() > palette.color(QPalette.ColorRole.Window).lightness()
