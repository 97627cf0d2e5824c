"""python packaging/supply/vulnerabilities.py: look up known weaknesses of all that is locked.

Every version in the locks of running and developing is looked up by pip-audit. A finding has to
be explained in accepted.toml, with a date until which the explanation holds. The variable OSV holds
the address of an OSV service of one's own, which is then the only one asked. Exit status: 0 clean
or explained; 1 a finding, or an explanation that has run out or explains nothing; 3 not looked up,
because no service that knows these packages was reached.
"""

import datetime
import json
import os
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import NamedTuple

from shipped import HERE, LOCK, requirements

LOCKS = (LOCK, LOCK.with_name("development.txt"))
SERVICES = (["pypi"], ["osv"])  # as pip-audit is told of them
# Known to be weak since 2018 (CVE-2018-18074). Whoever does not know this knows nothing: a mirror
# without a database calls everything clean.
WITNESS = "requests==2.19.0"
CLEAN, FOUND, NOT_REACHED = 0, 1, 3


class Finding(NamedTuple):
    """A known weakness of a version."""

    package: str
    id: str


class NotReached(Exception):
    """A service did not answer, or knows no weakness at all, or some of the packages only."""


def pinned(locks: tuple[Path, ...] = LOCKS) -> list[str]:
    """Every ``name==version`` of the locks, for whatever system."""
    found = (each for lock in locks for each in requirements(lock))
    return sorted({f"{each.name}{each.specifier}" for each in found})


def services(own: str) -> tuple[list[str], ...]:
    """Whom to ask until one answers: the OSV service at the address ``own``, if there is one."""
    return (["osv", "--osv-url", own],) if own else SERVICES


def look_up(pins: list[str], service: list[str]) -> list[Finding]:
    """Ask ``service`` for weaknesses of these versions. Raises NotReached."""
    if not _audit([WITNESS], service):
        raise NotReached(f"{service[0]}: knows nothing of the weakness of {WITNESS}")
    # Several versions of one package may be locked, each for other Pythons.
    return [each for batch in _batches(pins) for each in _audit(batch, service)]


def _batches(pins: list[str]) -> list[list[str]]:
    batches: list[dict[str, str]] = []
    for pin in pins:
        name = pin.partition("==")[0]
        batch = next((each for each in batches if name not in each), None)
        if batch is None:
            batches.append(batch := {})
        batch[name] = pin
    return [list(each.values()) for each in batches]


def _audit(pins: list[str], service: list[str]) -> list[Finding]:
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--no-deps", "--format", "json"]
    command += ["--progress-spinner", "off", "--vulnerability-service", *service]
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder, "asked.txt")
        asked.write_text("\n".join(pins), encoding="utf-8")
        command += ["-r", str(asked)]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        answer = json.loads(ended.stdout)["dependencies"]
    except (ValueError, KeyError):
        last = ended.stderr.strip().splitlines()[-1:] or ["no answer"]
        raise NotReached(f"{service[0]}: {last[0][:200]}") from None
    unknown = [each["name"] for each in answer if "skip_reason" in each]
    if unknown:
        raise NotReached(f"{service[0]}: knows nothing of {len(unknown)} of {len(answer)} packages")
    return [Finding(each["name"], one["id"]) for each in answer for one in each["vulns"]]


def judge(findings: list[Finding], accepted: list[dict], today: datetime.date) -> list[str]:
    """Say what is wrong, one line each; nothing where every finding is explained."""
    explained = {Finding(each["package"], each["id"]): each for each in accepted}
    wrong = [f"{each.package}: {each.id}" for each in findings if each not in explained]
    for finding, entry in explained.items():
        if finding not in findings:
            wrong.append(f"{finding.package}: {finding.id} is explained and not found any more")
        elif entry["look_again"] < today:
            wrong.append(
                f"{finding.package}: {finding.id} was to be looked at {entry['look_again']}"
            )
    return wrong


def main() -> int:
    """Look everything up and tell. Returns the exit status."""
    accepted = tomllib.loads((HERE / "accepted.toml").read_text("utf-8")).get("finding", [])
    pins = pinned()
    for service in services(os.environ.get("OSV", "")):
        try:
            findings = look_up(pins, service)
        except NotReached as reason:
            print(f"not looked up: {reason}", file=sys.stderr)
            continue
        wrong = judge(findings, accepted, datetime.datetime.now(datetime.UTC).date())
        print(*wrong, sep="\n", end="\n" if wrong else "")
        print(f"{len(pins)} versions, {len(findings)} findings, {len(wrong)} to be looked at")
        return FOUND if wrong else CLEAN
    print("NOT REACHABLE: no vulnerability service answered; nothing is known.", file=sys.stderr)
    return NOT_REACHED


if __name__ == "__main__":
    sys.exit(main())
