"""The start: what has to happen before the window can be seen, and next to nothing else.

What is said where there is no window to say it in stands here, one line on stderr each.
"""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from deepbrain_desktop import __version__, plain_imports, product
from deepbrain_desktop.command_line import Options, parse
from deepbrain_desktop.system.console import borrow_console, complain
from deepbrain_desktop.system.display import NoDisplay, missing_display
from deepbrain_desktop.system.hardening import conceal_memory, harden, is_debuggable
from deepbrain_desktop.system.paths import Paths
from deepbrain_desktop.system.session_bus import hide_silent_bus

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from deepbrain_desktop.app import Program
    from deepbrain_desktop.system.instance import Instance
    from deepbrain_desktop.ui.main_window import MainWindow

LONGEST_END = 5.0
"""Seconds from the closing of the window to the end of the process, whatever hangs."""


def start(arguments: Sequence[str]) -> int:
    """Run the program. Returns the exit status."""
    if arguments:
        borrow_console()
    options = parse(arguments)
    harden(os.environ)
    _leave_when_asked(1 if options.is_errand else 0)
    if options.remove_my_data:
        conceal_memory(os.environ)
        plain_imports.keep()
        from deepbrain_desktop.removal import remove_my_data
        from deepbrain_desktop.system.lazy_keychain import LazyKeychain

        return remove_my_data(Paths.of_this_user(), LazyKeychain())
    missing = missing_display(os.environ)
    if missing:
        complain(_describe(missing))
        return 1
    plain_imports.keep()
    show_bus_again = hide_silent_bus(os.environ)
    application = make_application()
    _once_shown(show_bus_again)
    paths = Paths.of_this_user()
    if options.self_test:
        from deepbrain_desktop.self_test import self_test

        return self_test(paths)
    if options.screenshot:
        from deepbrain_desktop import app, rehearsal

        return rehearsal.rehearse(app.build(app.sandbox_parts(paths)), options.screenshot)
    if options.sandbox:
        return _run(application, paths, options, None)
    return _run_once(application, paths, options)


def _leave_when_asked(status: int) -> None:
    """End at once on a signal while there is nothing to be saved yet; a window replaces this."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda *_: os._exit(status))


def make_application() -> "QApplication":
    """Make the application object, with its names."""
    from PySide6.QtCore import QLoggingCategory, qInstallMessageHandler
    from PySide6.QtWidgets import QApplication

    from deepbrain_desktop.system.early_words import EarlyWords

    if not is_debuggable(os.environ):
        qInstallMessageHandler(EarlyWords())
        # A file of the person's (QtProject/qtlogging.ini) may have Qt tell each key that is typed.
        QLoggingCategory.setFilterRules("*.debug=false\n*.info=false")
    # Else Qt shares its painting out among threads, and waits for ever for one it does not get.
    os.environ["QT_NO_GUI_THREADPOOL"] = "1"
    application = QApplication(sys.argv[:1])
    application.setApplicationName(product.IDENTIFIER)
    application.setApplicationDisplayName(product.NAME)
    application.setApplicationVersion(__version__)
    application.setDesktopFileName(product.APPLICATION_ID)
    return application


def _once_shown(call: Callable[[], None]) -> None:
    from PySide6.QtCore import QTimer

    # In the first turn of the event loop the window has been shown, and Qt has its bus or not.
    QTimer.singleShot(0, call)


def _run_once(application: "QApplication", paths: Paths, options: Options) -> int:
    from deepbrain_desktop.system.instance import Instance

    instance = Instance(paths.runtime, application)
    if not instance.claim():
        if not instance.ask_first_to_raise(options.account or ""):
            complain(f"{product.NAME} is running already.")
        return 0
    try:
        return _run(application, paths, options, instance)
    finally:
        instance.close()


def _run(
    application: "QApplication", paths: Paths, options: Options, instance: "Instance | None"
) -> int:
    from deepbrain_desktop.system.last_resort import end_within
    from deepbrain_desktop.system.preferences import Preferences
    from deepbrain_desktop.system.signals import EndingSignals
    from deepbrain_desktop.ui.main_window import MainWindow

    preferences = Preferences(None if options.sandbox else paths.preferences)
    window = MainWindow(preferences)
    programs: list[Program] = []
    failures: list[Exception] = []

    def fill() -> None:
        try:
            program = build()
        except Exception as failure:  # noqa: BLE001 - a damaged installation, a shortage
            failures.append(failure)
            _say_why_not_filled(window, failure)
            return
        programs.append(program)
        window.closed.connect(program.session.accounts.flush)
        application.commitDataRequest.connect(program.clipboard.clear)
        program.settle_in()
        if instance is not None:
            instance.listen(program.raise_window)

    def build() -> "Program":
        from deepbrain_desktop import app, crashes

        # Python itself would print the exception's own words.
        sys.unraisablehook = crashes.log_unraisable
        make_parts = app.sandbox_parts if options.sandbox else app.user_parts
        return app.build(make_parts(paths, preferences), options.account, window)

    window.painted.connect(fill)
    window.closed.connect(partial(end_within, LONGEST_END))
    window.closed.connect(application.quit)
    # Not part of the program: a window on a desktop that nobody looks at is never painted.
    signals = EndingSignals(window.close)
    window.show()
    status = application.exec()
    for program in programs:
        program.shut_down()
    signals.close()
    return 1 if failures else status


def _say_why_not_filled(window: "MainWindow", failure: Exception) -> None:
    words = (
        f"{product.NAME} could not be loaded ({type(failure).__name__}). Close some programs and"
        " start it again. If that does not help, install it anew."
    )
    complain(words)
    try:
        from deepbrain_desktop.ui import dialogs

        dialogs.tell(window, words).finished.connect(window.close)
    except Exception:  # noqa: BLE001 - that cannot be loaded either
        window.close()


def _describe(missing: NoDisplay) -> str:
    if missing.scarce:
        return (
            "This computer is low on resources: no process, file or thread was left for the window."
            " Close some programs and try again."
        )
    if missing.platforms:
        return f"No display can be used: Qt has no QT_QPA_PLATFORM={missing.platforms} here."
    if missing.servers:
        return f"{product.NAME} can’t open the display {' or '.join(missing.servers)}."
    return f"{product.NAME} needs a display: neither DISPLAY nor WAYLAND_DISPLAY is set."
