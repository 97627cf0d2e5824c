"""The installer on a clean Windows (Wine): installed, used, updated, removed."""

import json
import time
import uuid
from pathlib import Path

from computer import ENTRY, ROOT, Computer
from window import Person, eventually

from deepbrain_desktop import __version__
from deepbrain_desktop.studios.sandbox import Sandbox
from deepbrain_desktop.studios.scenarios import DEFAULT

BEFORE = "0.0.1"
PROGRAMS = "AppData/Roaming/Microsoft/Windows/Start Menu/Programs"
OWN_FOLDER = "users/root/AppData/Local/Programs"
"""Windows has it from the start, Wine only when somebody makes it."""
LINK = "Microsoft/Windows/Start Menu/Programs/DeepBrain Desktop.lnk"


def install(computer: Computer, installer: Path, *options: str) -> None:
    ending = computer.run(installer, "/S", *options)
    assert ending.status == 0, ending


def entry(computer: Computer, root: str = "HKCU") -> dict[str, str]:
    return computer.registry(rf"{root}\{ENTRY}")


def names_of_ours(computer: Computer, root: str) -> list[str]:
    lines = computer.all_of_registry(root).lower().splitlines()
    assert len(lines) > 100
    # Windows remembers what was started lately, whatever becomes of it.
    return [each for each in lines if "deepbrain" in each and "explorer" not in each]


def credentials(computer: Computer) -> str:
    return computer.all_of_registry(r"HKCU\Software\Wine\Credential Manager")


def copied_token(person: Person) -> str:
    person.keys("ctrl+shift+c")
    return person.clipboard()


def open_window(computer: Computer, folder: Path, display: str, person: Person):
    log = computer.kept / "logs/deepbrain-desktop.log"
    before = log.read_text().count(" started") if log.exists() else 0
    running = computer.start(folder / "program/deepbrain-desktop.exe", DISPLAY=display)
    eventually(
        lambda: log.exists() and log.read_text().count(" started") > before, "a filled window"
    )
    person.click_title()
    return running


def enter(person: Person, address: str, key: str) -> None:
    """Make an account on a server of one's own, and ask it for a token."""
    for keys, text in (
        (("alt+s", "o", "alt+d"), address),
        (("alt+i",), DEFAULT.app_id),
        (("alt+u",), key),
    ):
        person.keys(*keys)
        person.type(text)
    person.keys("Return")


def ended(running) -> int:
    output, _ = running.communicate(timeout=60)
    assert output == ""
    return running.returncode


def test_accounts_and_keys_outlive_an_update_and_go_when_that_is_asked(
    computer: Computer, installer: Path, installer_before: Path, display: str
) -> None:
    before, registry = computer.files(), names_of_ours(computer, "HKCU")
    assert registry == []
    folder = computer.local / "Programs/DeepBrain Desktop"
    person, key = Person(display), str(uuid.uuid4())
    accounts = computer.kept / "accounts.json"

    install(computer, installer_before)
    assert entry(computer)["DisplayVersion"] == BEFORE
    assert (folder / "program/_internal/of-the-version-before.dll").exists()
    with Sandbox(user_keys=[key]) as service:
        running = open_window(computer, folder, display, person)
        enter(person, service.server.origin, key)
        token = str(eventually(lambda: copied_token(person), "a token on the clipboard"))
        assert token.count(".") == 2
        person.take_picture(ROOT / "build/pictures/installed-on-windows.png")
        stored = eventually(
            lambda: accounts.exists() and json.loads(accounts.read_text())["accounts"][0]["keys"],
            "the account, with the place of its key",
        )
        assert stored[0]["service"] in credentials(computer)
        assert key not in accounts.read_text()
        kept = json.loads(accounts.read_text())

        # The update comes while the program runs: it is asked to close, and does.
        install(computer, installer)
        assert ended(running) == 0
        shown = entry(computer)
        assert shown["DisplayVersion"] == __version__
        assert not (folder / "program/_internal/of-the-version-before.dll").exists()
        assert {each.name for each in folder.iterdir()} == {"program", "uninstall.exe"}
        assert json.loads(accounts.read_text()) == kept

        running = open_window(computer, folder, display, person)
        person.keys("ctrl+Return")
        again = str(eventually(lambda: copied_token(person), "a token by the key that was kept"))
        assert again.count(".") == 2
        assert again != token
        person.take_picture(ROOT / "build/pictures/updated-on-windows.png")
        person.keys("ctrl+q")
        assert ended(running) == 0

    # Removed silently, all that is the person's stays.
    computer.uninstall(folder)
    assert json.loads(accounts.read_text()) == kept
    assert stored[0]["service"] in credentials(computer)
    left = {each for each in computer.files() - before if "/deepbrain-desktop" not in each}
    assert left <= {OWN_FOLDER}, left
    assert entry(computer) == {}

    # Asked for, that goes too, and nothing is left.
    install(computer, installer)
    computer.uninstall(folder, "/REMOVEDATA")
    assert computer.files() - before <= {OWN_FOLDER}
    assert "DeepBrain" not in credentials(computer)
    assert names_of_ours(computer, "HKCU") == []
    assert names_of_ours(computer, r"HKLM\Software") == []


