"""The floor: a bare QMainWindow."""

import sys

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow


class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self.painted)
        return False

    def painted(self):
        import figures

        figures.tell({"painted": figures.since_start(), "resident": figures.resident()})
        QApplication.quit()


application = QApplication(sys.argv[:1])
window = QMainWindow()
window.resize(960, 680)
watch = Watch()
window.installEventFilter(watch)
window.show()
application.exec()
