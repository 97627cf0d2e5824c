"""The end comes, whatever hangs and whatever is scarce."""

import signal
import sys

import children
import pytest

if sys.platform == "win32":
    pytest.skip("POSIX's limits", allow_module_level=True)

HANGING = """
import ctypes, resource, threading
from deepbrain_desktop.system.last_resort import end_within
{shortage}
end_within(0.05)
ctypes.PyDLL(None).sleep(50)  # with Python's lock held
"""


@pytest.mark.parametrize(
    ("shortage", "status"),
    [
        ("", 1),
        ("resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))", 1),
        ("threading.stack_size(2**50)", -signal.SIGALRM),
    ],
    ids=["nothing", "files", "threads"],
)
def test_a_process_that_hangs_ends_without_a_word(shortage, status):
    ending = children.run(HANGING.format(shortage=shortage))
    assert (ending.returncode, ending.stdout, ending.stderr) == (status, "", "")