def get_the_keyboard(person: Person, picture: Path) -> None:
    """Wait until keys reach the window: Wine hears of that late, and tells nobody.

    What Tab does can be seen, and does no harm.
    """
    person.find_window()

    def seen() -> bytes:
        person.take_picture(picture)
        return picture.read_bytes()

    before = seen()
    eventually(lambda: person.keys("Tab") or seen() != before, "the keyboard")


def remove_by_hand(computer: Computer, folder: Path, display: str, presses: int) -> None:
    """Go through the uninstaller's pages, and press the key of its question so many times."""
    # The pages belong to a copy of it that it starts.
    person = Person(display, r"^un\.exe$")
    picture = ROOT / f"build/pictures/uninstaller-on-windows-{presses}.png"
    running = computer.start(folder / "uninstall.exe", DISPLAY=display)
    get_the_keyboard(person, picture)
    person.keys(*["alt+a"] * presses)
    person.take_picture(picture)
    person.keys("alt+r")
    eventually(lambda: not (folder / "program").exists(), "the end of the program")
    eventually(lambda: person.keys("Return") or running.poll() is not None, "the last page's end")
    assert running.returncode == 0
    eventually(lambda: not folder.exists(), "the end of the program's folder")


def test_the_uninstaller_asks_about_what_is_saved_and_keeps_it_unless_told(
    computer: Computer, installer: Path, display: str
) -> None:
    folder = computer.local / "Programs/DeepBrain Desktop"
    person, key = Person(display), str(uuid.uuid4())
    accounts = computer.kept / "accounts.json"
    install(computer, installer)
    with Sandbox(user_keys=[key]) as service:
        running = open_window(computer, folder, display, person)
        enter(person, service.server.origin, key)
        eventually(lambda: copied_token(person), "a token on the clipboard")
        eventually(lambda: "DeepBrain" in credentials(computer), "a saved key")
        person.keys("ctrl+q")
        assert ended(running) == 0

    remove_by_hand(computer, folder, display, presses=2)
    assert accounts.exists()
    assert "DeepBrain" in credentials(computer)

    install(computer, installer)
    remove_by_hand(computer, folder, display, presses=1)
    assert not computer.kept.exists()
    assert "DeepBrain" not in credentials(computer)


def test_a_person_installs_it_for_everyone_and_it_starts(
    computer: Computer, installer: Path, display: str
) -> None:
    person = Person(display, r"^deepbrain-desktop-.*-setup\.exe$")
    running = computer.start(installer, DISPLAY=display)
    picture = ROOT / "build/pictures/installer-on-windows.png"
    get_the_keyboard(person, picture)
    person.keys("alt+e")
    person.take_picture(picture)
    person.keys("Return")
    eventually(lambda: entry(computer, "HKLM"), "the entry in Apps")
    assert entry(computer) == {}
    log = computer.kept / "logs/deepbrain-desktop.log"
    eventually(lambda: log.exists() or person.keys("Return"), "the program's start")
    program = Person(display)
    program.click_title()
    program.keys("ctrl+q")
    eventually(lambda: running.poll() is not None, "the end of both")
    assert running.returncode == 0


