"""The installed program on Windows (Wine) where not all is as it should be."""

import subprocess
from pathlib import Path

import pytest
from computer import Computer

PLANTED = "planted code ran"
LIBRARY = r"""
#include <windows.h>
BOOL WINAPI DllMain(HINSTANCE library, DWORD reason, LPVOID reserved)
{
    static const char words[] = "planted code ran\n";
    DWORD written;
    if (reason == DLL_PROCESS_ATTACH)
        WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), words, sizeof words - 1, &written, NULL);
    return TRUE;
}
"""
NAMES = ("Qt6Core", "Qt6Svg", "python311", "libcrypto-3", "VCRUNTIME140", "dwmapi", "uxtheme")


@pytest.fixture
def folder(computer: Computer, installer: Path) -> Path:
    """Where it is installed: spaces, and letters of other scripts."""
    folder = computer.drive / "Programme – 프로그램/Deep Brain"
    ending = computer.run(installer, "/S", *computer.place("/D=", folder))
    assert ending.status == 0, ending
    return folder


def self_test(computer: Computer, folder: Path, where: Path | None = None, **changes: str):
    program = folder / "program/deepbrain-desktop.exe"
    return computer.run(program, "--self-test", folder=where, **changes)


def passes(ending) -> bool:
    return ending.status == 0 and ending.output.rstrip().endswith("Self-test passed")


def test_spaces_letters_of_any_script_and_a_folder_that_cannot_be_written(
    computer: Computer, folder: Path
) -> None:
    program = folder / "program"
    everything = [program, *program.rglob("*")]
    before = {each: each.stat().st_mtime_ns for each in everything}
    for each in everything:
        each.chmod(0o555)
    ending = self_test(computer, folder)
    for each in everything:
        each.chmod(0o755)
    assert passes(ending), ending
    assert (
        "Keychain: Windows Credential Manager, a key was saved, read and removed" in ending.output
    )
    assert "Installed program" in ending.output
    assert {each: each.stat().st_mtime_ns for each in [program, *program.rglob("*")]} == before


@pytest.mark.parametrize(
    "part", ["Qt6Svg.dll", "PySide6/plugins/platforms/qwindows.dll", "parts.txt", "_ssl.pyd"]
)
def test_one_missing_file_is_named_and_reinstalling_advised(
    computer: Computer, folder: Path, part: str
) -> None:
    (folder / "program/_internal" / part).unlink()
    ending = self_test(computer, folder)
    assert ending.status == 1
    assert ending.output.strip().count("\n") == 0
    assert part in ending.output
    assert "Reinstall it" in ending.output


@pytest.mark.parametrize("part", ["python311.dll", "base_library.zip"])
def test_without_python_itself_nothing_starts_and_the_status_says_so(
    computer: Computer, folder: Path, part: str, display: str
) -> None:
    """The bootloader's own words, in a box of its own: there is nothing of ours yet to say it."""
    (folder / "program/_internal" / part).unlink()
    running = computer.start(folder / "program/deepbrain-desktop.exe", "--self-test")
    try:
        assert running.wait(60) != 0
    finally:
        computer.switch_off()
        running.communicate(timeout=60)


def test_code_planted_around_the_program_is_not_loaded(
    computer: Computer, folder: Path, tmp_path: Path
) -> None:
    source = tmp_path / "planted.c"
    source.write_text(LIBRARY)
    planted = tmp_path / "planted.dll"
    subprocess.run(
        ["x86_64-w64-mingw32-gcc", "-shared", "-o", planted, source], check=True, timeout=60
    )
    here = computer.drive / "Downloads"
    plugins = here / "plugins/platforms"
    plugins.mkdir(parents=True)
    for name in NAMES:
        (here / f"{name}.dll").write_bytes(planted.read_bytes())
    (plugins / "qwindows.dll").write_bytes(planted.read_bytes())
    (here / "qt.conf").write_text("[Paths]\nPlugins = plugins\n")
    (here / "sitecustomize.py").write_text(f"print({PLANTED!r})")
    (here / "keyring.py").write_text(f"print({PLANTED!r})")
    there = computer.windows_path(here)
    ending = self_test(
        computer, folder, here, PYTHONPATH=there, PYTHONHOME=there, PYTHONSTARTUP=there,
        QT_PLUGIN_PATH=f"{there}\\plugins", QT_QPA_PLATFORM_PLUGIN_PATH=f"{there}\\plugins",
    )  # fmt: skip
    assert PLANTED not in ending.output
    assert passes(ending), ending
    # The trap works: the same library beside the program is loaded.
    (folder / "program/version.dll").write_bytes(planted.read_bytes())
    (folder / "program/_internal/libffi-8.dll").write_bytes(planted.read_bytes())
    assert PLANTED in self_test(computer, folder).output
