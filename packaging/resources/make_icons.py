"""Draw the icon's files from its SVG, and compile all resources into a Python module.

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
MACOS_KINDS = {
    "icp4": 16,
    "ic11": 32,  # 16 points on a Retina screen, and so on
    "icp5": 32,
    "ic12": 64,
    "ic07": 128,
    "ic13": 256,
    "ic08": 256,
    "ic14": 512,
    "ic09": 512,
}
"""Pixels of each kind of picture in Apple's Icon Image format."""


def draw(svg: Path, size: int) -> None:
    """Write one PNG beside the SVG."""
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer = QSvgRenderer(QByteArray(svg.read_bytes()))
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    image.save(str(svg.with_name(f"{svg.stem}-{size}.png")))


def gather_for_macos(svg: Path) -> None:
    """Write the PNG files into one ICNS file (a header; kind, length and file for each)."""
    pictures = b""
    for kind, size in MACOS_KINDS.items():
        picture = svg.with_name(f"{svg.stem}-{size}.png").read_bytes()
        pictures += struct.pack(">4sI", kind.encode(), 8 + len(picture)) + picture
    svg.with_suffix(".icns").write_bytes(struct.pack(">4sI", b"icns", 8 + len(pictures)) + pictures)


def gather_for_windows(svg: Path) -> None:
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
    gather_for_windows(drawing)
    gather_for_macos(drawing)
    compile_resources(ROOT / "deepbrain_desktop" / "resources_rc.py")
