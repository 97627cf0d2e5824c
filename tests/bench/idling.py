"""Wake-ups of a program that holds a valid token and is left alone."""

import sys

from figures import switches, tell
from PySide6.QtCore import QEventLoop, QTimer

from deepbrain_desktop import app, start
from deepbrain_desktop.session.state import Granted
from deepbrain_desktop.system.paths import Paths

SECONDS = 5


def let_pass(seconds):
    loop = QEventLoop()
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    loop.exec()


application = start.make_application()
program = app.build(app.sandbox_parts(Paths.of_this_user()))
program.window.show()
let_pass(1)
program.workspace.page.request.click()
let_pass(1)
if not isinstance(program.session.state.current.phase, Granted):
    sys.exit("no token")
ticks = []
program.workspace._ticking.ticked.connect(lambda: ticks.append(1))
let_pass(SECONDS)
shown = len(ticks)
program.window.hide()
let_pass(1)
before = switches()
let_pass(SECONDS)
# The one wake-up at the end is this script's own timer.
hidden = max(0, switches() - before - 1)
figures = {
    "seconds": SECONDS,
    "ticks": shown,
    "tick_rate": shown / SECONDS,
    "hidden": hidden,
    "hidden_rate": hidden / SECONDS,
}
program.window.close()
program.shut_down()
tell(figures)
