"""A second X11 program for the clipboard tests, on Xlib alone.

``x11_selections.py owner NAME`` prints the window that owns a selection, 0 for none.
``x11_selections.py keep`` is a clipboard manager: it prints "ready", and for each program that
hands its clipboard over at exit "kept" and the text in hexadecimal, or "kept nothing".
"""

import ctypes
import sys
from ctypes import POINTER, Structure, Union, byref, c_char_p, c_int, c_long, c_ulong, c_void_p

SELECTION_REQUEST, SELECTION_NOTIFY = 30, 31

x11 = ctypes.CDLL("libX11.so.6")
x11.XOpenDisplay.restype = c_void_p
x11.XDefaultRootWindow.argtypes = [c_void_p]
x11.XDefaultRootWindow.restype = c_ulong
x11.XInternAtom.argtypes = [c_void_p, c_char_p, c_int]
x11.XInternAtom.restype = c_ulong
x11.XGetSelectionOwner.argtypes = [c_void_p, c_ulong]
x11.XGetSelectionOwner.restype = c_ulong
x11.XSetSelectionOwner.argtypes = [c_void_p, c_ulong, c_ulong, c_ulong]
x11.XCreateSimpleWindow.argtypes = [c_void_p, c_ulong] + [c_int] * 5 + [c_ulong] * 2
x11.XCreateSimpleWindow.restype = c_ulong
x11.XConvertSelection.argtypes = [c_void_p] + [c_ulong] * 5
x11.XSync.argtypes = [c_void_p, c_int]


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


class SelectionRequest(Structure):
    _fields_ = [
        ("type", c_int),
        ("serial", c_ulong),
        ("send_event", c_int),
        ("display", c_void_p),
        ("owner", c_ulong),
        ("requestor", c_ulong),
        ("selection", c_ulong),
        ("target", c_ulong),
        ("property", c_ulong),
        ("time", c_ulong),
    ]


class SelectionNotify(Structure):
    _fields_ = [
        ("type", c_int),
        ("serial", c_ulong),
        ("send_event", c_int),
        ("display", c_void_p),
        ("requestor", c_ulong),
        ("selection", c_ulong),
        ("target", c_ulong),
        ("property", c_ulong),
        ("time", c_ulong),
    ]


class Event(Union):
    _fields_ = [
        ("type", c_int),
        ("request", SelectionRequest),
        ("notify", SelectionNotify),
        ("space", c_long * 24),
    ]


x11.XNextEvent.argtypes = [c_void_p, POINTER(Event)]
x11.XSendEvent.argtypes = [c_void_p, c_ulong, c_int, c_long, POINTER(Event)]
x11.XGetWindowProperty.argtypes = [
    *[c_void_p, c_ulong, c_ulong, c_long, c_long, c_int, c_ulong],
    *[POINTER(c_ulong), POINTER(c_int), POINTER(c_ulong), POINTER(c_ulong), POINTER(c_void_p)],
]


class Display:
    def __init__(self) -> None:
        self.display = x11.XOpenDisplay(None)
        if not self.display:
            sys.exit("no display")

    def atom(self, name: str) -> int:
        return x11.XInternAtom(self.display, name.encode(), 0)

    def owner(self, selection: str) -> int:
        return x11.XGetSelectionOwner(self.display, self.atom(selection))

    def keep(self) -> None:
        root = x11.XDefaultRootWindow(self.display)
        self.window = x11.XCreateSimpleWindow(self.display, root, 0, 0, 1, 1, 0, 0, 0)
        x11.XSetSelectionOwner(self.display, self.atom("CLIPBOARD_MANAGER"), self.window, 0)
        x11.XSync(self.display, 0)
        say("ready")
        while True:
            request = self.next(SELECTION_REQUEST).request
            text = self.ask_for_text(request.time)
            say("kept nothing" if text is None else f"kept {text.hex()}")
            self.answer(request)

    def next(self, kind: int) -> Event:
        event = Event()
        while event.type != kind:
            x11.XNextEvent(self.display, byref(event))
        return event

    def ask_for_text(self, time: int) -> bytes | None:
        names = (self.atom("CLIPBOARD"), self.atom("UTF8_STRING"), self.atom("KEPT"))
        x11.XConvertSelection(self.display, *names, self.window, time)
        found = self.next(SELECTION_NOTIFY).notify.property
        if not found:
            return None
        kind, width, count, rest, data = c_ulong(), c_int(), c_ulong(), c_ulong(), c_void_p()
        results = [byref(one) for one in (kind, width, count, rest, data)]
        x11.XGetWindowProperty(self.display, self.window, found, 0, 1 << 20, 1, 0, *results)
        return ctypes.string_at(data, count.value) if data.value else None

    def answer(self, request: SelectionRequest) -> None:
        event = Event()
        event.notify.type = SELECTION_NOTIFY
        for name in ("requestor", "selection", "target", "property", "time"):
            setattr(event.notify, name, getattr(request, name))
        x11.XSendEvent(self.display, request.requestor, 0, 0, byref(event))
        x11.XSync(self.display, 0)


if __name__ == "__main__":
    if sys.argv[1] == "owner":
        say(str(Display().owner(sys.argv[2])))
    else:
        Display().keep()
