"""Where the installed program starts: PyInstaller's bootloader runs this file.

It stands between the bootloader and the program, for what only an installed program needs.
"""

import os
import sys
from pathlib import Path

PARTS = "parts.txt"
"""Lists the files of the program folder, one a line; written by the spec."""


def missing(folder: Path) -> str | None:
    """Name the first file of the program folder that is not there.

    Only the names count: Qt's libraries may be replaced by other builds of them (LGPL).
    """
    try:
        parts = (folder / PARTS).read_text(encoding="utf-8").splitlines()
    except OSError:
        return PARTS
    top = str(folder)
    for part in parts:
        try:
            os.stat(f"{top}{os.sep}{part}")  # noqa: PTH116 - Paths take longer
        except OSError:
            return part
    return None


def refuse(reason: str) -> int:
    """Say that the installation is damaged, where it can be seen; return the exit status."""
    words = f"DeepBrain Desktop is damaged: {reason}. Reinstall it; accounts and keys are kept."
    if sys.stderr is not None:
        print(words, file=sys.stderr)
    elif sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.MessageBoxW(None, words, "DeepBrain Desktop", 0x10)
    return 1


def give_back_search_path() -> None:
    """Take the bootloader's library path out of what children find, such as the browser."""
    before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
    if before is not None:
        os.environ["LD_LIBRARY_PATH"] = before
    elif sys.platform == "linux":
        os.environ.pop("LD_LIBRARY_PATH", None)


def main() -> int:
    part = missing(Path(sys._MEIPASS))  # noqa: SLF001 - PyInstaller's name for it
    if part is not None:
        return refuse(f"{part} is missing")
    give_back_search_path()
    try:
        from deepbrain_desktop.__main__ import run

        run()
    except ImportError as error:
        return refuse(f"{error.name or 'a library'} cannot be loaded")
    return 0


if __name__ == "__main__":
    sys.exit(main())
