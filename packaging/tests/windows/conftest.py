"""What the tests of the Windows installer start from: make package-windows has built it."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from computer import SCRIPTS, Computer

from deepbrain_desktop import __version__

ROOT = Path(__file__).parents[3]
BEFORE = "0.0.1"
LEFT_OVER = "_internal/of-the-version-before.dll"


@pytest.fixture(scope="session")
def frozen() -> Path:
    """The frozen program."""
    return ROOT / "build/windows/frozen/deepbrain-desktop"


@pytest.fixture(scope="session")
def installer(dist: Path) -> Path:
    return dist / f"DeepBrain-Desktop-{__version__}-x64-setup.exe"


@pytest.fixture(scope="session")
def clean_computer(rooms: Path) -> Computer:
    """A clean Windows, to be copied."""
    return Computer.made(rooms / "clean-windows")


@pytest.fixture
def computer(clean_computer: Computer, rooms: Path) -> Iterator[Computer]:
    """A clean Windows of this test's own."""
    computer = clean_computer.copied(rooms / "windows")
    yield computer
    computer.remove()


@pytest.fixture(scope="session")
def scripts_of_before(rooms: Path) -> Path:
    """The scripts that pack, in a checkout of the version before."""
    source = rooms / "source-before"
    for name in (
        "packaging/windows",
        "resources/icons",
        "deepbrain_desktop/__init__.py",
        "LICENSE",
    ):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, source / name)
    version = source / "deepbrain_desktop/__init__.py"
    version.write_text(version.read_text().replace(__version__, BEFORE))
    return source / "packaging/windows"


@pytest.fixture(scope="session")
def installer_before(scripts_of_before: Path, frozen: Path, dist: Path, rooms: Path) -> Path:
    """An installer with a lower version, and with a file that this one has no more."""
    tree = rooms / "frozen-before"
    shutil.copytree(frozen, tree)
    (tree / LEFT_OVER).write_bytes(b"")
    out = rooms / "before-setup.exe"
    pack(scripts_of_before, tree, dist / "THIRD-PARTY-NOTICES-windows.txt", out)
    return out


def pack(scripts: Path, tree: Path, notices: Path, out: Path, **changes: str) -> str:
    """Make an installer; what was said meanwhile."""
    known = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "SOURCE_DATE_EPOCH": "1700000000"}
    return subprocess.run(
        ["bash", scripts / "pack", tree, notices, out], env=known | changes,
        capture_output=True, text=True, check=True, timeout=900,
    ).stderr  # fmt: skip


@pytest.fixture(scope="session")
def packed():
    return pack


@pytest.fixture(scope="session")
def scripts() -> Path:
    return SCRIPTS


@pytest.fixture(scope="session")
def sleeper(rooms: Path) -> Path:
    """A program without a window, which nobody can ask to close."""
    source = rooms / "sleeper.c"
    source.write_text(
        "#include <stdio.h>\n#include <windows.h>\n"
        'int main(void) { puts("asleep"); fflush(stdout); Sleep(600000); return 0; }\n'
    )
    program = rooms / "sleeper.exe"
    compiler = "x86_64-w64-mingw32-gcc"
    subprocess.run([compiler, "-mwindows", "-o", program, source], check=True, timeout=60)
    return program
