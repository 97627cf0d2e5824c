"""``planted.py NAME …`` starts the program as it is, but for one thing that is planted in it.

A leak, which the audit has to find, or a fault after which it has to find nothing. What is
planted knows the key that was typed, and happens when the first token comes.
"""

import base64
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

KEPT: list[str] = []
"""What the leak of memory holds on to."""
COPIES = 400

Planting = Callable[["object", str, str], None]
"""Is given the program, the typed key and the token."""


def log_line(_program, key, _token):
    # The log's redaction would mask the whole of it.
    logging.getLogger("deepbrain_desktop").warning("asked with %s", key[:16])


def base64_in_settings(program, key, _token):
    coded = base64.b64encode(b"key=" + key.encode()).decode()
    program.preferences.keep("window", "state", coded)


def utf_16_temp_file(_program, key, _token):
    with tempfile.NamedTemporaryFile("wb", delete=False) as file:
        file.write(f"key: {key}".encode("utf-16"))


def deleted_temp_file(_program, _key, token):
    with tempfile.TemporaryFile("w") as file:
        file.write(token)


def child_argument(_program, key, _token):
    _start_child(["sh", "-c", "read line", key], dict(os.environ))


def child_environment(_program, key, _token):
    _start_child(["sh", "-c", "read line"], {**os.environ, "AI_KEY": key})


def stderr(_program, key, _token):
    sys.stderr.write(f"asked with {key}\n")


def clipboard_left(program, _key, _token):
    from PySide6.QtGui import QGuiApplication

    board = QGuiApplication.clipboard()
    program.workspace.copying.copy_secret = lambda _, text, *__: board.setText(text)


def memory_kept(_program, key, _token):
    KEPT.extend(f"{key} {number}" for number in range(COPIES))


def window_title(program, _key, token):
    program.window.setWindowTitle(f"Token {token}")


def spelt_to_readers(program, key, _token):
    from PySide6.QtGui import QAccessible, QAccessibleTextInsertEvent
    from PySide6.QtWidgets import QLineEdit

    field = program.window.findChild(QLineEdit, "userKey")
    for place, character in enumerate(key):
        event = QAccessibleTextInsertEvent(field, place, character)
        QAccessible.updateAccessibility(event)


def exception_in_a_slot(_program, key, token):
    from PySide6.QtCore import QTimer

    def fail():
        raise ValueError(key, token)

    QTimer.singleShot(0, fail)


LEAKS: dict[str, Planting] = {
    "log line": log_line,
    "base64 in settings": base64_in_settings,
    "UTF-16 temp file": utf_16_temp_file,
    "deleted temp file": deleted_temp_file,
    "child argument": child_argument,
    "child environment": child_environment,
    "stderr": stderr,
    "clipboard left": clipboard_left,
    "memory kept": memory_kept,
    "window title": window_title,
    "spelt to readers": spelt_to_readers,
}
EXCEPTION, DEBUG = "exception in a slot", "all loggers at DEBUG"
FAULTS: dict[str, Planting] = {EXCEPTION: exception_in_a_slot, DEBUG: lambda *_: None}


def _start_child(command: list[str], environment: dict[str, str]) -> None:
    # It reads until this process has gone.
    subprocess.Popen(command, env=environment, stdin=subprocess.PIPE)


def log_everything() -> None:
    """Every entry of every logger, as it is, beside the log file that the program keeps."""
    from deepbrain_desktop.system import logs

    configure = logs.configure

    def configure_and_more(folder: Path) -> Path:
        path = configure(folder, logging.DEBUG)
        plain = logging.FileHandler(Path(tempfile.gettempdir()) / "everything.log")
        logging.getLogger().addHandler(plain)
        for name in logging.root.manager.loggerDict:
            logging.getLogger(name).setLevel(logging.DEBUG)
        return path

    logs.configure = configure_and_more


def plant_when_built(planting: Planting) -> None:
    """Let it happen as soon as the first token has come."""
    from deepbrain_desktop import app
    from deepbrain_desktop.session.state import Granted

    build = app.build

    def build_and_plant(*arguments):
        program = build(*arguments)
        keys: list[str] = []
        planted: list[bool] = []

        def look(state):
            current = state.current
            if current is not None and current.typed_key and not planted:
                keys[:] = [current.typed_key.reveal()]
            if current is not None and isinstance(current.phase, Granted) and not planted:
                planted.append(True)
                planting(program, keys.pop(), current.phase.token.reveal())

        program.session.state_changed.connect(look)
        return program

    app.build = build_and_plant


def main() -> None:
    """Run the program."""
    name = sys.argv.pop(1)
    from deepbrain_desktop import start
    from deepbrain_desktop.__main__ import run

    make_application = start.make_application

    def make_and_plant():
        # Not before the program has hardened itself, which happens before Qt is loaded.
        application = make_application()
        plant_when_built((LEAKS | FAULTS)[name])
        if name == DEBUG:
            log_everything()
        return application

    start.make_application = make_and_plant
    run()


if __name__ == "__main__":
    main()
