"""Prints every property of every window of an X display: a line of JSON each, values in hex."""

import ctypes
import json
import sys
from ctypes import POINTER, byref, c_char_p, c_int, c_long, c_uint, c_ulong, c_void_p, string_at

LONGEST = 1 << 20

x11 = ctypes.CDLL("libX11.so.6")
x11.XOpenDisplay.restype = c_void_p
x11.XDefaultRootWindow.argtypes = [c_void_p]
x11.XDefaultRootWindow.restype = c_ulong
x11.XQueryTree.argtypes = [
    *[c_void_p, c_ulong, POINTER(c_ulong), POINTER(c_ulong)],
    *[POINTER(POINTER(c_ulong)), POINTER(c_uint)],
]
x11.XListProperties.argtypes = [c_void_p, c_ulong, POINTER(c_int)]
x11.XListProperties.restype = POINTER(c_ulong)
x11.XGetAtomName.argtypes = [c_void_p, c_ulong]
x11.XGetAtomName.restype = c_char_p
x11.XGetWindowProperty.argtypes = [
    *[c_void_p, c_ulong, c_ulong, c_long, c_long, c_int, c_ulong],
    *[POINTER(c_ulong), POINTER(c_int), POINTER(c_ulong), POINTER(c_ulong), POINTER(c_void_p)],
]

# A window may go while it is looked at, which is no reason to end.
ignore = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p)(lambda *_: 0)
x11.XSetErrorHandler(ignore)
display = x11.XOpenDisplay(None)
if not display:
    sys.exit("no display")


def windows(window: int):
    yield window
    root, parent, children, count = c_ulong(), c_ulong(), POINTER(c_ulong)(), c_uint()
    results = [byref(each) for each in (root, parent, children, count)]
    if x11.XQueryTree(display, window, *results):
        for number in range(count.value):
            yield from windows(children[number])


def properties(window: int):
    count = c_int()
    atoms = x11.XListProperties(display, window, byref(count))
    for number in range(count.value):
        kind, width, items, rest, data = c_ulong(), c_int(), c_ulong(), c_ulong(), c_void_p()
        results = [byref(each) for each in (kind, width, items, rest, data)]
        x11.XGetWindowProperty(display, window, atoms[number], 0, LONGEST, 0, 0, *results)
        # Xlib hands 32 bits over as longs (XGetWindowProperty(3)).
        size = {8: 1, 16: 2, 32: 8}.get(width.value, 0)
        value = string_at(data, items.value * size) if data.value else b""
        yield x11.XGetAtomName(display, atoms[number]).decode(), value


for window in windows(x11.XDefaultRootWindow(display)):
    for name, value in properties(window):
        print(json.dumps([window, name, value.hex()]))
