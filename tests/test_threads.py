"""A thread begins, or whoever wanted it is told that there is none."""

import sys

import children
import pytest

if sys.platform != "linux":
    pytest.skip("reads its size from /proc", allow_module_level=True)

# A thread that has ended leaves its stack to the next one, so that only its memory is missing.
WITHOUT_MEMORY = """
import resource, sys, threading
from deepbrain_desktop import threads

first = threading.Thread(target=print, args=("begun",))
threads.start(first)
first.join()
second = threading.Thread(target=print)
taken = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (taken, resource.RLIM_INFINITY))
try:
    threads.start(second)
except (RuntimeError, MemoryError):
    print("none")
"""


def test_a_thread_that_would_find_no_memory_is_not_waited_for():
    ending = children.run(WITHOUT_MEMORY)
    assert (ending.returncode, ending.stdout, ending.stderr) == (0, "begun\nnone\n", "")
