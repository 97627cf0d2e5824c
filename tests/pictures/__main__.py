"""make pictures: every state of the window, light and dark, at 1× and 2×, in build/pictures."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from x_server import running_x_server  # noqa: E402


def main() -> int:
    """Take all pictures; returns 0 where each one was taken."""
    target = ROOT / "build" / "pictures"
    with running_x_server(2200, 1600) as display, tempfile.TemporaryDirectory() as home:
        for theme in ("light", "dark"):
            for scale in ("1", "2"):
                _take(theme, scale, display, home, target)
    print(f"{len(list(target.glob('*/*.png')))} pictures in {target.relative_to(ROOT)}")
    return 0


def _take(theme: str, scale: str, display: str, home: str, target: Path) -> None:
    kept = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    environment |= {
        "DISPLAY": display,
        "HOME": home,
        "QT_QPA_PLATFORM": "xcb",
        "QT_SCALE_FACTOR": scale,
        "TZ": "Asia/Seoul",
        "DBUS_SESSION_BUS_ADDRESS": f"unix:path={home}/none",
        "PYTHONPATH": str(ROOT),
    }
    folder = target / f"{theme}-{scale}x"
    folder.mkdir(parents=True, exist_ok=True)
    script = [sys.executable, str(HERE / "states.py"), theme, str(folder)]
    subprocess.run(script, env=environment, cwd=home, check=True, timeout=180)


if __name__ == "__main__":
    sys.exit(main())
