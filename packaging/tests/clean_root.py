"""A clean Debian of its own folder, in which packages are installed and programs run."""

import hashlib
import os
import shutil
import subprocess
import uuid
from pathlib import Path

PERSON = "person"
"""The ordinary user."""
_STATE_OF_INSTALLERS = (
    "/etc/ld.so.cache",
    "/var/cache/apt",
    "/var/cache/debconf",
    "/var/cache/ldconfig",
    "/var/lib/apt",
    "/var/lib/dpkg",
    "/var/lib/rpm",
    "/var/log",
)
"""What apt, dpkg, rpm and the linker write for themselves, whatever is installed and removed."""
_WITHIN = """
set -e
root=$1 user=$2; shift 2
ip link set lo up
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mkdir -p "$root/tmp/.X11-unix"
mount --bind /tmp/.X11-unix "$root/tmp/.X11-unix"
exec chroot "$root" setpriv --reuid "$user" --regid "$user" --init-groups "$@"
"""
_QUIET = {
    "DEBIAN_FRONTEND": "noninteractive",
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LC_ALL": "C.UTF-8",
}


class NoRoot(RuntimeError):
    """This machine or this account cannot have one."""


class CleanRoot:
    """One such folder. What runs in it has namespaces of its own, which end with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def made(cls, folder: Path) -> "CleanRoot":
        """Unpack Debian's smallest system by apt, as apt is configured on this machine."""
        if os.geteuid() != 0:
            raise NoRoot("making a clean Debian takes root: sudo make test-packages")
        settings = subprocess.run(
            ["apt-config", "dump", "--format", "%f \"%v\";%n", "Acquire"],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        options = folder.with_suffix(".apt")
        options.write_text(settings)
        release = _release()
        sources = [each for each in _sources() if release in each.read_text()]
        if not sources:
            raise NoRoot(f"apt has no sources of Debian {release} here")
        command = ["mmdebstrap", "--quiet", "--variant=minbase", f"--aptopt={options}"]
        kept = ["--include=ca-certificates", "--skip=cleanup/apt/lists"]
        subprocess.run([*command, *kept, release, folder, *sources], check=True, timeout=600)
        root = cls(folder)
        for name in ("/etc/resolv.conf", "/etc/hosts"):
            shutil.copyfile(name, f"{folder}{name}")
        root.run("useradd", "--create-home", "--shell", "/bin/bash", PERSON)
        return root

    def copied(self, folder: Path) -> "CleanRoot":
        """Another one with the same contents."""
        subprocess.run(["cp", "-a", self.folder, folder], check=True)
        return CleanRoot(folder)

    def command(self, *command: str, user: str, network: bool, variables: dict[str, str]) -> list:
        """What runs ``command`` in here."""
        spaces = ["--mount", "--pid", "--fork", "--kill-child", "--ipc", "--uts"]
        spaces += [] if network else ["--net"]
        home = "/root" if user == "root" else f"/home/{user}"
        known = _QUIET | {"HOME": home, "USER": user} | variables
        words = [f"{name}={value}" for name, value in known.items()]
        within = ["bash", "-c", _WITHIN, "-", str(self.folder), user]
        inside = ["env", "-i", f"--chdir={home}", *words, *command]
        return ["unshare", *spaces, "--propagation", "private", *within, *inside]

    def run(
        self,
        *command: str,
        user: str = "root",
        network: bool = False,
        check: bool = True,
        **variables: str,
    ) -> subprocess.CompletedProcess[str]:
        """Run ``command`` to its end; raises where it fails."""
        done = subprocess.run(
            self.command(*command, user=user, network=network, variables=variables),
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600, check=False,
        )  # fmt: skip
        assert done.returncode == 0 or not check, done.stdout + done.stderr
        return done

    def install(self, *packages: Path | str) -> str:
        """Install by apt what is named, and what that depends on; what apt said."""
        names = []
        for each in packages:
            if isinstance(each, Path):
                shutil.copy(each, self.folder / "tmp")
                names.append(f"/tmp/{each.name}")
            else:
                names.append(each)
        self.run("apt-get", "-q", "update", network=True)
        wanted = ["--no-install-recommends", *names]
        done = self.run("apt-get", "-q", "-y", "install", *wanted, network=True)
        for name in names:
            Path(f"{self.folder}{name}").unlink(missing_ok=True)
        return done.stdout

    def trust(self, certificate: bytes) -> None:
        """Have the whole system trust an authority, by its certificate in PEM."""
        place = self.folder / "usr/local/share/ca-certificates/authority.crt"
        place.write_bytes(certificate)
        self.run("update-ca-certificates")

    def files(self) -> dict[str, str]:
        """Every file, folder and link, with what it holds."""
        return {
            "/" + str(each.relative_to(self.folder)): _contents(each)
            for each in self.folder.rglob("*")
        }

    def remove(self) -> None:
        """Delete it; refuses while anything is mounted in it."""
        assert str(self.folder) not in Path("/proc/self/mounts").read_text()
        shutil.rmtree(self.folder)


class Desktop:
    """A person's session in a clean root: a session bus and a shell that is told what to do."""

    def __init__(self, root: CleanRoot, display: str) -> None:
        command = ["dbus-run-session", "--", "sh", "-s"]
        told = root.command(*command, user=PERSON, network=True, variables={"DISPLAY": display})
        self._shell = subprocess.Popen(
            told, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def tell(self, command: str) -> str:
        """Run ``command``; what it printed."""
        mark = uuid.uuid4().hex
        self._shell.stdin.write(f"{command}\nprintf '\\n%s\\n' {mark}\n")
        self._shell.stdin.flush()
        lines = []
        for line in self._shell.stdout:
            if line.strip() == mark:
                return "".join(lines).removesuffix("\n")
            lines.append(line)
        raise AssertionError("the session has ended: " + "".join(lines))

    def close(self) -> None:
        """End the session, and with it all that runs in it."""
        self._shell.stdin.close()
        self._shell.stdout.close()
        try:
            self._shell.wait(20)
        finally:
            self._shell.kill()
            self._shell.wait()


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """What is not as it was, apart from what those who install keep for themselves."""
    names = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    return sorted(name for name in names if not name.startswith(_STATE_OF_INSTALLERS))


def _contents(path: Path) -> str:
    if path.is_symlink():
        return f"-> {path.readlink()}"
    if path.is_file():
        return hashlib.sha256(path.read_bytes()).hexdigest()
    return "folder" if path.is_dir() else "special"


def _release() -> str:
    lines = dict(
        line.split("=", 1) for line in Path("/etc/os-release").read_text().split("\n") if line
    )
    return lines.get("VERSION_CODENAME", "").strip('"')


def _sources() -> list[Path]:
    folder = Path("/etc/apt/sources.list.d")
    found = [Path("/etc/apt/sources.list"), *folder.glob("debian.*"), *folder.glob("ubuntu.*")]
    return [each for each in found if each.is_file()]
