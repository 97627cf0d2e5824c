"""A Windows computer, as far as Wine is one, for one test."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from window import eventually

ROOT = Path(__file__).parents[3]
SCRIPTS = ROOT / "packaging/windows"
ENTRY = r"Software\Microsoft\Windows\CurrentVersion\Uninstall\deepbrain-desktop"
SERVER = Path("/usr/lib/wine/wineserver64")
PATIENCE = 180.0
"""Seconds that a program may take."""


@dataclass(frozen=True)
class Ending:
    """How a program ended."""

    status: int
    """Its exit status modulo 256: Wine has no more to tell."""
    output: str


class Computer:
    """A Wine prefix. Programs run without root's privileges, so that rights count."""

    def __init__(self, prefix: Path) -> None:
        self.prefix = prefix
        self._started: list[subprocess.Popen[str]] = []
        self.drive = prefix / "drive_c"
        self.local = self.drive / "users/root/AppData/Local"
        self.roaming = self.drive / "users/root/AppData/Roaming"
        self.kept = self.local / "deepbrain-desktop"

    @classmethod
    def made(cls, prefix: Path) -> "Computer":
        """Make a new one."""
        subprocess.run(["bash", SCRIPTS / "make-prefix", prefix], check=True, timeout=PATIENCE)
        computer = cls(prefix)
        # Wine draws the frames of windows: there is no window manager.
        driver = r"HKCU\Software\Wine\X11 Driver"
        computer.run("reg", "add", driver, "/v", "Managed", "/d", "N", "/f")
        computer.switch_off()
        return computer

    def copied(self, prefix: Path) -> "Computer":
        """Make another that is the same."""
        subprocess.run(["cp", "-a", "--reflink=auto", self.prefix, prefix], check=True)
        return Computer(prefix)

    def remove(self) -> None:
        """Switch it off, and take it away."""
        self.switch_off()
        for each in self._started:
            if each.poll() is None:
                each.communicate(timeout=PATIENCE)
            each.stdout.close()
        shutil.rmtree(self.prefix)

    def switch_off(self) -> None:
        """End all that runs on it."""
        known = os.environ | {"WINEPREFIX": str(self.prefix)}
        subprocess.run([SERVER, "-k"], env=known, check=False, timeout=PATIENCE)
        subprocess.run([SERVER, "-w"], env=known, check=True, timeout=PATIENCE)

    def start(
        self, *command: object, folder: Path | None = None, **changes: str
    ) -> subprocess.Popen[str]:
        """Start a program; without DISPLAY in ``changes`` it has none."""
        # What belongs to the tests' own machine would reach the program as it is.
        known = {"HOME": "/root", "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
        running = subprocess.Popen(
            [
                *("setpriv", "--bounding-set=-all", "--inh-caps=-all"),
                *("bash", SCRIPTS / "wine", self.prefix, *map(str, command)),
            ],
            env=known | changes, cwd=folder, text=True, errors="replace",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self._started.append(running)
        return running

    def run(self, *command: object, folder: Path | None = None, **changes: str) -> Ending:
        """Run a program to its end."""
        running = self.start(*command, folder=folder, **changes)
        output, _ = running.communicate(timeout=PATIENCE)
        return Ending(running.returncode, output)

    def registry(self, key: str) -> dict[str, str]:
        """Names and values below a key of the registry; empty where there is none."""
        told = self.run("reg", "query", key).output
        return dict(re.findall(r"^    (.+?)    REG_\w+    (.*?)\r?$", told, re.MULTILINE))

    def all_of_registry(self, root: str) -> str:
        """What a part of the registry holds, as text."""
        return self.run("reg", "query", root, "/s").output

    def uninstall(self, folder: Path, *options: str) -> None:
        """Remove the program, and wait until its folder is gone.

        The uninstaller goes on after its end, from a copy of itself, to remove its own file too.
        """
        ending = self.run(folder / "uninstall.exe", "/S", *options)
        assert ending.status == 0, ending
        eventually(lambda: not folder.exists(), "the end of the program's folder")

    def try_to_uninstall(self, folder: Path, *options: str) -> Ending:
        """Run the uninstaller in its own place, to its end; it cannot remove itself then."""
        return self.run(folder / "uninstall.exe", "/S", *options, *self.place("_?=", folder))

    def place(self, option: str, folder: Path) -> list[str]:
        """Words of an option of NSIS's that takes the rest of the line, in no quotes."""
        return f"{option}{self.windows_path(folder)}".split(" ")

    def windows_path(self, path: Path) -> str:
        """What Windows calls it."""
        return "C:\\" + str(path.relative_to(self.drive)).replace("/", "\\")

    def files(self) -> set[str]:
        """Every file and folder of a person's interest."""
        places = ("Program Files", "ProgramData", "users")
        return {
            str(each.relative_to(self.drive))
            for place in places
            for each in (self.drive / place).rglob("*")
            if "/Temp/" not in str(each) and "/INetCache" not in str(each)
        }
