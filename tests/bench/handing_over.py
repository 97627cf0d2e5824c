"""What the window adds to a request, and how long the event loop ever stands still for one."""

import os
import statistics
import sys
import time

from figures import tell
from keyring_daemon import running_keyring
from PySide6.QtCore import QEventLoop, Qt, QTimer

from deepbrain_desktop import app, start
from deepbrain_desktop.account import Account, KeychainEntry, ServerKind, StoredKey
from deepbrain_desktop.session.state import Granted, Requesting
from deepbrain_desktop.studios.credentials import Secret
from deepbrain_desktop.studios.scenarios import SANDBOX_USER_KEY, SCENARIOS
from deepbrain_desktop.system.lazy_keychain import LazyKeychain
from deepbrain_desktop.system.preferences import Preferences
from deepbrain_desktop.waiting import Cancellation

ROUNDS = 100


def wait_for(session, phase):
    loop = QEventLoop()

    def look(state):
        if isinstance(state.current.phase, phase):
            loop.quit()

    session.state_changed.connect(look)
    if not isinstance(session.state.current.phase, phase):
        QTimer.singleShot(20_000, loop.quit)
        loop.exec()
    session.state_changed.disconnect(look)
    if not isinstance(session.state.current.phase, phase):
        sys.exit(f"no {phase.__name__}: {session.state.current.phase}")


class Heart:
    """Beats every millisecond and remembers its longest pause."""

    def __init__(self):
        self.longest = 0.0
        self._last = time.perf_counter()
        self._timer = QTimer(timerType=Qt.TimerType.PreciseTimer, interval=1)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self):
        now = time.perf_counter()
        self.longest = max(self.longest, now - self._last)
        self._last = now

    def reset(self):
        self.longest, self._last = 0.0, time.perf_counter()


def main():
    application = start.make_application()
    long = next(each for each in SCENARIOS if each.name == "long-token")
    from deepbrain_desktop.studios.sandbox import Sandbox

    with Sandbox() as sandbox:
        host = sandbox.server.host
        entry = KeychainEntry("DeepBrain Desktop: benchmark", long.app_id)
        keychain = LazyKeychain()
        keychain.save(entry, Secret(SANDBOX_USER_KEY), Cancellation())
        account = Account(
            "b" * 32,
            "Benchmark",
            long.app_id,
            ServerKind.OTHER,
            sandbox.server.origin,
            keys=(StoredKey(host, entry),),
        )
        parts = app.Parts(app.MemoryShelf((account,)), LazyKeychain(), Preferences(), None)
        program = app.build(parts)
        program.window.show()
        settle = QEventLoop()
        QTimer.singleShot(1500, settle.quit)
        settle.exec()
        heart = Heart()
        program.workspace.page.request.click()
        wait_for(program.session, Granted)
        QTimer.singleShot(200, settle.quit)
        settle.exec()
        longest = heart.longest * 1000
        heart._timer.stop()
        valid = SCENARIOS[0]
        # From here on the key is in memory: a keychain's own time is not the window's.
        program.session.accounts.edit(account.id, app_id=valid.app_id, remember=False)
        program.session.keys.type_key(account.id, SANDBOX_USER_KEY)
        costs = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            program.workspace.page.request.click()
            if not isinstance(program.session.state.current.phase, Requesting):
                sys.exit("not requesting")
            wait_for(program.session, Granted)
            took = time.perf_counter() - began
            costs.append((took - program.session.state.current.phase.exchange.seconds) * 1000)
        program.window.close()
        program.shut_down()
    application.processEvents()
    tell({"handover": statistics.median(costs), "longest_gap": longest})


if __name__ == "__main__":
    with running_keyring() as daemon:
        os.environ.update(daemon.environment)
        main()
