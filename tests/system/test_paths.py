"""The folders of one user."""

import os
import stat
import sys
from pathlib import Path

import pytest

from deepbrain_desktop.system.paths import Paths, create_owner_only

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")


def test_the_folders_are_where_the_platform_keeps_them(tmp_path):
    home = str(tmp_path)
    linux = Paths.of_this_user({"HOME": home}, "linux")
    assert linux.config == tmp_path / ".config" / "deepbrain-desktop"
    assert linux.accounts == tmp_path / ".config" / "deepbrain-desktop" / "accounts.json"
    assert linux.preferences == tmp_path / ".config" / "deepbrain-desktop" / "preferences.ini"
    assert linux.logs == tmp_path / ".local" / "state" / "deepbrain-desktop"
    macos = Paths.of_this_user({"HOME": home}, "darwin")
    assert macos.config == tmp_path / "Library" / "Application Support" / "deepbrain-desktop"
    assert macos.logs == tmp_path / "Library" / "Logs" / "deepbrain-desktop"
    windows = Paths.of_this_user({"LOCALAPPDATA": home}, "win32")
    assert windows.config == tmp_path / "deepbrain-desktop"
    assert windows.logs == tmp_path / "deepbrain-desktop" / "logs"


def test_the_users_own_base_folders_are_honoured_and_relative_ones_ignored(tmp_path):
    session = tmp_path / "session"
    session.mkdir(mode=0o700)
    environment = {
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path / "my config"),
        "XDG_STATE_HOME": "state",
        "XDG_RUNTIME_DIR": str(session),
    }
    paths = Paths.of_this_user(environment, "linux")
    assert paths.config == tmp_path / "my config" / "deepbrain-desktop"
    assert paths.logs == tmp_path / ".local" / "state" / "deepbrain-desktop"
    assert paths.runtime == session / "deepbrain-desktop"


@posix_only
def test_a_session_folder_that_is_open_to_others_or_missing_is_not_used(tmp_path):
    session = tmp_path / "session"
    for prepare in (lambda: None, session.touch, lambda: session.chmod(0o600), session.unlink):
        prepare()
        environment = {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(session)}
        paths = Paths.of_this_user(environment, "linux")
        assert paths.runtime == paths.logs / "run"
    session.mkdir()
    session.chmod(0o755)
    assert Paths.of_this_user(environment, "linux").runtime == paths.logs / "run"


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
@pytest.mark.parametrize("environment", [{}, {"HOME": "", "LOCALAPPDATA": "relative"}])
def test_without_a_home_nothing_is_written_anywhere(platform, environment):
    paths = Paths.of_this_user(environment, platform)
    for folder in (paths.config, paths.logs, paths.runtime):
        assert folder.is_absolute()
        with pytest.raises(OSError, match=r".*"):
            create_owner_only(folder)


def test_asking_creates_nothing(tmp_path):
    Paths.of_this_user({"HOME": str(tmp_path)}, "linux")
    assert not list(tmp_path.iterdir())


@posix_only
def test_a_folder_and_those_above_it_are_created_for_their_owner_only(tmp_path):
    before = os.umask(0)
    try:
        create_owner_only(tmp_path / "a" / "b")
        create_owner_only(tmp_path / "a" / "b")
    finally:
        os.umask(before)
    for folder in (tmp_path / "a", tmp_path / "a" / "b"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@posix_only
def test_this_user_has_folders():
    assert Paths.of_this_user() == Paths.of_this_user(os.environ, sys.platform)
    assert Path(os.environ["HOME"]) in Paths.of_this_user({"HOME": os.environ["HOME"]}).logs.parents
