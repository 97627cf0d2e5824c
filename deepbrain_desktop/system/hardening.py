"""What keeps the secrets of this process from other programs of the same user."""

import os
import sys
from collections.abc import Mapping, MutableMapping

DEBUGGABLE = "DEEPBRAIN_DEBUGGABLE"
"""Environment variable; ``1`` lets a debugger in."""

_REMOVED = (
    # The keys of every TLS connection would be written to that file (T9).
    "SSLKEYLOGFILE",
    # Qt would load plug-ins of another build, or of whoever set these.
    "QT_PLUGIN_PATH",
    "QT_QPA_PLATFORM_PLUGIN_PATH",
    "QML_IMPORT_PATH",
    "QML2_IMPORT_PATH",
)
# Left alone, because they have had their effect before the first line of ours runs and what we
# start (a browser) may need them: LD_PRELOAD, LD_LIBRARY_PATH, PYTHONPATH and their like.

_PR_SET_DUMPABLE = 4  # linux/prctl.h


def harden(environment: MutableMapping[str, str]) -> None:
    """Create files for their owner only, leave no core file, ignore variables that would leak.

    To be called with ``os.environ`` before Qt and ssl are imported: both read it when they start.
    """
    os.umask(0o077)
    for name in _REMOVED:
        environment.pop(name, None)
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def conceal_memory(environment: Mapping[str, str]) -> bool:
    """Keep other processes of the same user out of this one's memory; say whether that is so.

    On Linux the process becomes undumpable (prctl(2), PR_SET_DUMPABLE): no debugger, no core dump
    even where core_pattern is a pipe (which disregards RLIMIT_CORE, core(5)), and what lies in
    /proc/PID belongs to root. Elsewhere nothing is done, nor where DEEPBRAIN_DEBUGGABLE is 1.

    To be called before the first secret comes into the process, but after Qt has asked
    xdg-desktop-portal for the colour scheme: the portal looks at /proc/PID/root of who calls it,
    once for each connection, and denies everything where it may not (measured with 1.16.0;
    flatpak/xdg-desktop-portal issues 785, 1490 and 2141).
    """
    if sys.platform != "linux" or environment.get(DEBUGGABLE) == "1":
        return False
    # Costs about 3 ms, so not while starting.
    import ctypes

    return bool(ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) == 0)
