"""Damage to bytes, decided by a random generator alone: the same generator, the same damage."""

import random
from collections.abc import Sequence

OPERATIONS = (1, 1, 1, 2, 2, 3, 6)
NUMBERS = (
    b"-1",
    b"0",
    b"1000",
    b"1000.0",
    b"1e3",
    b"253402300800",
    b"1e400",
    b"9" * 40,
    b"9" * 5000,
)
BYTES = (
    b"\0",
    b"\xff",
    b"\xc3\x28",
    b"\xed\xa0\x80",
    b"\xe2\x80\xae",
    b"\xef\xbb\xbf",
    b"\r\n",
    b"\x1b[2J",
)
SYNTAX = (
    b'"',
    b"\\",
    b"{",
    b"}",
    b"[" * 3000,
    b"]",
    b",",
    b":",
    b"=",
    b".",
    b" ",
    b"NaN",
    b"null",
    b"true",
)


def damaged(
    rng: random.Random, sample: bytes, others: Sequence[bytes], words: Sequence[bytes]
) -> bytes:
    """``sample`` after one to six operations; ``words`` mean something to who will read it."""
    data = bytearray(sample)
    for _ in range(rng.choice(OPERATIONS)):
        at = rng.randint(0, len(data))
        end = min(len(data), at + int(rng.expovariate(1 / 8)))
        match rng.randrange(9):
            case 0 if at < len(data):
                data[at] ^= 1 << rng.randrange(8)
            case 1:
                data[at:at] = rng.randbytes(rng.randint(1, 4))
            case 2:
                del data[at:end]
            case 3:
                data[at:at] = data[at:end] * rng.choice((1, 2, 50))
            case 4:
                other = rng.randint(0, len(data))
                data[other:other] = data[at:end]
            case 5:
                del data[at:]
            case 6:
                other = rng.choice(others)
                cut = rng.randint(0, len(other))
                data[at:end] = other[cut : cut + rng.randint(1, 64)]
            case 7:
                data[at:end] = rng.choice(words)
            case _:
                data[at:end] = rng.choice(rng.choice((NUMBERS, BYTES, SYNTAX)))
    return bytes(data)
