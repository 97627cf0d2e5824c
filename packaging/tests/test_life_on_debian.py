"""The .deb in a clean Debian without Python or Qt: installed, used, updated, removed."""

import json
import re
import secrets
import ssl
import uuid
from pathlib import Path

import pytest
import trustme
from building import ROOT, build, tree
from clean_root import PERSON, CleanRoot, Desktop, changed
from window import Person, eventually

from deepbrain_desktop import __version__
from deepbrain_desktop.studios.sandbox import Sandbox
from deepbrain_desktop.studios.scenarios import DEFAULT

BEFORE = "0.0.1"
FOREIGN = re.compile(r"^(lib)?(python|pyside|qt[56])", re.IGNORECASE)


def packages(root: CleanRoot) -> set[str]:
    return set(root.run("dpkg-query", "-W", "-f", "${Package}\n").stdout.split())


def picture_of(display: str, name: str) -> None:
    Person(display).take_picture(ROOT / "build/pictures" / f"{name}.png")


def test_apt_alone_makes_a_clean_debian_run_it_and_a_purge_leaves_nothing(root, deb, display):
    assert not [each for each in packages(root) if FOREIGN.match(each)]
    root.run("apt-get", "-q", "update", network=True)
    before, there = root.files(), packages(root)
    root.install(deb)
    assert "deepbrain-desktop" in packages(root)
    assert not [each for each in packages(root) if FOREIGN.match(each)]

    # Neither keychain nor network, and not even a display: what Depends names is all it needs.
    told = root.run("deepbrain-desktop", "--self-test", user=PERSON, QT_QPA_PLATFORM="offscreen")
    assert "Self-test passed" in told.stdout
    assert told.stderr == ""
    told = root.run(
        *("deepbrain-desktop", "--screenshot", f"/home/{PERSON}/shot.png"),
        user=PERSON, DISPLAY=display,
    )  # fmt: skip
    assert "Valid" in told.stdout
    assert told.stderr == ""
    told = root.run("deepbrain-desktop", "--version", user=PERSON)
    assert told.stdout == f"DeepBrain Desktop {__version__}\n"
    told = root.run("deepbrain-desktop", user=PERSON, check=False)
    assert told.returncode == 1
    assert told.stderr.count("\n") == 1

    root.run("apt-get", "-q", "-y", "purge", "deepbrain-desktop")
    root.run("apt-get", "-q", "-y", "autoremove", "--purge")
    assert packages(root) == there
    left = [name for name in changed(before, root.files()) if not name.startswith("/home/")]
    assert not [name for name in left if "deepbrain" in name.lower()]
    assert left == [] or all(name.startswith(("/tmp", "/run")) for name in left), left


def start(root: CleanRoot, desktop: Desktop, person: Person) -> None:
    """Start the program, and wait until its window is filled."""
    log = root.folder / f"home/{PERSON}/.local/state/deepbrain-desktop/deepbrain-desktop.log"
    before = log.read_text().count(" started") if log.exists() else 0
    desktop.tell("(deepbrain-desktop >out 2>&1; echo $? >ended) &")
    eventually(
        lambda: log.exists() and log.read_text().count(" started") > before, "a filled window"
    )
    person.find_window()


def end(person: Person, desktop: Desktop) -> None:
    person.keys("ctrl+q")
    eventually(lambda: desktop.tell("cat ended 2>/dev/null").strip(), "the program's end")
    assert desktop.tell("cat ended out; rm ended out").split() == ["0"]


def copied_token(person: Person) -> str:
    person.keys("ctrl+shift+c")
    return person.clipboard()


def token_after(before: str, person: Person) -> str:
    """Ask for a token by the key that is kept, and wait until it is another one."""
    person.keys("ctrl+Return")
    return str(
        eventually(
            lambda: (found := copied_token(person)).count(".") == 2 and found != before and found,
            "another token",
        )
    )


@pytest.fixture
def deb_before(source_again: Path, rooms: Path) -> Path:
    """The package of the version before, by the same recipe."""
    version = source_again / "deepbrain_desktop/__init__.py"
    now = version.read_text()
    version.write_text(now.replace(__version__, BEFORE))
    try:
        build(source_again, "deb", tree(source_again, rooms / "before"), rooms, 1)
    finally:
        version.write_text(now)
    (found,) = rooms.glob(f"*_{BEFORE}_*.deb")
    return found


def test_accounts_and_keys_outlive_an_update_and_a_purge(root, deb, deb_before, display):
    root.install(deb_before, "dbus", "gnome-keyring", "libsecret-tools")
    authority, tls = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    root.trust(authority.cert_pem.bytes())

    key, password = str(uuid.uuid4()), secrets.token_urlsafe()
    unlock = f"printf {password} | gnome-keyring-daemon --unlock --components=secrets >/dev/null"
    person = Person(display)
    accounts = root.folder / f"home/{PERSON}/.config/deepbrain-desktop/accounts.json"

    with Sandbox(tls=tls, user_keys=[key]) as service:
        desktop = Desktop(root, display)
        desktop.tell(unlock)
        assert desktop.tell("deepbrain-desktop --version").split()[-1] == BEFORE
        start(root, desktop, person)
        person.keys("alt+s", "o", "alt+d")
        person.type(service.server.origin)
        person.keys("alt+i")
        person.type(DEFAULT.app_id)
        person.keys("alt+u")
        person.type(key)
        person.keys("Return")
        token = str(eventually(lambda: copied_token(person), "a token on the clipboard"))
        assert token.count(".") == 2
        picture_of(display, "installed-on-debian")
        stored = eventually(
            lambda: accounts.exists() and json.loads(accounts.read_text())["accounts"][0]["keys"],
            "the account, with the place of its key",
        )
        look_up = (
            f"secret-tool lookup service '{stored[0]['service']}' username '{stored[0]['user']}'"
        )
        assert desktop.tell(look_up) == key
        assert key not in accounts.read_text()
        kept = accounts.read_text()

        # The update comes while the window is open, which does not mind.
        root.install(deb)
        token = token_after(token, person)
        assert accounts.read_text() == kept
        end(person, desktop)
        desktop.close()

        desktop = Desktop(root, display)
        desktop.tell(unlock)
        assert desktop.tell("deepbrain-desktop --version").split()[-1] == __version__
        start(root, desktop, person)
        token = token_after(token, person)
        picture_of(display, "updated-on-debian")

        # Nor does it mind a purge.
        root.run("apt-get", "-q", "-y", "purge", "deepbrain-desktop")
        token_after(token, person)
        end(person, desktop)
        assert json.loads(accounts.read_text()) == json.loads(kept)
        assert desktop.tell(look_up) == key
        desktop.close()
