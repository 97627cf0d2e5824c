import children

EMISSIONS = 20_000

# PySide6 6.12.0 aborts on CPython 3.11 after some 600 emissions (bool_dealloc).
SCRIPT = """
import sys
from PySide6.QtCore import QCoreApplication, QObject, Signal, Slot

class Speaker(QObject):
    spoke = Signal(object, bool, int, str)
    agreed = Signal(bool)

class Listener(QObject):
    heard = 0

    @Slot(object, bool, int, str)
    def hear(self, value, truth, number, text):
        assert (truth, text) == (number % 2 == 0, str(number)) and value == (number, None, truth)
        self.heard += 1

    @Slot(bool)
    def note(self, truth):
        self.heard += 1

application = QCoreApplication(sys.argv[:1])
speaker, listener = Speaker(), Listener()
speaker.spoke.connect(listener.hear)
speaker.agreed.connect(listener.note)
for number in range(int(sys.argv[1])):
    truth = number % 2 == 0
    speaker.spoke.emit((number, None, truth), truth, number, str(number))
    speaker.agreed.emit(truth)
    speaker.setProperty("truth", truth)
    assert speaker.property("truth") is truth
print(listener.heard)
"""


def test_the_interpreter_survives_twenty_thousand_emissions():
    ended = children.run(SCRIPT, EMISSIONS)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert int(ended.stdout) == 2 * EMISSIONS
