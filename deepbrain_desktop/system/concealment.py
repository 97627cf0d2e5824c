"""Put a secret on the clipboard in the way each system lets programs mark one as a secret.

The marks ask clipboard histories, cloud clipboards and monitors to leave the content alone. They
are requests: a program may ignore them (xfce4-clipman does, and keeps what it has seen).

Where the marks are laid down:

* Linux: KDE's Klipper, followed by others: ``x-kde-passwordManagerHint`` = ``secret``.
* Windows: "Cloud Clipboard and Clipboard History Formats" in Microsoft's "Clipboard Formats", and
  ``Clipboard Viewer Ignore``, which older clipboard viewers look for.
* macOS: nspasteboard.org, ``org.nspasteboard.ConcealedType``.
"""

import sys
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Protocol

from PySide6.QtCore import QByteArray, QMimeData
from PySide6.QtGui import QClipboard

Answer = Callable[[], str | None]
"""The secret, or None once nobody is to have it any more; asked each time somebody pastes."""

TEXT = "text/plain"
UTF8_TEXT = "text/plain;charset=utf-8"
# Under Wayland Qt adds the UTF-8 type by itself, as a copy that would never expire, unless it is
# there already.
LINUX_TEXT = (TEXT, UTF8_TEXT)
LINUX_MARKS: Mapping[str, bytes] = MappingProxyType({"x-kde-passwordManagerHint": b"secret"})


def _windows(name: str) -> str:
    return f'application/x-qt-windows-mime;value="{name}"'


_NO = bytes(4)  # a DWORD of zero
WINDOWS_TEXT = (TEXT,)
WINDOWS_MARKS: Mapping[str, bytes] = MappingProxyType(
    {
        _windows("ExcludeClipboardContentFromMonitorProcessing"): b"1",
        _windows("CanIncludeInClipboardHistory"): _NO,
        _windows("CanUploadToCloudClipboard"): _NO,
        _windows("Clipboard Viewer Ignore"): b"1",
    }
)

MAC_TEXT = "public.utf8-plain-text"
MAC_MARK = "org.nspasteboard.ConcealedType"
MAC_THIS_COMPUTER_ONLY = 1
"""AppKit's NSPasteboardContentsCurrentHostOnly: not offered to the person's other devices."""


class Concealment(Protocol):
    """A way to the clipboard on which secrets are marked as such.

    Nothing here reads what another program has put there: its owner may never answer.
    """

    def offer(self, clipboard: QClipboard, answer: Answer, /) -> bool:
        """Take the clipboard and answer with ``answer``; False where it could not be taken."""

    def still_ours(self, clipboard: QClipboard, /) -> bool:
        """Whether the clipboard still holds what was offered last."""

    def withdraw(self, clipboard: QClipboard, /) -> None:
        """Empty the clipboard; only to be called while it is still ours."""


class ExpiringMimeData(QMimeData):
    """Text and marks that are there only as long as ``answer`` has an answer."""

    def __init__(self, answer: Answer, text: tuple[str, ...], marks: Mapping[str, bytes]) -> None:
        super().__init__()
        self._answer = answer
        self._text = text
        self._marks = marks

    def formats(self) -> list[str]:
        """Text and marks, or nothing at all once there is no answer any more."""
        return [*self._text, *self._marks] if self._answer() is not None else []

    def retrieveData(self, mimetype: str, preferred: object) -> object:  # noqa: ARG002 - Qt's
        """What is there in ``mimetype`` at this moment; None for nothing."""
        text = self._answer()
        if text is None:
            return None
        if mimetype in self._text:
            return text
        mark = self._marks.get(mimetype)
        return None if mark is None else QByteArray(mark)


class MarkedFormats:
    """The secret and its marks as formats of one QMimeData (Linux, Windows)."""

    def __init__(self, text: tuple[str, ...], marks: Mapping[str, bytes]) -> None:
        self.text = text
        self.marks = marks
        self._offered: ExpiringMimeData | None = None

    def offer(self, clipboard: QClipboard, answer: Answer, /) -> bool:
        """See Concealment. Needs the focus under Wayland."""
        self._offered = ExpiringMimeData(answer, self.text, self.marks)
        clipboard.setMimeData(self._offered)
        return self.still_ours(clipboard)

    def still_ours(self, clipboard: QClipboard, /) -> bool:
        """See Concealment.

        ``ownsClipboard`` would not do: it stays True when another part of this program has
        copied, and on X11 until the news of a new owner has been read. ``mimeData`` asks who the
        owner is (on X11 the server, not the owner) and gives back the very object only where
        that is us; it reads no content.
        """
        return self._offered is not None and clipboard.mimeData() is self._offered

    def withdraw(self, clipboard: QClipboard, /) -> None:
        """See Concealment. Without the focus Wayland may ignore it."""
        self._offered = None
        clipboard.clear()


class MacPasteboard:
    """The secret and its mark on the general pasteboard, through AppKit (macOS).

    Qt renames types that it does not know, and never owns the clipboard there. The text is a
    promise: it is asked for at the first paste, and kept by the system from then on.
    """

    def __init__(self) -> None:
        self._pasteboard: Any = None
        self._provider: Any = None
        self._change: int | None = None

    def offer(self, _clipboard: QClipboard, answer: Answer, /) -> bool:
        """See Concealment."""
        import AppKit

        self._pasteboard = AppKit.NSPasteboard.generalPasteboard()
        self._provider = _provider_class().alloc().init()
        self._provider.answer = answer
        item = AppKit.NSPasteboardItem.alloc().init()
        item.setString_forType_("", MAC_MARK)
        item.setDataProvider_forTypes_(self._provider, [MAC_TEXT])
        self._pasteboard.prepareForNewContentsWithOptions_(MAC_THIS_COMPUTER_ONLY)
        taken = bool(self._pasteboard.writeObjects_([item]))
        self._change = self._pasteboard.changeCount() if taken else None
        return taken

    def still_ours(self, _clipboard: QClipboard, /) -> bool:
        """See Concealment."""
        return self._change is not None and self._change == self._pasteboard.changeCount()

    def withdraw(self, _clipboard: QClipboard, /) -> None:
        """See Concealment."""
        self._change = None
        self._provider = None
        self._pasteboard.clearContents()


class _Item(Protocol):
    def setString_forType_(self, string: str, kind: str) -> bool: ...


@cache  # Objective-C knows a class by its name and takes each name once
def _provider_class() -> Any:  # noqa: ANN401 - AppKit has no types
    import Foundation
    import objc

    protocol = objc.protocolNamed("NSPasteboardItemDataProvider")

    class SecretProvider(  # type: ignore[call-arg,unused-ignore]
        Foundation.NSObject,  # type: ignore[misc,unused-ignore]
        protocols=[protocol],
    ):
        def pasteboard_item_provideDataForType_(
            self, _pasteboard: object, item: _Item, kind: str
        ) -> None:
            text: str | None = self.answer()
            if text is not None:
                item.setString_forType_(text, kind)

    return SecretProvider


def for_this_platform(platform: str = sys.platform) -> Concealment:
    """The way that secrets are marked on ``platform`` (a value of ``sys.platform``)."""
    if platform == "darwin":
        return MacPasteboard()
    if platform == "win32":
        return MarkedFormats(WINDOWS_TEXT, WINDOWS_MARKS)
    return MarkedFormats(LINUX_TEXT, LINUX_MARKS)
