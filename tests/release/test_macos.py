"""What is prepared for macOS, as far as another system can look at it."""

import os
import platform
import plistlib
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtGui import QImageReader

from deepbrain_desktop import __version__, product

ROOT = Path(__file__).parents[2]
PARTS = ROOT / "packaging" / "macos"
IDENTITY = "Developer ID Application: Somebody"


class Recipe:
    """The recipe, evaluated as if on macOS, with what it hands to PyInstaller."""

    def __init__(self, work: Path) -> None:
        self.asked: dict[str, dict[str, object]] = {}
        names = {
            "SPECPATH": str(ROOT / "packaging"),
            "workpath": str(work),
            **{name: self._recorder(name) for name in ("EXE", "COLLECT", "BUNDLE", "PYZ")},
            "Analysis": self._analysis,
        }
        source = (ROOT / "packaging/deepbrain-desktop.spec").read_text()
        exec(compile(source, "deepbrain-desktop.spec", "exec"), names)

    def _recorder(self, name: str):
        def record(*_: object, **options: object) -> str:
            self.asked[name] = options
            return name

        return record

    def _analysis(self, _scripts: list[str], **options: object) -> SimpleNamespace:
        self.asked["Analysis"] = options
        return SimpleNamespace(scripts=[], pure=[], binaries=[], datas=[])


@pytest.fixture
def evaluate(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Evaluate the recipe as if on macOS."""
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delenv("CODESIGN_IDENTITY", raising=False)
    wheel = tmp_path / "PySide6_Essentials-6.12.0.dist-info/WHEEL"
    wheel.parent.mkdir()
    wheel.write_text("Wheel-Version: 1.0\nTag: cp310-abi3-macosx_14_0_universal2\n")
    monkeypatch.syspath_prepend(tmp_path)
    return lambda: Recipe(tmp_path)


def test_the_recipe_makes_an_application_with_its_names_and_version(evaluate) -> None:
    bundle = evaluate().asked["BUNDLE"]
    assert bundle["name"] == f"{product.NAME}.app"
    assert bundle["bundle_identifier"] == product.APPLICATION_ID
    assert bundle["version"] == __version__
    assert Path(str(bundle["icon"])).is_file()
    information = bundle["info_plist"]
    assert information["CFBundleVersion"] == __version__
    assert information["NSHighResolutionCapable"] is True
    assert information["LSMinimumSystemVersion"] == "14.0"
    plistlib.dumps(information)


def test_the_recipe_takes_the_keychain_and_no_other_system_s(evaluate) -> None:
    asked = evaluate().asked["Analysis"]
    assert "keyring.backends.macOS" in asked["hiddenimports"]
    assert {"keyring.backends.Windows", "secretstorage"} <= set(asked["excludes"])


def test_without_an_identity_nothing_is_signed(evaluate) -> None:
    assert "codesign_identity" not in evaluate().asked["EXE"]


def test_with_an_identity_everything_is_signed_with_the_entitlements(evaluate, monkeypatch) -> None:
    monkeypatch.setenv("CODESIGN_IDENTITY", IDENTITY)
    asked = evaluate().asked["EXE"]
    assert asked["codesign_identity"] == IDENTITY
    assert Path(str(asked["entitlements_file"])).is_file()


def test_the_entitlements_give_up_one_protection_and_let_no_debugger_in() -> None:
    given_up = plistlib.loads((PARTS / "entitlements.plist").read_bytes())
    assert given_up == {"com.apple.security.cs.allow-unsigned-executable-memory": True}


def test_the_icon_can_be_read_and_is_large_enough() -> None:
    reader = QImageReader(str(ROOT / "resources/icons/deepbrain-desktop.icns"))
    widths = []
    for number in range(reader.imageCount()):
        reader.jumpToImage(number)
        widths.append(reader.read().width())
    assert {16, 32, 128, 256, 512} <= set(widths)


def test_the_disk_image_shows_the_program_beside_the_folder_it_belongs_in(monkeypatch) -> None:
    monkeypatch.setattr(platform, "mac_ver", lambda: ("13.0", ("", "", ""), "arm64"))
    from dmgbuild.core import load_settings

    settings: dict[str, object] = {"defines": {"app": "build/macos/DeepBrain Desktop.app"}}
    load_settings(PARTS / "dmg_settings.py", settings)
    assert settings["files"] == ["build/macos/DeepBrain Desktop.app"]
    assert settings["symlinks"] == {"Applications": "/Applications"}
    assert set(settings["icon_locations"]) == {"DeepBrain Desktop.app", "Applications"}


def test_the_script_is_sound_and_says_where_it_can_not_run() -> None:
    script = PARTS / "build"
    subprocess.run(["bash", "-n", script], check=True)
    if sys.platform != "darwin":
        ended = subprocess.run(
            ["bash", script, sys.executable], capture_output=True, text=True, check=False
        )
        assert ended.returncode == 1
        assert ended.stderr.startswith("An .app can only be built on macOS")


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are scripts for a shell")
def test_the_notary_s_profile_is_looked_up_in_the_keychain_it_was_put_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """notarytool looks in the person's own keychain alone, unless another one is named."""
    tools, told = tmp_path / "tools", tmp_path / "told"
    tools.mkdir()
    for name in ("security", "xcrun"):
        (tools / name).write_text(f'#!/bin/sh\necho "{name} $*" >>"{told}"\n')
        (tools / name).chmod(0o755)
    keychain = str(tmp_path / "with spaces" / "build.keychain-db")
    named = {"KEYCHAIN": keychain, "NOTARY_PROFILE": "deepbrain-desktop", "image": "x.dmg"}
    made = dict.fromkeys(("CERTIFICATE", "NOTARY_KEY"), "eA==")
    made |= dict.fromkeys(("CERTIFICATE_PASSWORD", "NOTARY_KEY_ID", "NOTARY_ISSUER"), "made-up")
    for name, value in {"PATH": f"{tools}:{os.environ['PATH']}", **named, **made}.items():
        monkeypatch.setenv(name, value)
    subprocess.run(["bash", PARTS / "make-keychain"], check=True)
    submitting = re.search(r"^    place=.*--wait$", (PARTS / "build").read_text(), re.M | re.S)
    subprocess.run(["bash", "-euc", submitting[0]], check=True)
    calls = [line for line in told.read_text().splitlines() if "notarytool" in line]
    assert [each.split()[2] for each in calls] == ["store-credentials", "submit"]
    assert all(f"--keychain {keychain} " in each for each in calls), calls


def test_every_file_that_the_script_names_is_there() -> None:
    named = re.findall(r"packaging/[\w./-]+\w", (PARTS / "build").read_text())
    assert named
    for each in named:
        assert (ROOT / each).exists(), each
