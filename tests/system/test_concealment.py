"""What is handed to each system: as data where Qt carries it, to a stand-in for macOS' own."""

import secrets
import sys
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QMimeData

from deepbrain_desktop.system import concealment
from deepbrain_desktop.system.concealment import (
    ExpiringMimeData,
    MacPasteboard,
    MarkedFormats,
    for_this_platform,
)


class Answer:
    def __init__(self) -> None:
        self.text: str | None = secrets.token_urlsafe(32)

    def __call__(self) -> str | None:
        return self.text


@pytest.fixture
def answer() -> Answer:
    return Answer()


def mime_data(platform: str, answer: Answer) -> QMimeData:
    way = for_this_platform(platform)
    assert isinstance(way, MarkedFormats)
    return ExpiringMimeData(answer, way.text, way.marks)


def content(data: QMimeData) -> dict[str, bytes]:
    return {name: data.data(name).data() for name in data.formats()}


def test_linux_gets_the_text_and_the_hint_for_clipboard_managers(answer):
    text = answer.text.encode()
    assert content(mime_data("linux", answer)) == {
        "text/plain": text,
        "text/plain;charset=utf-8": text,
        "x-kde-passwordManagerHint": b"secret",
    }


def test_windows_gets_the_text_and_its_four_marks(answer):
    data = content(mime_data("win32", answer))
    assert data.pop("text/plain") == answer.text.encode()

    def named(name: str) -> str:
        return f'application/x-qt-windows-mime;value="{name}"'

    assert set(data) == {
        named("ExcludeClipboardContentFromMonitorProcessing"),
        named("CanIncludeInClipboardHistory"),
        named("CanUploadToCloudClipboard"),
        named("Clipboard Viewer Ignore"),
    }
    assert data[named("CanIncludeInClipboardHistory")] == b"\0\0\0\0"
    assert data[named("CanUploadToCloudClipboard")] == b"\0\0\0\0"
    assert all(data.values())


@pytest.mark.parametrize("platform", ["linux", "win32"])
def test_without_an_answer_there_is_no_format_and_no_content(answer, platform):
    data = mime_data(platform, answer)
    names = data.formats()
    answer.text = None

    assert data.formats() == []
    assert not data.hasText()
    assert data.text() == ""
    assert [data.data(name).data() for name in names] == [b""] * len(names)


def test_what_was_not_offered_is_not_there(answer):
    data = mime_data("linux", answer)

    assert not data.hasHtml()
    assert data.data("text/html").isEmpty()


class Item:
    """Stands in for NSPasteboardItem."""

    def __init__(self) -> None:
        self.strings: dict[str, str] = {}
        self.provider: Any = None
        self.promised: list[str] = []

    @classmethod
    def alloc(cls) -> type["Item"]:
        return cls

    @classmethod
    def init(cls) -> "Item":
        return cls()

    def setString_forType_(self, string: str, kind: str) -> bool:
        self.strings[kind] = string
        return True

    def setDataProvider_forTypes_(self, provider: Any, kinds: list[str]) -> bool:
        self.provider, self.promised = provider, kinds
        return True


class Pasteboard:
    """Stands in for the general NSPasteboard."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.options: int | None = None
        self.changes = 7
        self.refuses = False

    def prepareForNewContentsWithOptions_(self, options: int) -> int:
        self.options = options
        return self.clearContents()

    def writeObjects_(self, items: list[Item]) -> bool:
        self.items += [] if self.refuses else items
        return not self.refuses

    def clearContents(self) -> int:
        self.items = []
        self.changes += 1
        return self.changes

    def changeCount(self) -> int:
        return self.changes

    def paste(self) -> str | None:
        (item,) = self.items
        kind = "public.utf8-plain-text"
        assert item.promised == [kind]
        item.provider.pasteboard_item_provideDataForType_(self, item, kind)
        return item.strings.get(kind)


class NSObject:
    """Stands in for Objective-C's root class."""

    protocols: tuple[str, ...] = ()

    def __init_subclass__(cls, protocols: tuple[str, ...] = ()) -> None:
        cls.protocols = protocols

    @classmethod
    def alloc(cls) -> type["NSObject"]:
        return cls

    @classmethod
    def init(cls) -> "NSObject":
        return cls()


@pytest.fixture
def pasteboard(monkeypatch) -> Pasteboard:
    pasteboard = Pasteboard()
    general = SimpleNamespace(generalPasteboard=lambda: pasteboard)
    appkit = SimpleNamespace(NSPasteboard=general, NSPasteboardItem=Item)
    monkeypatch.setitem(sys.modules, "AppKit", appkit)
    monkeypatch.setitem(sys.modules, "Foundation", SimpleNamespace(NSObject=NSObject))
    monkeypatch.setitem(sys.modules, "objc", SimpleNamespace(protocolNamed=str))
    concealment._provider_class.cache_clear()
    yield pasteboard
    concealment._provider_class.cache_clear()


@pytest.fixture
def mac(pasteboard) -> MacPasteboard:
    way = for_this_platform("darwin")
    assert isinstance(way, MacPasteboard)
    return way


def test_macos_gets_the_concealed_type_and_the_text_as_a_promise(mac, pasteboard, answer):
    assert mac.offer(None, answer)

    (item,) = pasteboard.items
    assert item.strings == {"org.nspasteboard.ConcealedType": ""}
    assert item.provider.protocols == ["NSPasteboardItemDataProvider"]
    assert pasteboard.paste() == answer.text


def test_macos_is_asked_to_keep_it_on_this_computer(mac, pasteboard, answer):
    mac.offer(None, answer)

    assert pasteboard.options == 1  # NSPasteboardContentsCurrentHostOnly


def test_macos_gets_nothing_without_an_answer(mac, pasteboard, answer):
    mac.offer(None, answer)
    answer.text = None

    assert pasteboard.paste() is None
    assert pasteboard.items[0].strings == {"org.nspasteboard.ConcealedType": ""}


def test_macos_says_whether_it_is_still_ours(mac, pasteboard, answer):
    assert not mac.still_ours(None)
    mac.offer(None, answer)
    assert mac.still_ours(None)
    pasteboard.clearContents()  # somebody else copies
    assert not mac.still_ours(None)


def test_macos_is_emptied(mac, pasteboard, answer):
    mac.offer(None, answer)
    mac.withdraw(None)

    assert pasteboard.items == []
    assert not mac.still_ours(None)


def test_a_refusal_of_macos_is_said(mac, pasteboard, answer):
    pasteboard.refuses = True

    assert not mac.offer(None, answer)
    assert not mac.still_ours(None)
