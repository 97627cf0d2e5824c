"""The short forms of ``make soak``, each in a process of its own."""

import shutil
import sys

import pytest
from soak.pieces import run_alone

SEED = 20_261_122
SHORT = {"cycles": 20, "endings": 10, "kills": 50, "days": 3, "two_accounts": 100}
NEEDED = ("xdotool", "xclip", "secret-tool", "gnome-keyring-daemon", "dbus-run-session")

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="needs X11 and proc(5)"),
    pytest.mark.timeout(600),  # a machine that is busy with other things is slow, and not wrong
]


@pytest.mark.parametrize("piece", SHORT)
def test_what_holds_once_holds_again_and_again(piece: str) -> None:
    missing = [each for each in NEEDED if shutil.which(each) is None]
    if piece == "endings" and missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    lines = run_alone(piece, SEED, SHORT[piece])
    assert lines
    assert all(line.kept for line in lines), "\n".join(map(str, lines))
