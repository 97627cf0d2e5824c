"""The primary button can be read, whoever draws it."""

import pytest
from PySide6.QtGui import QPalette
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


def test_elsewhere_it_has_the_highlight_with_the_text_that_belongs_on_it(qtbot, style):
    button = PrimaryButton("words")
    qtbot.addWidget(button)
    button.setStyle(style)
    highlight, text = QPalette.ColorRole.Highlight, QPalette.ColorRole.HighlightedText
    expected = tuple(
        button.palette().color(QPalette.ColorGroup.Active, role).name()
        for role in (highlight, text)
    )
    assert colors(button) == [expected] * 2
