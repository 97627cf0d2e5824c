"""Names by which scripts and tests find a widget."""

from typing import TypeVar

from PySide6.QtCore import QObject

T = TypeVar("T", bound=QObject)


def named(made: T, name: str) -> T:
    """Give an object its name, in lowerCamelCase, and return it."""
    made.setObjectName(name)
    return made
