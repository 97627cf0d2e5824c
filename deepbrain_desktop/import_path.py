"""Where modules are imported from: the interpreter's own folders and what is installed there."""

import os
import sys
from collections.abc import Mapping, MutableSequence


def narrow(path: MutableSequence[str], environment: Mapping[str, str]) -> None:
    """Take out of ``path`` what is there because of the current folder or of PYTHONPATH.

    A ``requests.py`` that lies in a folder somebody else gave us would be imported otherwise, with
    every key at hand. Folders below the interpreter's own stay even if PYTHONPATH names them, and
    so does the package that runs, wherever it is. Byte code is read from beside its source again,
    not from where PYTHONPYCACHEPREFIX says.

    To be called with ``sys.path`` and ``os.environ`` before anything is imported that the
    interpreter has not imported itself. What ran before that, ``sitecustomize`` for one, has run.
    """
    named = environment.get("PYTHONPATH", "").split(os.pathsep)
    foreign = {os.path.realpath(each) for each in ("", *named)}
    user_base = environment.get("PYTHONUSERBASE")
    above = (os.path.realpath(user_base),) if user_base else ()
    own = {sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix}
    own = {os.path.realpath(each) for each in own}
    path[:] = [
        each
        for each in path
        if _is_below(each, *own)
        or not (os.path.realpath(each) in foreign or _is_below(each, *above))
    ]
    sys.pycache_prefix = None


def _is_below(folder: str, *tops: str) -> bool:
    real = os.path.realpath(folder)
    return any(f"{real}{os.sep}".startswith(f"{top}{os.sep}") for top in tops)
