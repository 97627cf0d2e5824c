"""An update may replace the program's files while it runs: what is used is loaded by then."""

import children

SCRIPT = """
import sys
from pathlib import Path
from threading import Event

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from deepbrain_desktop import app
from deepbrain_desktop.account import Account, ServerKind
from deepbrain_desktop.session.issuing import Issuing
from deepbrain_desktop.session.state import Granted
from deepbrain_desktop.studios.scenarios import DEFAULT
from deepbrain_desktop.system import clock
from deepbrain_desktop.system.accounts_file import AccountsFile
from deepbrain_desktop.system.lazy_keychain import NoKeychain
from deepbrain_desktop.system.preferences import Preferences
from deepbrain_desktop.ui.bounded_edit import BoundedEdit

loaded = Event()


class Told(Issuing):
    def prepare(self):
        super().prepare()
        loaded.set()


application = QApplication([])
shelf = AccountsFile(Path(sys.argv[1]))
issuing = Told(clock.elapsed, clock.wall)
program = app.build(app.Parts(shelf, NoKeychain(), Preferences(), None, issuing))
accounts = program.session.accounts
account = Account("0" * 32, "one", DEFAULT.app_id, ServerKind.SANDBOX, remember=False)
program.window.show()
program.settle_in()
assert loaded.wait(30)
before = set(sys.modules)

own = accounts.add(account)
for field in program.window.findChildren(BoundedEdit):
    if field.isVisible() and field.isEnabled():
        QTest.keyClicks(field, "x")
        QTest.keyClick(field, Qt.Key.Key_Backspace)
loop = QEventLoop()
program.session.state_changed.connect(
    lambda state: isinstance(state.current.phase, Granted) and loop.quit()
)
QTimer.singleShot(30_000, loop.quit)
program.workspace.page.request.click()
loop.exec()
assert isinstance(program.session.state.current.phase, Granted)
accounts.edit(own, name="another")
accounts.flush()
program.shut_down()
print(*sorted(set(sys.modules) - before))
"""


def test_what_the_main_job_uses_is_loaded_once_the_window_is_filled(tmp_path):
    done = children.run(
        SCRIPT, tmp_path / "accounts.json", changes={"QT_QPA_PLATFORM": "offscreen"}
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []
    assert "another" in (tmp_path / "accounts.json").read_text()
