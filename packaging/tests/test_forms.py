"""The self-test from the forms that are no .deb."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from building import PYTHON, ROOT
from clean_root import PERSON, CleanRoot, changed

from deepbrain_desktop import __version__


def assert_passes(command: Path, home: Path) -> None:
    known = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [command, "--self-test"], env=known | {"HOME": str(home)}, cwd=home,
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"DeepBrain Desktop {__version__}\n" in done.stdout
    assert done.stdout.endswith("Self-test passed\n")
    assert done.stderr == ""


def test_the_rpm_holds_the_same_program(dist: Path, tree: Path, tmp_path: Path) -> None:
    (rpm,) = dist.glob("*.rpm")
    with rpm.open("rb") as packed, (tmp_path / "contents.tgz").open("wb") as unpacked:
        subprocess.run(["rpm2archive", "-"], stdin=packed, stdout=unpacked, check=True)
    subprocess.run(["tar", "-xzf", "contents.tgz"], cwd=tmp_path, check=True)
    place = "usr/lib/deepbrain-desktop"
    subprocess.run(["diff", "-r", "--no-dereference", tree / place, tmp_path / place], check=True)
    assert os.access(tmp_path / "usr/bin/deepbrain-desktop", os.X_OK)
    assert_passes(tmp_path / place / "deepbrain-desktop", tmp_path)


@pytest.mark.parametrize("form", ["*.whl", "*.tar.gz"])
def test_wheel_and_sdist_install_the_same_program_without_network(
    dist: Path, tmp_path: Path, form: str
) -> None:
    (package,) = dist.glob(form)
    environment = tmp_path / "environment"
    subprocess.run([PYTHON, "-m", "venv", environment], check=True)
    # What the lock names is installed in the environment that froze the program.
    script = "import sysconfig; print(sysconfig.get_path('purelib'))"
    there, here = (
        subprocess.check_output([each, "-c", script], text=True).strip()
        for each in (PYTHON, environment / "bin/python")
    )
    Path(here, "locked.pth").write_text(f"{there}\n")
    pip = [environment / "bin/python", "-m", "pip", "--disable-pip-version-check", "install"]
    options = ["--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--ignore-installed"]
    subprocess.run([*pip, *options, package], check=True)
    assert_passes(environment / "bin/deepbrain-desktop", tmp_path)


def test_rpm_puts_the_program_in_place_and_takes_all_of_it_away(
    root: CleanRoot, dist: Path, deb: Path
) -> None:
    # What the .rpm depends on has other names in Debian: the .deb brings it, and goes.
    root.install(deb, "rpm")
    root.run("dpkg", "--purge", "deepbrain-desktop")
    (rpm,) = dist.glob("*.rpm")
    shutil.copy(rpm, root.folder / "root")
    before = root.files()

    keep = "--dbpath=/var/lib/rpm"
    root.run("rpm", keep, "--force-debian", "--nodeps", "--install", f"/root/{rpm.name}")
    told = root.run("deepbrain-desktop", "--self-test", user=PERSON, QT_QPA_PLATFORM="offscreen")
    assert told.stdout.endswith("Self-test passed\n")
    assert told.stderr == ""
    assert root.run("rpm", keep, "--verify", "--nodeps", "deepbrain-desktop").stdout == ""

    root.run("rpm", keep, "--force-debian", "--erase", "deepbrain-desktop")
    after = root.files()
    left = [name for name in changed(before, after) if not name.startswith(f"/home/{PERSON}/")]
    assert not [name for name in left if "deepbrain" in name.lower()]
    # Folders that all programs share are part of an rpm system from the start.
    assert [name for name in left if after.get(name) != "folder"] == []


def test_pipx_installs_the_same_program(dist: Path, tmp_path: Path) -> None:
    (wheel,) = dist.glob("*.whl")
    places = {"HOME": "home", "PIPX_HOME": "pipx", "PIPX_BIN_DIR": "bin", "PIPX_MAN_DIR": "man"}
    own = {name: str(tmp_path / folder) for name, folder in places.items()}
    subprocess.run(["pipx", "install", wheel], env=os.environ | own, check=True)
    assert_passes(tmp_path / "bin/deepbrain-desktop", tmp_path)
    (installed,) = tmp_path.glob("pipx/venvs/*/lib/python3*/site-packages/deepbrain_desktop")
    same = ["diff", "-r", "--exclude=__pycache__", ROOT / "deepbrain_desktop", installed]
    subprocess.run(same, check=True)
