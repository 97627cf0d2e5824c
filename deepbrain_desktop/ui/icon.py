"""The program's icon, from the embedded resources."""

from PySide6.QtGui import QIcon

from deepbrain_desktop import resources_rc  # noqa: F401 - registers what :/icons holds

SIZES = (16, 32, 48, 64, 128, 256)


def application_icon() -> QIcon:
    """The icon in every size; loaded when it is drawn."""
    icon = QIcon()
    for size in SIZES:
        icon.addFile(f":/icons/deepbrain-desktop-{size}.png")
    return icon
