"""One version: what the program says, the changelog and a tag on this commit agree."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from deepbrain_desktop import __version__

ROOT = Path(__file__).parents[1]
CHANGES = "packaging/release/changes.py"


def check(root: Path, *tag: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, root / CHANGES, "check", *tag], capture_output=True, text=True, check=False
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What the check looks at, to be changed."""
    for name in (CHANGES, "CHANGELOG.md", "deepbrain_desktop/__init__.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    (tmp_path / "deepbrain_desktop/product.py").write_bytes(
        (ROOT / "deepbrain_desktop/product.py").read_bytes()
    )
    return tmp_path


def test_the_changelog_begins_with_the_version_of_the_program() -> None:
    assert check(ROOT).stderr == ""


def test_a_version_that_the_changelog_does_not_know_is_refused(checkout: Path) -> None:
    (checkout / "CHANGELOG.md").write_text("## [0.0.1] - 2020-01-01\n- A change.\n")
    assert f"does not begin with {__version__}" in check(checkout).stderr


def test_a_tag_of_another_version_is_refused(checkout: Path) -> None:
    assert "is not v" in check(checkout, "v99.0.0").stderr


def test_a_tag_needs_a_date_in_the_changelog(checkout: Path) -> None:
    undated = "## [Unreleased]\n- A change.\n\n## [0.0.1] - 2020-01-01\n- The first.\n"
    (checkout / "CHANGELOG.md").write_text(undated)
    assert "no date" in check(checkout, f"v{__version__}").stderr
    (checkout / "CHANGELOG.md").write_text(
        undated.replace("[Unreleased]", f"[{__version__}] - 2026-01-01")
    )
    assert check(checkout, f"v{__version__}").returncode == 0


@pytest.mark.parametrize("below", [__version__, "99.0.0"])
def test_versions_go_up(checkout: Path, below: str) -> None:
    (checkout / "CHANGELOG.md").write_text(
        f"## [Unreleased]\n- A change.\n\n## [{below}] - 2020-01-01\n- Another.\n"
    )
    assert "higher than the one below" in check(checkout).stderr


def test_the_version_stands_in_one_place() -> None:
    told = re.compile(rb"(?<![\d.])" + re.escape(__version__.encode()) + rb"(?![\d.])")
    places = [*(ROOT / "packaging").rglob("*"), ROOT / "pyproject.toml", ROOT / "Makefile"]
    files = [each for each in places if each.is_file() and "requirements" not in each.parts]
    assert len(files) > 20
    assert not [each for each in files if told.search(each.read_bytes())]
