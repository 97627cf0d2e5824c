"""python -m deepbrain_desktop."""

import os
import sys

from deepbrain_desktop import import_path


def run() -> None:
    """Start the program, and end the process with its exit status."""
    import_path.narrow(sys.path, os.environ)
    import threading

    from deepbrain_desktop.start import start

    status = start(sys.argv[1:])
    if threading.active_count() > 1 or sys.flags.inspect:
        # What still hangs (a name look-up, a keychain) was abandoned on a daemon thread. Were the
        # interpreter taken down around it, it could crash; there is nothing left to be saved.
        # Nor is a prompt to be left behind, which PYTHONINSPECT asks for.
        os._exit(status)
    sys.exit(status)


if __name__ == "__main__":
    run()
