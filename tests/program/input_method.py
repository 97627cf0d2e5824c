"""``input_method.py BUS`` stands in for ibus's daemon on a bus, until stdin ends.

Says "ready", then as JSON each call that a program makes: its name and what it carries. It wants
to know the text around the cursor, and lets every key through.
"""

import json
import os
import sys
import threading

from jeepney import DBusAddress, HeaderFields, Message, MessageType, new_method_return, new_signal
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, Proxy, open_dbus_connection

_CONTEXT = "/org/freedesktop/IBus/InputContext_1"
_WISH = new_signal(
    DBusAddress(_CONTEXT, interface="org.freedesktop.IBus.InputContext"), "RequireSurroundingText"
)


def serve(connection: DBusConnection) -> None:
    """Answer for ever."""
    while True:
        call = connection.receive()
        if call.header.message_type is MessageType.method_call:
            name = call.header.fields[HeaderFields.member]
            say([name, call.body])
            connection.send(answer(call, name))
            if name == "FocusIn":
                connection.send(_WISH)


def answer(call: Message, name: str) -> Message:
    """What the daemon says to a call."""
    match name:
        case "CreateInputContext":
            return new_method_return(call, "o", (_CONTEXT,))
        case "ProcessKeyEvent":
            return new_method_return(call, "b", (False,))
        case "Get":
            return new_method_return(call, "v", (("s", ""),))
        case _:
            return new_method_return(call)


def say(what: object) -> None:
    """Say one thing."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Listen."""
    connection = open_dbus_connection(bus=sys.argv[1])
    Proxy(message_bus, connection).RequestName("org.freedesktop.IBus")
    say("ready")
    threading.Thread(target=serve, args=(connection,), daemon=True).start()
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
