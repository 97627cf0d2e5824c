"""The floor: a bare QMainWindow."""

import builtins
import sys

plain = builtins.__import__
from PySide6.QtWidgets import QApplication, QMainWindow  # noqa: E402

builtins.__import__ = plain
application = QApplication(sys.argv[:1])
window = QMainWindow()
window.resize(960, 680)
window.show()
sys.exit(application.exec())
