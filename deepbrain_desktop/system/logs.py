"""The log file: for its owner only, of bounded size, redacted, and never a reason to fail."""

import contextlib
import logging
import os
import time
from pathlib import Path

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from deepbrain_desktop.product import IDENTIFIER
from deepbrain_desktop.system.early_words import EarlyWords
from deepbrain_desktop.system.paths import create_owner_only
from deepbrain_desktop.system.redaction import redact

LARGEST = 1024 * 1024
"""Bytes of one file."""
FILES = 3
LONGEST = 64 * 1024
"""Characters of one entry, which bounds what one costs."""

OURS = "deepbrain_desktop"

_ESCAPED = {
    code: f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
    for code in (
        *(code for code in range(0x20) if code not in (0x09, 0x0A)),
        *range(0x7F, 0xA0),
        *(0x200E, 0x200F, 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A)),
    )
}
"""What could clear a terminal, reorder a line or pretend to be another."""


def configure(folder: Path, level: int = logging.INFO) -> Path:
    """Log to a file in ``folder`` from now on, and return its path. Raises nothing.

    Entries of other libraries are kept from WARNING upwards, whatever the level. Where the file
    cannot be written the entry is dropped, silently. Calling it again replaces the file.
    """
    path = folder / f"{IDENTIFIER}.log"
    root = logging.getLogger()
    for handler in [each for each in root.handlers if isinstance(each, _LogFile)]:
        root.removeHandler(handler)
        handler.close()
    root.addHandler(_LogFile(path))
    root.setLevel(level)
    return path


def route_qt_messages() -> None:
    """Log what Qt has to say, which it would print otherwise, and what EarlyWords has kept."""
    before = qInstallMessageHandler(_log_qt_message)
    if isinstance(before, EarlyWords):
        for said in before.said:
            _log_of_qt(*said)


class _LogFile(logging.Handler):
    """Rotates: ``NAME.log`` is the newest, ``NAME.log.1`` the one before.

    Not logging.handlers.RotatingFileHandler, whose import takes longer than the program may, and
    which buffers what a full disk did not take.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._file: int | None = None
        self.setFormatter(_Redacted())
        self.addFilter(_is_kept)

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record, if that can be done."""
        with contextlib.suppress(Exception):
            self._append(f"{self.format(record)}\n".encode("utf-8", "backslashreplace"))

    def close(self) -> None:
        """Close the file."""
        with self.lock or contextlib.nullcontext():
            self._close()
        super().close()

    def _append(self, entry: bytes) -> None:
        file = self._open() if self._file is None else self._file
        found = os.fstat(file)
        if not found.st_nlink or found.st_size + len(entry) > LARGEST:
            self._close()
            if found.st_nlink:
                self._rotate()
            file = self._open()
        os.write(file, entry)

    def _open(self) -> int:
        create_owner_only(self._path.parent)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        # A pipe or a link in its place would lead the log elsewhere.
        flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        self._file = os.open(self._path, flags, 0o600)
        return self._file

    def _close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _rotate(self) -> None:
        names = [self._path, *(Path(f"{self._path}.{number}") for number in range(1, FILES))]
        for older, newer in zip(reversed(names), reversed(names[:-1]), strict=False):
            with contextlib.suppress(FileNotFoundError):
                newer.replace(older)


class _Redacted(logging.Formatter):
    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        if len(text) > LONGEST:
            # Not in the middle of a word, which might be half a key and not recognised as one.
            text = text[:LONGEST].rsplit(None, 1)[0]
        return redact(text).translate(_ESCAPED).replace("\n", "\n    ")


def _is_kept(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING or record.name.partition(".")[0] == OURS


_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def _log_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    _log_of_qt(kind, context.category or "default", message)


def _log_of_qt(kind: QtMsgType, category: str, message: str) -> None:
    level = _LEVELS.get(kind, logging.WARNING)
    logging.getLogger(f"{OURS}.qt").log(level, "%s: %s", category, message)
