"""What a window is put among."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QClipboard

from deepbrain_desktop.system.clipboard import Clipboard
from deepbrain_desktop.system.preferences import Preferences


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the window needs beside the session."""

    clipboard: Clipboard
    system_clipboard: QClipboard
    preferences: Preferences
    elapsed: Callable[[], float]
    versions: Callable[[], tuple[str, ...]]
    log_folder: Path | None
