"""Which Python modules a frozen program holds."""

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

from building import PYTHON

_OUT = re.compile(
    r"(tests?|unittest|pip|setuptools|pkg_resources|keyrings|keyring\.backends\.null|pydoc|doctest"
    r"|idlelib|tkinter|sqlite3|PyInstaller|pytest|mypy|ruff|hypothesis|_pyi_rth_utils)(\.|$)"
)
_SCRIPT = """
import sys
from PyInstaller.archive.readers import CArchiveReader
archive = CArchiveReader(sys.argv[1])
(inner,) = (name for name in archive.toc if name.endswith(".pyz"))
print(*archive.open_embedded_archive(inner).toc)
"""


def modules_of(executable: Path) -> set[str]:
    """The Python modules inside the executable."""
    told = [PYTHON, "-c", _SCRIPT, executable]
    return set(subprocess.check_output(told, text=True).split())


def modules_not_in_use(modules: Iterable[str]) -> list[str]:
    """Those of them that the program has no use for."""
    return sorted(each for each in modules if _OUT.match(each))
