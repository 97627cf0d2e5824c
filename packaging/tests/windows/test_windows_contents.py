"""What is in the Windows installer, and what is not."""

import base64
import re
import secrets
import shutil
import subprocess
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from frozen_modules import modules_not_in_use, modules_of

from deepbrain_desktop import __version__

EXPECTED = (
    "deepbrain-desktop.exe",
    "_internal/*.dist-info/METADATA",
    "_internal/MSVCP140*.dll",
    "_internal/PySide6/Qt*.pyd",
    "_internal/PySide6/plugins/*/q*.dll",
    "_internal/Qt6*.dll",
    "_internal/VCRUNTIME140*.dll",
    "_internal/_*.pyd",
    "_internal/base_library.zip",
    "_internal/certifi/cacert.pem",
    "_internal/charset_normalizer/*.pyd",
    "_internal/libcrypto-3.dll",
    "_internal/libffi-8.dll",
    "_internal/libssl-3.dll",
    "_internal/parts.txt",
    "_internal/pyside6.abi3.dll",
    "_internal/python3*.dll",
    "_internal/select.pyd",
    "_internal/shiboken6.abi3.dll",
    "_internal/shiboken6/Shiboken.pyd",
    "_internal/unicodedata.pyd",
)
QT = {"Qt6Core.dll", "Qt6Gui.dll", "Qt6Svg.dll", "Qt6Widgets.dll"}
PLUGINS = {
    "iconengines/qsvgicon.dll",
    "imageformats/qsvg.dll",
    "platforms/qoffscreen.dll",
    "platforms/qwindows.dll",
    "styles/qmodernwindowsstyle.dll",
}
CERTIFICATE = [
    "openssl",
    "req",
    "-x509",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-days",
    "2",
    "-subj",
    "/CN=made-up",
]


def files_of(folder: Path) -> set[str]:
    found = {str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file()}
    assert len(found) > 40
    return found


def test_the_program_folder_holds_what_is_expected_and_nothing_else(frozen: Path) -> None:
    strange = [
        name
        for name in files_of(frozen)
        if not any(fnmatchcase(name, pattern) for pattern in EXPECTED)
    ]
    assert strange == []


def test_of_qt_only_what_is_in_use_is_there(frozen: Path) -> None:
    inside = frozen / "_internal"
    assert {each.name for each in inside.glob("Qt6*.dll")} == QT
    plugins = inside / "PySide6/plugins"
    assert {str(each.relative_to(plugins)) for each in plugins.rglob("*.dll")} == PLUGINS


def test_no_stand_in_and_none_of_wine_s_own_files_is_there(frozen: Path, scripts: Path) -> None:
    stand_ins = {each.stem for each in (scripts / "stand-ins").glob("*.c")}
    assert stand_ins
    for name in files_of(frozen):
        assert Path(name).stem.lower() not in stand_ins
        contents = (frozen / name).read_bytes()
        assert b"Wine builtin DLL" not in contents, name
        assert b"Wine placeholder DLL" not in contents, name


def test_no_module_is_frozen_that_the_program_does_not_use(frozen: Path) -> None:
    modules = modules_of(frozen / "deepbrain-desktop.exe")
    assert "deepbrain_desktop.app" in modules
    assert "keyring.backends.Windows" in modules
    assert modules_not_in_use(modules) == []
    assert not [each for each in modules if each.startswith(("secretstorage", "jeepney", "objc"))]


def test_no_symbols_for_debuggers_are_there(frozen: Path) -> None:
    assert not [each for each in files_of(frozen) if each.endswith((".pdb", ".pyc", ".map"))]


@pytest.mark.parametrize("which", ["program", "installer"])
def test_windows_shows_icon_version_and_name(which: str, frozen: Path, installer: Path) -> None:
    file = frozen / "deepbrain-desktop.exe" if which == "program" else installer
    listed = subprocess.check_output(["wrestool", "--list", file], text=True)
    assert listed.count("--type=3 ") >= 6
    raw = subprocess.check_output(["wrestool", "--extract", "--raw", "--type=16", file])
    strings = raw.decode("utf-16-le", "replace")
    for words in ("ProductVersion", __version__, "DeepBrain Desktop", "FileDescription"):
        assert words in strings, words


