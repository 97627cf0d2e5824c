"""The log, written by real loggers to real files."""

import logging
import os
import re
import stat
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import children
import pytest

from deepbrain_desktop.system import logs

OURS = logging.getLogger("deepbrain_desktop.tests")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    yield tmp_path / "state ü"
    for handler in [each for each in root.handlers if each not in handlers]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


def test_the_log_is_for_its_owner_only_whatever_the_umask(folder):
    before = os.umask(0)
    try:
        path = logs.configure(folder)
        OURS.info("started")
    finally:
        os.umask(before)
    assert path == folder / "deepbrain-desktop.log"
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_an_entry_says_when_how_grave_and_where(folder):
    path = logs.configure(folder)
    OURS.info("window %s", "opened")
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z INFO deepbrain_desktop\.tests: window opened\n",
        path.read_text(encoding="utf-8"),
    )


def test_messages_arguments_and_tracebacks_are_redacted(folder):
    path = logs.configure(folder, logging.DEBUG)
    key = str(uuid.uuid4())
    OURS.debug("key %s and %r", key, {"userKey": key[:8]})
    try:
        int(f"no number: {key}")
    except ValueError:
        OURS.exception("failed")
    OURS.info("stack %s", key, stack_info=True)
    content = path.read_text(encoding="utf-8")
    assert key not in content
    assert key[:8] not in content
    assert "ValueError: invalid literal for int() with base 10: 'no number: ••••'" in content


def test_an_entry_cannot_pretend_to_be_another(folder):
    path = logs.configure(folder)
    OURS.info("first\n2026-01-01T00:00:00.000Z ERROR x: forged\x1b[2J\r\u202e\x85\u2028\udc41")
    first, second, end = path.read_text(encoding="utf-8").split("\n")
    assert first.endswith("first")
    assert second.startswith("    2026")
    assert second.endswith(r"forged\x1b[2J\x0d\u202e\x85\u2028\udc41")
    assert end == ""


@pytest.mark.parametrize(
    "name", ["urllib3.connectionpool", "keyring", "requests", "asyncio", "any"]
)
def test_other_libraries_are_heard_only_when_something_is_wrong(folder, name):
    path = logs.configure(folder, logging.DEBUG)
    logger = logging.getLogger(name)
    before = logger.level
    logger.setLevel(logging.DEBUG)
    try:
        logger.debug("details")
        logger.info("details")
        logger.warning("trouble")
    finally:
        logger.setLevel(before)
    assert path.read_text(encoding="utf-8").count("\n") == 1


def test_the_log_stays_small_and_keeps_the_newest(folder, monkeypatch):
    path = logs.configure(folder)
    monkeypatch.setattr(logs, "LARGEST", 20_000)
    for number in range(500):
        OURS.info("%s", f"{number} " + "word " * 40)
    files = sorted(folder.iterdir())
    assert [each.name for each in files] == [f"{path.name}{end}" for end in ("", ".1", ".2")]
    assert all(0 < each.stat().st_size <= logs.LARGEST for each in files)
    assert ": 499 word" in path.read_text(encoding="utf-8")
    assert all(stat.S_IMODE(each.stat().st_mode) == 0o600 for each in files) or os.name != "posix"


def test_one_entry_is_cut_to_a_bearable_length_but_not_within_a_key(folder):
    path = logs.configure(folder)
    key = str(uuid.uuid4())
    for shift in range(0, 40, 3):
        OURS.info("%s", "x" * shift + " word" * (logs.LONGEST // 5 - 20) + f" {key}" * 100_000)
    content = path.read_text(encoding="utf-8")
    assert all(len(line) <= logs.LONGEST for line in content.split("\n"))
    assert key[:8] not in content


def test_a_log_that_somebody_removed_begins_anew(folder):
    path = logs.configure(folder)
    OURS.info("one")
    path.unlink()
    OURS.info("two")
    assert path.read_text(encoding="utf-8").endswith("two\n")


def test_configuring_again_moves_the_log(folder, tmp_path):
    first = logs.configure(folder)
    second = logs.configure(tmp_path / "other")
    OURS.info("here")
    assert not first.exists()
    assert second.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege")
def test_a_link_or_pipe_in_its_place_is_not_followed(folder, tmp_path):
    folder.mkdir()
    path = logs.configure(folder)
    path.symlink_to(tmp_path / "elsewhere")
    OURS.info("one")
    assert not (tmp_path / "elsewhere").exists()
    path.unlink()
    os.mkfifo(path)
    OURS.info("two")


SILENT = """
import logging, sys
from pathlib import Path
from deepbrain_desktop.system import logs

path = logs.configure(Path(sys.argv[1]), logging.DEBUG)
logger = logging.getLogger("deepbrain_desktop")
if "full" in sys.argv:
    import resource
    logger.info("before")
    resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200))
for number in range(50):
    logger.error("entry %d", number)
logger.error("wrong %d", "argument")
class Nasty:
    def __str__(self):
        raise RuntimeError
logger.error("%s", Nasty())
logging.getLogger("urllib3").error("heard")
print("done")
"""


@pytest.mark.parametrize("state", ["file", "full", "folder"])
def test_a_log_that_cannot_be_written_says_nothing_and_stops_nothing(tmp_path, state):
    folder = tmp_path / "state"
    match state:
        case "file":
            folder.touch()
        case "folder":
            (folder / "deepbrain-desktop.log").mkdir(parents=True)
    result = children.run(SILENT, folder, state)
    assert (result.returncode, result.stdout, result.stderr) == (0, "done\n", "")


QT = """
import logging, sys, threading
from pathlib import Path
from PySide6.QtCore import QCoreApplication, QThread, QTimer, qDebug, qWarning
from deepbrain_desktop.system import logs

path = logs.configure(Path(sys.argv[1]), logging.DEBUG)
logs.route_qt_messages()
application = QCoreApplication([])
qDebug("a detail")
qWarning("a warning with %s" % sys.argv[2])
thread = threading.Thread(target=qWarning, args=("from a thread",))
thread.start()
thread.join()
# Qt's own, from its destructors while the interpreter shuts down.
running = QThread()
timer = QTimer()
timer.start(60_000)
"""


def test_what_qt_says_is_in_the_log_and_not_on_the_terminal(tmp_path):
    key = str(uuid.uuid4())
    result = children.run(QT, tmp_path, key)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    content = (tmp_path / "deepbrain-desktop.log").read_text(encoding="utf-8")
    assert "DEBUG deepbrain_desktop.qt: default: a detail\n" in content
    assert "WARNING deepbrain_desktop.qt: default: a warning with ••••\n" in content
    assert "from a thread" in content
    assert key not in content
