"""The program as it is started every day; one request in the sandbox after the window is filled."""

import sys

from deepbrain_desktop import plain_imports

found = {}


def watch_frame():
    from deepbrain_desktop.ui.main_window import MainWindow

    make = MainWindow.__init__

    def make_and_watch(self, *arguments):
        make(self, *arguments)
        self.painted.connect(note_paint)

    MainWindow.__init__ = make_and_watch


def note_paint():
    import figures

    found["painted"] = figures.since_start()
    found["resident"] = figures.resident()
    watch_filling()


def watch_filling():
    from deepbrain_desktop import app

    build = app.build

    def build_and_watch(*arguments):
        program = build(*arguments)
        watch(program)
        return program

    app.build = build_and_watch


def watch(program):
    from PySide6.QtCore import QEvent, QObject, QTimer

    class Watch(QObject):
        def eventFilter(self, watched, event):
            if event.type() == QEvent.Type.Paint:
                watched.removeEventFilter(self)
                QTimer.singleShot(0, filled)
            return False

    def filled():
        import figures

        found["filled"] = figures.since_start()
        found["resident_filled"] = figures.resident()
        QTimer.singleShot(500, lambda: request(program))

    program.workspace.page.name.installEventFilter(Watch(program.window))


def request(program):
    from PySide6.QtCore import QTimer

    from deepbrain_desktop.session.state import Granted

    def look(state):
        if state.current and isinstance(state.current.phase, Granted):
            QTimer.singleShot(500, end)

    def end():
        import figures

        found["resident_later"] = figures.resident()
        program.window.close()

    program.session.state_changed.connect(look)
    program.workspace.intents.try_sandbox()


# As the program itself does, before anything imports Qt.
plain_imports.keep()
watch_frame()

from deepbrain_desktop.start import start  # noqa: E402

status = start(sys.argv[1:])

import figures  # noqa: E402

figures.tell(found)
sys.exit(status)