def test_it_asks_for_no_administrator_s_rights_by_itself(installer: Path) -> None:
    manifest = subprocess.check_output(["wrestool", "--extract", "--raw", "--type=24", installer])
    assert b'requestedExecutionLevel level="asInvoker"' in manifest


def test_the_sizes_are_what_was_aimed_at(installer: Path, frozen: Path, figure) -> None:
    installed = sum((frozen / each).stat().st_size for each in files_of(frozen))
    figure(f"{installer.name}: {installer.stat().st_size / 1e6:.1f} MB")
    figure(f"installed on Windows: {installed / 1e6:.1f} MB")
    assert installer.stat().st_size <= 25e6
    assert installed <= 80e6


def test_bill_and_notices_name_what_is_inside(dist: Path) -> None:
    bill = (dist / "deepbrain-desktop-windows.cdx.json").read_text()
    notices = (dist / "THIRD-PARTY-NOTICES-windows.txt").read_text("utf-8")
    for part in ("CPython", "OpenSSL", "Qt", "Microsoft Visual C++ run-time", "pywin32-ctypes"):
        assert f'"name": "{part}"' in bill, part
        assert part in notices, part
    assert "secretstorage" not in bill.lower()


@pytest.fixture
def small(sleeper: Path, tmp_path: Path) -> Path:
    """A tree that is packed in no time."""
    tree = tmp_path / "small"
    tree.mkdir()
    shutil.copy2(sleeper, tree / "deepbrain-desktop.exe")
    return tree


@pytest.fixture
def notices(tmp_path: Path) -> Path:
    file = tmp_path / "notices.txt"
    file.write_text("notices\n")
    return file


def test_packed_twice_the_installer_is_the_same(scripts, small, notices, packed, tmp_path) -> None:
    for out in ("one.exe", "two.exe"):
        for each in small.iterdir():
            each.touch()
        packed(scripts, small, notices, tmp_path / out)
    assert (tmp_path / "one.exe").read_bytes() == (tmp_path / "two.exe").read_bytes()


def test_without_a_command_that_signs_it_is_unsigned_and_that_is_told(
    scripts, small, notices, packed, tmp_path
) -> None:
    assert "Not signed: SIGN is not set" in packed(scripts, small, notices, tmp_path / "out.exe")


def test_the_command_that_signs_is_called_for_program_uninstaller_and_installer(
    scripts, small, notices, packed, tmp_path
) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        [*CERTIFICATE, "-keyout", key, "-out", certificate], check=True, capture_output=True
    )
    password = secrets.token_urlsafe()
    identity = subprocess.check_output(
        [
            *("openssl", "pkcs12", "-export", "-inkey", key, "-in", certificate),
            *("-passout", f"pass:{password}"),
        ]
    )
    folder = tmp_path / "with spaces"
    folder.mkdir()
    signer, log = folder / "sign", tmp_path / "log"
    signer.write_text(f'set -e\necho "$1" >>{log}\nexec bash {scripts}/sign "$1"\n')
    out = tmp_path / "out.exe"
    told = packed(
        scripts, small, notices, out,
        SIGN=f'bash "{signer}"',
        CERTIFICATE=base64.b64encode(identity).decode(),
        CERTIFICATE_PASSWORD=password,
    )  # fmt: skip
    assert "Not signed" not in told
    files = log.read_text().splitlines()
    assert len(files) == 3
    assert files[0].endswith("/deepbrain-desktop.exe")
    assert files[2] == str(out)
    told = subprocess.run(
        ["osslsigncode", "verify", "-CAfile", certificate, out],
        capture_output=True, text=True, check=False,
    ).stdout  # fmt: skip
    assert "CN=made-up" in re.sub(r"\s*=\s*", "=", told)


def test_a_command_that_fails_to_sign_fails_the_build(
    scripts, small, notices, packed, tmp_path
) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        packed(scripts, small, notices, tmp_path / "out.exe", SIGN="false")
