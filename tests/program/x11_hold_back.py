"""Lets no window onto the screen, as a window manager keeps those of a desktop not looked at.

Says ``ready``, and ``asked`` for the first window that wants to be seen; ends with its input.
"""

import ctypes
import sys
from ctypes import POINTER, Union, byref, c_int, c_long, c_ulong, c_void_p

SUBSTRUCTURE_REDIRECT = 1 << 20
MAP_REQUEST = 20


class Event(Union):
    _fields_ = [("type", c_int), ("space", c_long * 24)]


x11 = ctypes.CDLL("libX11.so.6")
x11.XOpenDisplay.restype = c_void_p
x11.XDefaultRootWindow.argtypes = [c_void_p]
x11.XDefaultRootWindow.restype = c_ulong
x11.XSelectInput.argtypes = [c_void_p, c_ulong, c_long]
x11.XSync.argtypes = [c_void_p, c_int]
x11.XNextEvent.argtypes = [c_void_p, POINTER(Event)]

display = x11.XOpenDisplay(None)
if not display:
    sys.exit("no display")
x11.XSelectInput(display, x11.XDefaultRootWindow(display), SUBSTRUCTURE_REDIRECT)
x11.XSync(display, 0)
print("ready", flush=True)  # noqa: T201 - whoever started this waits for it
event = Event()
while event.type != MAP_REQUEST:
    x11.XNextEvent(display, byref(event))
print("asked", flush=True)  # noqa: T201 - whoever started this waits for it
sys.stdin.read()
