"""What the tests of the packages start from: make test-packages has built build/dist."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from x_server import running_x_server

sys.path.insert(0, str(Path(__file__).parent))

from clean_root import CleanRoot

from deepbrain_desktop import __version__

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build"
FIGURES = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def dist() -> Path:
    return BUILD / "dist"


@pytest.fixture(scope="session")
def tree() -> Path:
    """What the packages hold, as it lies below /."""
    return BUILD / "tree"


@pytest.fixture(scope="session")
def program(tree: Path) -> Path:
    """The program folder of the packages."""
    return tree / "usr/lib/deepbrain-desktop"


@pytest.fixture(scope="session")
def deb(dist: Path) -> Path:
    (found,) = dist.glob(f"deepbrain-desktop_{__version__}_*.deb")
    return found


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    with running_x_server() as display:
        yield display


@pytest.fixture(scope="session")
def rooms() -> Iterator[Path]:
    """Where clean roots lie; for everybody to enter, as what runs there is not root's."""
    folder = Path(tempfile.mkdtemp(prefix="packages-"))
    folder.chmod(0o755)
    yield folder
    assert str(folder) not in Path("/proc/self/mounts").read_text()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def clean_debian(rooms: Path) -> CleanRoot:
    """A clean Debian, to be copied."""
    return CleanRoot.made(rooms / "clean")


@pytest.fixture
def root(clean_debian: CleanRoot, rooms: Path) -> Iterator[CleanRoot]:
    """A clean Debian of this test's own."""
    root = clean_debian.copied(rooms / "root")
    yield root
    root.remove()


@pytest.fixture(scope="session")
def source_again(rooms: Path) -> Path:
    """The same source in another folder."""
    folder = rooms / "source"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


@pytest.fixture
def figure(request: pytest.FixtureRequest):
    """Keep a line that is printed at the end."""
    return request.config.stash.setdefault(FIGURES, []).append


def pytest_terminal_summary(terminalreporter, config: pytest.Config) -> None:
    for line in config.stash.get(FIGURES, []):
        terminalreporter.write_line(line)
