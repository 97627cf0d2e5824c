"""Hears what a screen reader does on the accessibility bus, until stdin ends.

For the system's Python, which has pyatspi. Says "ready", then as JSON each text that is put in
or taken out anywhere, and each that is to be spoken.
"""

import json
import sys

import pyatspi
from gi.repository import GLib


def main():
    """Listen."""
    pyatspi.Registry.registerEventListener(hear, "object:text-changed", "object:announcement")
    GLib.io_add_watch(sys.stdin, GLib.IO_HUP | GLib.IO_IN, stop)
    say("ready")
    pyatspi.Registry.start()


def hear(event):
    """Say what was said."""
    if isinstance(event.any_data, str):
        say(event.any_data)


def say(text):
    """Say one text."""
    sys.stdout.write(json.dumps(text) + "\n")
    sys.stdout.flush()


def stop(*_):
    """End."""
    pyatspi.Registry.stop()
    return False


if __name__ == "__main__":
    main()
