"""What is in the packages, and what is not."""

import json
import re
import subprocess
import tarfile
import zipfile
from fnmatch import fnmatchcase
from pathlib import Path
from xml.etree import ElementTree

import pytest
from building import ROOT
from building import tree as build_tree
from frozen_modules import modules_not_in_use, modules_of
from PySide6.QtGui import QImageReader

from deepbrain_desktop import __version__, product

EXPECTED = (
    "deepbrain-desktop",
    "_internal/*.dist-info/METADATA",
    "_internal/PySide6/Qt*.abi3.so",
    "_internal/PySide6/Qt/lib/lib*",
    "_internal/PySide6/Qt/plugins/*/lib*.so",
    "_internal/PySide6/libpyside6.abi3.so.*",
    "_internal/_cffi_backend.*.so",
    "_internal/base_library.zip",
    "_internal/certifi/cacert.pem",
    "_internal/charset_normalizer/*.so",
    "_internal/cryptography/hazmat/bindings/_rust.abi3.so",
    "_internal/libQt6*",
    "_internal/libicu*",
    "_internal/libpy*.so*",
    "_internal/libshiboken6.abi3.so.*",
    "_internal/parts.txt",
    "_internal/python3.*/lib-dynload/*.so",
    "_internal/shiboken6/*.so*",
)
QT = {
    "lib": {"Core", "DBus", "Gui", "Svg", "WaylandClient", "Widgets", "XcbQpa"},
    "plugins": {
        "iconengines", "imageformats", "platforminputcontexts", "platforms", "platformthemes",
        "wayland-decoration-client", "wayland-shell-integration",
    },
}  # fmt: skip
METAINFO = f"usr/share/metainfo/{product.APPLICATION_ID}.metainfo.xml"
CREDENTIALS = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{16}|ghp_[0-9A-Za-z]{36}")


def files_of(folder: Path) -> list[str]:
    found = [each for each in folder.rglob("*") if not each.is_dir()]
    assert len(found) > 50
    return sorted(str(each.relative_to(folder)) for each in found)


def test_the_program_folder_holds_what_is_expected_and_nothing_else(program: Path) -> None:
    strange = [
        name
        for name in files_of(program)
        if not any(fnmatchcase(name, pattern) for pattern in EXPECTED)
    ]
    assert strange == []


def test_of_qt_only_what_is_in_use_is_there(program: Path) -> None:
    qt = program / "_internal/PySide6/Qt"
    libraries = {each.name for each in (qt / "lib").iterdir()}
    assert {re.match(r"libQt6(\w+)", each)[1] for each in libraries if "Qt6" in each} == QT["lib"]
    assert {re.match(r"lib(icu\w+)", each)[1] for each in libraries if "Qt6" not in each} == {
        "icudata", "icui18n", "icuuc",
    }  # fmt: skip
    assert {each.name for each in (qt / "plugins").iterdir()} == QT["plugins"]
    assert sorted(each.name for each in qt.iterdir()) == ["lib", "plugins"]


def test_qt_s_libraries_are_files_of_their_own_which_can_be_replaced(program: Path) -> None:
    for library in (program / "_internal/PySide6/Qt/lib").iterdir():
        assert library.is_file()
        assert not library.is_symlink()
    assert "sha256" not in (program / "_internal/parts.txt").read_text()


def test_no_module_is_frozen_that_the_program_does_not_use(program: Path) -> None:
    modules = modules_of(program / "deepbrain-desktop")
    assert "deepbrain_desktop.app" in modules
    assert "keyring.backends.SecretService" in modules
    assert modules_not_in_use(modules) == []


def test_no_symbols_for_debuggers_and_no_credentials_are_there(tree: Path) -> None:
    for name in files_of(tree):
        file = tree / name
        assert file.suffix not in {".pdb", ".debug", ".pyc", ".key", ".p12", ".env"}, name
        contents = file.read_bytes()
        assert not CREDENTIALS.search(contents), name
        if contents.startswith(b"\x7fELF"):
            told = subprocess.check_output(["readelf", "-S", "-W", file], text=True)
            assert ".debug_" not in told, name


