"""The primary button can be read, whoever draws it."""

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QPushButton, QStyleFactory

from deepbrain_desktop.ui.primary import PrimaryButton

GROUPS = (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive)


def colors(button: QPushButton) -> list[tuple[str, str]]:
    roles = (QPalette.ColorRole.Button, QPalette.ColorRole.ButtonText)
    return [tuple(button.palette().color(group, role).name() for role in roles) for group in GROUPS]


@pytest.fixture
def style(qapp):
    return QStyleFactory.create("Fusion")


@pytest.mark.parametrize("name", ["windowsvista", "windows11", "macos"])
def test_a_style_with_default_buttons_of_its_own_colours_face_and_text(qtbot, style, name):
    plain, button = QPushButton("plain"), PrimaryButton("words")
    qtbot.addWidget(plain)
    qtbot.addWidget(button)
    style.setObjectName(name)
    button.setStyle(style)
    assert colors(button) == colors(plain)
    button.setPalette(QPalette())
    assert colors(button) == colors(plain)
    assert button.isDefault()


def luminance(color: QColor) -> float:
    """By WCAG 2.2, from the formula for sRGB's curve."""
    linear = [
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4
        for each in (color.redF(), color.greenF(), color.blueF())
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(
    ("highlight", "text"),
    [
        ("#308cc6", "#ffffff"),
        ("#2f6fdb", "#ffffff"),
        ("#3daee9", "#ffffff"),
        ("#e95420", "#ffffff"),
        ("#000080", "#ffffff"),
        ("#3daee9", "#000000"),
        ("#1aebff", "#000000"),
        ("#7a5200", "#000000"),
    ],
)
def test_elsewhere_it_has_the_highlight_s_hue_and_its_text_can_be_read(
    qtbot, style, highlight, text
):
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Highlight, QColor(highlight))
    palette.setColor(QPalette.ColorRole.HighlightedText, QColor(text))
    button = PrimaryButton("")
    qtbot.addWidget(button)
    button.setStyle(style)
    button.setPalette(palette)
    ((face, words), inactive) = colors(button)
    assert (face, words) == inactive
    assert words == text
    assert abs(QColor(face).hsvHueF() - QColor(highlight).hsvHueF()) < 0.02
    button.resize(120, 32)
    drawn = button.grab().toImage().pixelColor(60, 16)
    darker, lighter = sorted(map(luminance, (drawn, QColor(text))))
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def test_a_highlight_on_which_text_is_read_anyway_is_taken_as_it_is(qtbot, style):
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Highlight, QColor("#000080"))
    palette.setColor(QPalette.ColorRole.HighlightedText, QColor("#ffffff"))
    button = PrimaryButton("words")
    qtbot.addWidget(button)
    button.setStyle(style)
    button.setPalette(palette)
    assert colors(button) == [("#000080", "#ffffff")] * 2
