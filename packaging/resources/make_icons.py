"""Draw the icon's PNG files from its SVG, and compile all resources into a Python module.

Run by ``make resources`` after a change below ``resources/``.
"""

import os
import subprocess
import sys
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

ROOT = Path(__file__).resolve().parents[2]
SIZES = (16, 32, 48, 64, 128, 256)


def draw(svg: Path, size: int) -> None:
    """Write one PNG beside the SVG."""
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer = QSvgRenderer(QByteArray(svg.read_bytes()))
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    image.save(str(svg.with_name(f"{svg.stem}-{size}.png")))


def compile_resources(target: Path) -> None:
    """Embed what app.qrc lists; format 1 holds no time of change, so the output is reproducible."""
    tool = Path(sys.executable).with_name("pyside6-rcc")
    source = ROOT / "resources" / "app.qrc"
    command = [str(tool), "--format-version", "1", str(source), "-o", str(target)]
    subprocess.run(command, check=True)


if __name__ == "__main__":
    application = QGuiApplication([])
    for size in SIZES:
        draw(ROOT / "resources" / "icons" / "deepbrain-desktop.svg", size)
    compile_resources(ROOT / "deepbrain_desktop" / "resources_rc.py")
