"""Draw the icon's PNG and ICO files from its SVG, and compile all resources into a Python module.

Run by ``make resources`` after a change below ``resources/``.
"""

import os
import struct
import subprocess
import sys
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

ROOT = Path(__file__).resolve().parents[2]
SIZES = (16, 32, 48, 64, 128, 256, 512)
WINDOWS_SIZES = (16, 32, 48, 64, 128, 256)


def draw(svg: Path, size: int) -> None:
    """Write one PNG beside the SVG."""
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer = QSvgRenderer(QByteArray(svg.read_bytes()))
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    image.save(str(svg.with_name(f"{svg.stem}-{size}.png")))


def gather(svg: Path) -> None:
    """Write the PNG files into one ICO file (a header, a line for each, the files themselves)."""
    pictures = [svg.with_name(f"{svg.stem}-{size}.png").read_bytes() for size in WINDOWS_SIZES]
    place = 6 + 16 * len(pictures)
    lines = struct.pack("<HHH", 0, 1, len(pictures))
    for size, picture in zip(WINDOWS_SIZES, pictures, strict=True):
        # A side of 256 is written as 0; one plane, 32 bits for each point.
        lines += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(picture), place)
        place += len(picture)
    svg.with_suffix(".ico").write_bytes(lines + b"".join(pictures))


def compile_resources(target: Path) -> None:
    """Embed what app.qrc lists; format 1 holds no time of change, so the output is reproducible."""
    tool = Path(sys.executable).with_name("pyside6-rcc")
    source = ROOT / "resources" / "app.qrc"
    command = [str(tool), "--format-version", "1", str(source), "-o", str(target)]
    subprocess.run(command, check=True)


if __name__ == "__main__":
    application = QGuiApplication([])
    drawing = ROOT / "resources" / "icons" / "deepbrain-desktop.svg"
    for size in SIZES:
        draw(drawing, size)
    gather(drawing)
    compile_resources(ROOT / "deepbrain_desktop" / "resources_rc.py")
