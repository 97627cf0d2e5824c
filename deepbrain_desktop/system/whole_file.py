"""Read and write whole files that are for their owner only."""

import contextlib
import errno
import os
import stat
from pathlib import Path
from typing import NamedTuple


class Seen(NamedTuple):
    """What a file held when it was last looked at, and by what to tell that it still does."""

    content: bytes
    modified: int
    size: int
    inode: int

    def is_still(self, found: os.stat_result) -> bool:
        """Whether the file was left alone since."""
        return (self.modified, self.size, self.inode) == _stamp(found)


def look(place: Path, most: int) -> Seen:
    """Read up to ``most`` bytes. Raises OSError, also where it is no ordinary file."""
    # A pipe in its place must not keep us waiting for somebody to write into it.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(place, flags), "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        return Seen(file.read(most), *_stamp(found))


def store(new: Path, content: bytes) -> Seen:
    """Make a new file that is on the disk when this returns. Raises OSError."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(new, flags, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
        return Seen(content, *_stamp(os.fstat(file.fileno())))


def synchronise_folder(folder: Path) -> None:
    """Make a renaming in this folder last, where that can be done. Raises nothing."""
    # Windows has no such call, some network file systems refuse it; by then the file is in place.
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _stamp(found: os.stat_result) -> tuple[int, int, int]:
    return found.st_mtime_ns, found.st_size, found.st_ino
