"""Symbols that stand in for the characters of a secret while it is being edited."""

from itertools import chain

_SYMBOLS = (*chain(range(0xE000, 0xF900), range(0x4E00, 0xA000), range(0xAC00, 0xD7A4)),)
"""Unicode's area for private use, which means nothing to anybody, and as many more as are needed
where the longest text takes the place of another; one UTF-16 unit each."""


class Disguise:
    """Gives each character a symbol of its own, and knows which stands for which.

    A symbol says nothing of its character, and no two are the same: however a disguised text is
    edited, what it stands for can be told.
    """

    def __init__(self) -> None:
        self._meanings: dict[str, str] = {}

    def put_on(self, text: str) -> str:
        """Disguise ``text``, which comes to stand beside what is disguised already."""
        free = (each for each in map(chr, _SYMBOLS) if each not in self._meanings)
        added = dict(zip(free, text, strict=False))
        self._meanings |= added
        return "".join(added)

    def keep_to(self, disguised: str) -> None:
        """Forget the meaning of what does not stand in ``disguised``."""
        meanings = self._meanings
        self._meanings = {each: meanings[each] for each in disguised if each in meanings}

    def take_off(self, disguised: str) -> str:
        """What it stands for; what is no symbol stands for itself."""
        return "".join(self._meanings.get(each, each) for each in disguised)

    def covers(self, disguised: str) -> bool:
        """Whether it has symbols only."""
        return all(each in self._meanings for each in disguised)
