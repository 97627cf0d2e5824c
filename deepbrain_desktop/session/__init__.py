"""The states of the program and the one object that moves between them."""

from deepbrain_desktop.session.session import Session

__all__ = ["Session"]