def test_what_apps_and_start_menu_show(computer: Computer, installer: Path) -> None:
    install(computer, installer)
    folder = computer.local / "Programs/DeepBrain Desktop"
    place = computer.windows_path(folder)
    size = sum(each.stat().st_size for each in folder.rglob("*") if each.is_file())
    shown = entry(computer)
    assert abs(int(shown.pop("EstimatedSize"), 16) * 1024 - size) < 256 * 1024
    assert shown == {
        "DisplayName": "DeepBrain Desktop",
        "DisplayVersion": __version__,
        "DisplayIcon": rf"{place}\program\deepbrain-desktop.exe",
        "Publisher": "DeepBrain Desktop contributors",
        "InstallLocation": place,
        "UninstallString": rf'"{place}\uninstall.exe"',
        "QuietUninstallString": rf'"{place}\uninstall.exe" /S',
        "NoModify": "0x1",
        "NoRepair": "0x1",
    }
    assert (computer.roaming / LINK).is_file()
    assert (folder / "program/LICENSE.txt").is_file()
    assert "Qt" in (folder / "program/THIRD-PARTY-NOTICES.txt").read_text("utf-8")

    computer.uninstall(folder)
    assert not (computer.roaming / LINK).exists()


def test_for_everyone_by_choice_and_updated_where_it_was(
    computer: Computer, installer: Path
) -> None:
    before = computer.files()
    install(computer, installer, "/ALLUSERS")
    folder = computer.drive / "Program Files/DeepBrain Desktop"
    assert entry(computer, "HKLM")["InstallLocation"] == computer.windows_path(folder)
    assert entry(computer) == {}
    assert (computer.drive / "ProgramData" / LINK).is_file()
    (folder / "program/_internal/stray.dll").write_bytes(b"")

    install(computer, installer)
    assert not (folder / "program/_internal/stray.dll").exists()
    assert entry(computer) == {}
    computer.uninstall(folder)
    assert computer.files() == before
    assert names_of_ours(computer, r"HKLM\Software") == []


def test_a_program_that_does_not_end_is_left_alone_and_that_is_told(
    computer: Computer, installer: Path, sleeper: Path
) -> None:
    install(computer, installer)
    folder = computer.local / "Programs/DeepBrain Desktop"
    program = folder / "program/deepbrain-desktop.exe"
    program.write_bytes(sleeper.read_bytes())
    files = computer.files()
    running = computer.start(program)
    assert running.stdout.readline().strip() == "asleep"
    began = time.monotonic()
    ending = computer.run(installer, "/S")
    assert ending.status == 32  # ERROR_SHARING_VIOLATION
    assert time.monotonic() - began > 5
    assert computer.try_to_uninstall(folder).status == 32
    assert computer.files() == files
    assert program.read_bytes() == sleeper.read_bytes()
    computer.switch_off()
    running.communicate(timeout=60)


def test_what_is_in_use_is_not_called_removed_and_can_be_removed_later(
    computer: Computer, installer: Path, sleeper: Path
) -> None:
    install(computer, installer)
    folder = computer.local / "Programs/DeepBrain Desktop"
    # Windows keeps the folder in which a program works.
    (inside,) = (each for each in (folder / "program").iterdir() if each.is_dir())
    working = computer.start(sleeper, folder=inside)
    assert working.stdout.readline().strip() == "asleep"
    assert computer.try_to_uninstall(folder).status == 32  # ERROR_SHARING_VIOLATION
    assert entry(computer)["DisplayName"] == "DeepBrain Desktop"
    computer.switch_off()
    working.communicate(timeout=60)
    computer.uninstall(folder)
    assert entry(computer) == {}


def test_a_program_that_cannot_remove_the_keys_is_not_removed_either(
    computer: Computer, installer: Path
) -> None:
    install(computer, installer)
    folder = computer.local / "Programs/DeepBrain Desktop"
    (folder / "program/deepbrain-desktop.exe").write_bytes(b"damaged")
    files = computer.files()
    refused = computer.try_to_uninstall(folder, "/REMOVEDATA")
    assert refused.status == 1603 % 256  # ERROR_INSTALL_FAILURE
    assert computer.files() == files
    computer.uninstall(folder)


def test_a_folder_of_somebody_else_s_is_left_alone(computer: Computer, installer: Path) -> None:
    theirs = computer.drive / "Tools/program/theirs.txt"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("theirs")
    assert computer.run(installer, "/S", r"/D=C:\Tools").status == 183  # ERROR_ALREADY_EXISTS
    assert [each.name for each in (computer.drive / "Tools").rglob("*")] == [
        "program",
        "theirs.txt",
    ]
