"""The frozen program where not all is as it should be."""

import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import children
import pytest

PLANTED = "planted code ran"
LIBRARY = """
#include <stdio.h>
__attribute__((constructor)) static void planted(void) { fputs("planted code ran\\n", stderr); }
"""


@pytest.fixture
def copy(program: Path, tmp_path: Path) -> Iterator[Path]:
    """The program folder, to be damaged."""
    folder = tmp_path / "Program Files – 프로그램" / "deepbrain-desktop"
    shutil.copytree(program, folder, symlinks=True)
    yield folder
    for each in [folder, *folder.rglob("*")]:
        if each.is_dir():
            each.chmod(0o755)


def run(
    program: Path, *arguments: str, folder: Path | None = None, **changes: str
) -> subprocess.CompletedProcess[str]:
    """Run it to its end, without privileges, with next to nothing in its environment."""
    home = program.parent.parent / "home"
    home.mkdir(exist_ok=True)
    known = {"HOME": str(home), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        ["setpriv", "--bounding-set=-all", "--inh-caps=-all", program, *arguments],
        env=known | changes, cwd=folder, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def passes(done: subprocess.CompletedProcess[str]) -> bool:
    return done.returncode == 0 and "Self-test passed" in done.stdout and done.stderr == ""


def self_test(folder: Path, where: Path | None = None, **changes: str):
    changes = {"QT_QPA_PLATFORM": "offscreen"} | changes
    return run(folder / "deepbrain-desktop", "--self-test", folder=where, **changes)


def test_a_path_with_spaces_and_letters_of_any_script(copy: Path) -> None:
    done = self_test(copy)
    assert passes(done), done
    assert "Keychain: none usable" in done.stdout


def test_a_program_folder_that_cannot_be_written(copy: Path) -> None:
    before = {each: each.lstat().st_mtime_ns for each in copy.rglob("*")}
    for each in [copy, *copy.rglob("*")]:
        if not each.is_symlink():
            each.chmod(each.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
    assert passes(self_test(copy))
    assert {each: each.lstat().st_mtime_ns for each in copy.rglob("*")} == before


def test_no_display_is_one_line_and_status_1(copy: Path) -> None:
    done = run(copy / "deepbrain-desktop")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "DeepBrain Desktop needs a display: neither DISPLAY nor WAYLAND_DISPLAY is set.\n"
    )


def test_each_missing_file_is_named_in_one_line_that_says_what_to_do(copy: Path) -> None:
    parts = (copy / "_internal/parts.txt").read_text().splitlines()
    needed_by_python = [each for each in parts if "libpython" in each or each.endswith(".zip")]
    assert len(needed_by_python) == 2  # the launcher looks for those; see below
    tried = [each for each in parts if each not in needed_by_python]
    assert len(tried) > 50
    for name in [*tried, "parts.txt"]:
        part, away = copy / "_internal" / name, copy.parent / "away"
        part.rename(away)
        done = self_test(copy)
        away.rename(part)
        assert (done.returncode, done.stdout) == (1, ""), name
        # What leads to it by another name may be missed first.
        assert Path(name).name in done.stderr, name
        assert done.stderr.startswith("DeepBrain Desktop is damaged: "), name
        assert "is missing. Reinstall it" in done.stderr
        assert done.stderr.count("\n") == 1
    assert passes(self_test(copy))


@pytest.mark.parametrize("name", ["PySide6/QtGui.abi3.so", "shiboken6/Shiboken.abi3.so"])
def test_a_library_that_is_none_is_no_traceback_either(copy: Path, name: str, display: str) -> None:
    part = copy / "_internal" / name
    part.write_bytes(b"")
    done = run(copy / "deepbrain-desktop", "--self-test", DISPLAY=display)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "Reinstall" in done.stderr


def test_the_launcher_names_what_python_itself_cannot_start_without(
    copy: Path, tree: Path, tmp_path: Path
) -> None:
    script = (tree / "usr/bin/deepbrain-desktop").read_text()
    launcher = tmp_path / "launcher"
    launcher.write_text(script.replace("folder=/usr/lib/deepbrain-desktop", f"folder='{copy}'"))
    launcher.chmod(0o755)
    offscreen = {"QT_QPA_PLATFORM": "offscreen"}
    assert passes(run(launcher, "--self-test", **offscreen))
    (python,) = copy.glob("_internal/libpython3.*")
    for part in (copy / "deepbrain-desktop", copy / "_internal/base_library.zip", python):
        away = copy.parent / "away"
        part.rename(away)
        done = run(launcher, "--self-test", **offscreen)
        away.rename(part)
        assert done.returncode == 1
        assert "is missing. Reinstall it" in done.stderr
        assert done.stderr.count("\n") == 1


def test_nothing_planted_is_loaded(copy: Path, tmp_path: Path) -> None:
    planted = tmp_path / "planted"
    planted.mkdir()
    shout = f"import sys\nprint({PLANTED!r}, file=sys.stderr)\n"
    for name in ("sitecustomize", "usercustomize", "requests", "keyring", "json", "encodings"):
        (planted / f"{name}.py").write_text(shout)
    (planted / "qt.conf").write_text("[Paths]\nPlugins = .\n")
    source = planted / "planted.c"
    source.write_text(LIBRARY)
    library = planted / "libplanted.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True)
    names = ["libQt6Core.so.6", "libssl.so.3", "libz.so.1", "libxcb.so.1", "libpython3.11.so.1.0"]
    for name in (*names, "platforms/libqoffscreen.so", "platforms/libqxcb.so"):
        (planted / name).parent.mkdir(exist_ok=True)
        shutil.copy(library, planted / name)
    # It does shout where it is loaded.
    assert PLANTED in children.run("pass", changes={"LD_PRELOAD": str(library)}).stderr

    done = self_test(
        copy,
        planted,
        PYTHONPATH=str(planted),
        PYTHONHOME=str(planted),
        PYTHONSTARTUP=str(planted / "requests.py"),
        QT_PLUGIN_PATH=str(planted),
        QT_QPA_PLATFORM_PLUGIN_PATH=str(planted / "platforms"),
    )
    assert passes(done), done


def test_what_it_starts_does_not_find_the_program_s_libraries(copy: Path) -> None:
    script = (Path(__file__).parents[1] / "frozen/start.py").read_text()
    name: dict[str, object] = {"__name__": "start"}
    exec(compile(script, "start.py", "exec"), name)
    before = os.environ.copy()
    try:
        os.environ.update(LD_LIBRARY_PATH="/ours", LD_LIBRARY_PATH_ORIG="/theirs")
        name["give_back_search_path"]()
        assert os.environ["LD_LIBRARY_PATH"] == "/theirs"
        os.environ.update(LD_LIBRARY_PATH="/ours")
        name["give_back_search_path"]()
        assert "LD_LIBRARY_PATH" not in os.environ
    finally:
        os.environ.clear()
        os.environ.update(before)
