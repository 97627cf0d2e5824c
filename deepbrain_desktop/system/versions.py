"""Which versions of everything are at work: for About, for reports and for the self-test."""

import platform
import sys
from functools import cache
from importlib import metadata

from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication

from deepbrain_desktop import __version__, product

_PACKAGES = ("PySide6_Essentials", "requests", "urllib3", "truststore", "keyring")


@cache
def versions() -> tuple[str, ...]:
    """One line each. Takes some milliseconds the first time; loads OpenSSL."""
    import ssl

    lines = [
        f"{product.NAME} {__version__}",
        f"Python {platform.python_version()} ({platform.machine()})",
        f"System {platform.platform()}",
        f"Qt {qVersion()} ({QGuiApplication.platformName() or 'no display'})",
        ssl.OPENSSL_VERSION,
    ]
    for package in _PACKAGES:
        try:
            lines.append(f"{package} {metadata.version(package)}")
        except (metadata.PackageNotFoundError, OSError):
            lines.append(f"{package} (version not recorded)")
    if getattr(sys, "frozen", False):
        lines.append("Installed program")
    return tuple(lines)
