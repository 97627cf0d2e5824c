"""Every fault that the matrix knows by number, and where it is tried if not here."""

import re
from dataclasses import dataclass

GROUPS = {
    "N": "network",
    "T": "TLS",
    "H": "HTTP",
    "A": "envelope",
    "J": "JWT content",
    "K": "keychain",
    "C": "clipboard",
    "S": "accounts file",
    "U": "life cycle, threads",
    "O": "system, time",
    "P": "packages",
    "B": "many at once",
}

_HERE = {
    "N": "1 2 3 4 5 6 7 8 9 11 12 14 15 16 18 19",
    "T": "1 2 4 5 6 8 9 10",
    "H": "1 2 4 5 6 9 10 11 12 13 15 17 18",
    "A": "1 4 5 6 7 8 9 10 12 16 17 18",
    "J": "1 2 3 4 5 7 8 9 10 11 12 15 16 18",
    "K": "1 2 3 5 6 8 9 12 13 14 15 16 17 19 20",
    "C": "1 2 3 5 6 7 9 11 12 14 15",
    "S": "1 3 4 5 7 8 11 13 14",
    "U": "1 2 3 6 7 9 10 11 12 13 15 16 17",
    "O": "1 3 4 5 6 8 11 12 13",
}
HERE = tuple(group + number for group, numbers in _HERE.items() for number in numbers.split())
"""What is tried on Linux. Some have a part that another system alone can show: see ELSEWHERE."""

BESIDE = {
    "K17": "tests/system/test_keychain_backends.py",
    "O5": "tests/system/test_screen_lock.py",
    "S3": "tests/system/test_accounts_survive.py",
    "U12": "tests/soak/cycles.py",
    "U17": "tests/soak/test_emissions.py",
    "P1": "packaging/tests/test_life_on_debian.py",
    "P2": "packaging/tests/test_life_on_debian.py",
    "P3": "packaging/tests/test_contents.py",
    "P4": "packaging/tests/test_contents.py",
    "P5": "packaging/supply/tests/test_supply.py",
    "P7": "packaging/tests/test_life_on_debian.py",
    "P8": "packaging/tests/windows/test_windows_life.py",
    "P9": "packaging/tests/test_circumstances.py",
    "P11": "packaging/tests/test_life_on_debian.py",
}
"""What other tests of ours try, since it is not about one window, or takes long."""

ELSEWHERE = {
    "T11": "revocation is not checked: a limit that README states",
    "K13": "the Windows store's own limit: checklist",
    "K14": "one target for each account in the Windows store: checklist",
    "K17": "prompts of the macOS keychain after an update: checklist",
    "C6": "what stays on the clipboard of Windows and macOS: checklist",
    "C7": "formats that Windows and macOS are handed: checklist",
    "C9": "a clipboard that another program keeps open, on Windows: checklist",
    "C10": "clearing without focus, on Wayland: checklist",
    "S12": "no version of this program has kept a key in a file",
    "O5": "a locked session on Windows and macOS: checklist",
    "P6": "one signature for all builds, on Windows and macOS: checklist",
    **dict.fromkeys(
        ("B1", "B3", "B4", "B5", "B7", "B8"), "the program asks for one account at a time"
    ),
}
"""What only another system can show, or nothing can, with where it stands."""

_NUMBER = re.compile(r"(?:\[|::test_|-)([a-zA-Z]\d{1,2})[-_\]]")


@dataclass
class Tally:
    """How the cases of one group ended."""

    tried: int = 0
    held: int = 0


def number_of(node: str) -> str | None:
    """The fault's number in the name of a test; None where it has none."""
    found = _NUMBER.search(node)
    number = found.group(1).upper() if found else ""
    return number if number[:1] in GROUPS else None


def table(verdicts: dict[str, bool]) -> str:
    """Group by group what was tried and what held, given whether each test (by name) did."""
    tallies = {group: Tally() for group in GROUPS}
    for node, held in verdicts.items():
        number = number_of(node)
        if number:
            tally = tallies[number[0]]
            tally.tried += 1
            tally.held += held
    lines = [f"{'':24}{'tried':>8}{'held':>8}  not on this system, or nowhere"]
    for group, name in GROUPS.items():
        tally = tallies[group]
        away = " ".join(each for each in ELSEWHERE if each.startswith(group))
        counts = f"{tally.tried:>8}{tally.held:>8}" if tally.tried else f"{'–':>8}{'–':>8}"
        lines.append(f"{group}  {name:21}{counts}  {away or '–'}")
    tried, held = (
        sum(getattr(each, what) for each in tallies.values()) for what in ("tried", "held")
    )
    lines.append(f"{'':24}{tried:>8}{held:>8}")
    lines += ["", *(f"  {number}: {where}" for number, where in ELSEWHERE.items())]
    lines += ["", "Tried beside the matrix"]
    lines += [f"  {number}: {where}" for number, where in BESIDE.items()]
    return "\n".join(lines)


def untried(nodes: set[str]) -> set[str]:
    """The faults that no test of these names is about."""
    return set(HERE) - {number_of(node) for node in nodes} - set(BESIDE)
