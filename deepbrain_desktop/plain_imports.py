"""Keep Python's own import in place when Qt is loaded."""

import builtins


def keep() -> None:
    """Import QtCore without its hook on ``import``. Does nothing once it is imported.

    PySide6.QtCore puts a function of its own in the place of ``builtins.__import__``, for the
    sake of ``from __feature__ import``, which is not used here. It reads the source of every
    module imported from then on (measured with 6.11.3: a third of the time our imports take, and
    12 MB of sources kept in memory), and puts C++ frames on the stack of every thread that
    imports: one that still does so while the interpreter shuts down aborts the process.
    """
    plain = builtins.__import__
    import PySide6.QtCore  # noqa: F401 - for its effect

    builtins.__import__ = plain
