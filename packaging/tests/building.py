"""Build once more by the scripts that build the packages."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / "build/packaging-environment/bin/python"


def commit_time() -> str:
    """Seconds since 1970 of the commit, as make package-linux takes them."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    told = ["git", "log", "-1", "--format=%ct"]
    return given or subprocess.check_output(told, cwd=ROOT, text=True).strip()


def build(source: Path, step: str, *arguments: object) -> None:
    """Run a script of packaging/linux in the checkout ``source``."""
    environment = os.environ | {"SOURCE_DATE_EPOCH": commit_time()}
    script = source / "packaging/linux" / step
    subprocess.run(
        ["bash", script, PYTHON, *map(str, arguments)], env=environment, check=True, timeout=900
    )


def tree(source: Path, target: Path) -> Path:
    """Freeze ``source`` and lay it out as it is installed, below ``target``."""
    build(source, "freeze", target / "frozen")
    notices = ROOT / "build/dist/THIRD-PARTY-NOTICES.txt"
    build(source, "tree", target / "frozen/deepbrain-desktop", target / "tree", notices)
    return target / "tree"