def test_every_library_finds_what_it_links(program: Path) -> None:
    for file in program.rglob("*"):
        if file.is_file() and (".so" in file.name or file.name == program.name):
            told = subprocess.run(
                ["ldd", file], env={"LD_LIBRARY_PATH": str(program / "_internal")},
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert "not found" not in told.stdout, file


def test_the_rpm_requires_all_that_its_files_link(dist: Path, program: Path) -> None:
    linked = set()
    for file in program.rglob("*"):
        if file.is_file() and (".so" in file.name or file.name == program.name):
            told = subprocess.check_output(["readelf", "-d", "-W", file], text=True)
            linked |= set(re.findall(r"NEEDED.*\[(.+)\]", told))
    assert {"libc.so.6", "libzstd.so.1"} <= linked
    own = {each.name for each in program.rglob("*")}
    (rpm,) = dist.glob("*.rpm")
    told = subprocess.check_output(["rpm", "-qp", "--requires", rpm], text=True)
    required = {line.partition("(")[0] for line in told.splitlines()}
    assert linked - own <= required
    assert not own & required


def test_the_rpm_names_every_licence_of_the_bill(dist: Path) -> None:
    (rpm,) = dist.glob("*.rpm")
    told = subprocess.check_output(["rpm", "-qp", "--qf", "%{LICENSE}", rpm], text=True)
    bill = json.loads((dist / "deepbrain-desktop.cdx.json").read_text())
    assert told.startswith("MIT AND ")
    for part in bill["components"]:
        for licence in re.split(r" AND ", part["licenses"][0]["expression"]):
            assert licence.strip("()") in told, part["name"]


def test_the_copyright_file_names_whose_each_file_is(tree: Path) -> None:
    told = (tree / "usr/share/doc/deepbrain-desktop/copyright").read_text()
    stanzas = [
        dict(re.findall(r"^(\S+): (.*(?:\n .*)*)", each, re.M)) for each in told.split("\n\n")[1:]
    ]
    texts = {each["License"].partition("\n")[0] for each in stanzas if "Files" not in each}
    ours = ["usr/lib/deepbrain-desktop/_internal/parts.txt"]
    patterns = []
    for each in stanzas:
        if "Files" in each:
            assert set(each["License"].split(" and ")) <= texts, each["Files"]
            patterns += each["Files"].split()
    assert patterns[0] == "*"
    of_others = [name for name in files_of(tree) if "/deepbrain-desktop/_internal/" in name]
    unclaimed = [
        name for name in of_others if not any(fnmatchcase(name, each) for each in patterns[1:])
    ]
    assert unclaimed == ours
    for each in patterns:
        assert any(fnmatchcase(name, each) for name in files_of(tree)), each


def test_the_sizes_are_what_was_aimed_at(dist: Path, tree: Path, deb: Path, figure) -> None:
    installed = sum(each.lstat().st_size for each in tree.rglob("*") if not each.is_dir())
    for file in sorted(dist.iterdir()):
        figure(f"{file.name}: {file.stat().st_size / 1e6:.1f} MB")
    figure(f"installed: {installed / 1e6:.1f} MB")
    assert deb.stat().st_size <= 32e6
    assert installed <= 115e6


def test_the_checksums_fit(dist: Path) -> None:
    subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=dist, check=True)
    named = {line.split()[1] for line in (dist / "SHA256SUMS").read_text().splitlines()}
    assert named == {each.name for each in dist.iterdir()} - {"SHA256SUMS"}


def test_all_packages_are_of_this_version(dist: Path, tree: Path, deb: Path) -> None:
    told = subprocess.check_output(["dpkg-deb", "-f", deb, "Version"], text=True)
    assert told.strip() == __version__
    (rpm,) = dist.glob("*.rpm")
    told = subprocess.check_output(["rpm", "-qp", "--qf", "%{VERSION}", rpm], text=True)
    assert told == __version__
    (wheel,) = dist.glob("*.whl")
    assert f"-{__version__}-" in wheel.name
    metainfo = (tree / METAINFO).read_text()
    assert re.search(r'<release version="([^"]+)"', metainfo)[1] == __version__
    changelog = subprocess.check_output(
        ["gzip", "-dc", tree / "usr/share/doc/deepbrain-desktop/changelog.gz"], text=True
    )
    assert changelog.startswith(f"deepbrain-desktop ({__version__})")


def test_wheel_and_sdist_hold_the_program(dist: Path) -> None:
    (wheel,) = dist.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "deepbrain_desktop/__main__.py" in names
    assert not [
        each for each in names if not each.startswith(("deepbrain_desktop/", "deepbrain_desktop-"))
    ]
    (sdist,) = dist.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        assert not [each for each in archive.getnames() if "/build/" in each or ".venv" in each]


def test_the_desktop_finds_icons_of_every_size_and_the_pictures_are_as_large_as_told(
    tree: Path,
) -> None:
    name = product.APPLICATION_ID
    entry = (tree / f"usr/share/applications/{name}.desktop").read_text()
    assert f"\nIcon={name}\n" in entry
    icons = tree / "usr/share/icons/hicolor"
    for size in (16, 32, 48, 64, 128, 256, 512):
        drawn = QImageReader(str(icons / f"{size}x{size}/apps/{name}.png")).size()
        assert drawn.toTuple() == (size, size)
    assert QImageReader(str(icons / f"scalable/apps/{name}.svg")).canRead()
    shown = ElementTree.parse(tree / METAINFO).findall("screenshots/screenshot/image")
    assert shown
    for image in shown:
        picture = ROOT / "resources/pictures" / image.text.rpartition("/")[2]
        told = (int(image.get("width")), int(image.get("height")))
        assert QImageReader(str(picture)).size().toTuple() == told


@pytest.mark.parametrize(
    "command",
    [
        ["desktop-file-validate", f"usr/share/applications/{product.APPLICATION_ID}.desktop"],
        ["appstreamcli", "validate", "--no-net", METAINFO],
        ["man", "--warnings", "-l", "usr/share/man/man1/deepbrain-desktop.1.gz"],
    ],
    ids=lambda command: command[0],
)  # fmt: skip
def test_the_desktop_s_own_checkers_are_content(tree: Path, command: list[str]) -> None:
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "error" not in done.stderr


def test_lintian_finds_no_error(deb: Path) -> None:
    command = ["lintian", "--fail-on", "error,warning", "--allow-root", deb]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_built_twice_from_one_commit_the_contents_are_the_same(
    tree: Path, source_again: Path, rooms: Path
) -> None:
    again = build_tree(source_again, rooms / "again")
    assert files_of(again) == files_of(tree)
    for name in files_of(tree):
        one, other = tree / name, again / name
        assert one.lstat().st_mode == other.lstat().st_mode, name
        if one.is_symlink():
            assert one.readlink() == other.readlink(), name
        else:
            assert one.read_bytes() == other.read_bytes(), name
