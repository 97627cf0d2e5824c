"""The contents of a file, and of all that is compressed in it, wherever that begins."""

import bz2
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

LARGEST = 64 << 20
"""Bytes that are inflated from one place."""
DEEPEST = 3
"""Archives in archives."""


class _Inflating(Protocol):
    def decompress(self, data: bytes, limit: int = -1, /) -> bytes: ...


_MAKERS: dict[bytes, Callable[[], _Inflating]] = {
    b"\x1f\x8b\x08": lambda: zlib.decompressobj(wbits=31),
    b"x\x01": zlib.decompressobj,
    b"x\x5e": zlib.decompressobj,
    b"x\x9c": zlib.decompressobj,
    b"x\xda": zlib.decompressobj,
    b"BZh": bz2.BZ2Decompressor,
    b"\xfd7zXZ\0": lzma.LZMADecompressor,
}
_BEGINNING = re.compile(b"|".join(map(re.escape, _MAKERS)))


def contents(path: Path) -> Iterator[tuple[str, bytes]]:
    """Where it lies in the file, and what is there: first the file as it is."""
    yield from _all("", path.read_bytes(), DEEPEST)


def _all(where: str, data: bytes, depth: int) -> Iterator[tuple[str, bytes]]:
    yield where, data
    if not depth:
        return
    for name, inner in _unpacked(data):
        yield from _all(f"{where} > {name}", inner, depth - 1)


def _unpacked(data: bytes) -> Iterator[tuple[str, bytes]]:
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield name, archive.read(name)
    for match in _BEGINNING.finditer(data):
        try:
            found = _MAKERS[match[0]]().decompress(data[match.start() :], LARGEST)
        except (zlib.error, OSError, EOFError, lzma.LZMAError):
            continue
        if found:
            yield f"byte {match.start()}", found
