"""Hold tag, version and changelog together, and give the changes in the form that packages want.

    changes.py check [TAG]    exit 1 and say why where they disagree
    changes.py debian         as a Debian changelog
    changes.py appstream      as the release notes of the AppStream metainfo

The version stands in deepbrain_desktop/__init__.py alone. What CHANGELOG.md has under
"Unreleased" belongs to that version, and is dated SOURCE_DATE_EPOCH.
"""

import calendar
import os
import re
import sys
import textwrap
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from deepbrain_desktop import __version__, product  # noqa: E402

MAINTAINER = (
    os.environ.get("MAINTAINER")
    or f"{product.NAME} contributors <maintainers@{product.IDENTIFIER}.invalid>"
)
"""Whom packages name; the reserved name .invalid says that no address is published."""


@dataclass(frozen=True, slots=True)
class Release:
    """One version and what changed with it; without a date it is not released yet."""

    version: str
    date: str | None
    changes: tuple[str, ...]

    @property
    def seconds(self) -> int:
        """Seconds since 1970 of its day, in UTC."""
        if self.date is None:
            return int(os.environ.get("SOURCE_DATE_EPOCH") or time.time())
        return calendar.timegm(time.strptime(self.date, "%Y-%m-%d"))


def releases(text: str) -> Iterator[Release]:
    """Read CHANGELOG.md, newest first. Raises ValueError for a heading of another form."""
    for section in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        heading, _, body = section.partition("\n")
        bullets = re.split(r"^- ", body, flags=re.MULTILINE)[1:]
        changes = tuple(" ".join(re.split(r"\n\n|^#", each)[0].split()) for each in bullets)
        if heading.strip() == "[Unreleased]":
            if changes:
                yield Release(__version__, None, changes)
            continue
        found = re.fullmatch(r"\[(\d+\.\d+\.\d+)\] - (\d{4}-\d\d-\d\d)", heading.strip())
        if found is None:
            raise ValueError(f"CHANGELOG.md: not a heading of a release: {heading}")
        yield Release(found[1], found[2], changes)


def disagreement(found: list[Release], tag: str | None) -> str | None:
    """Say what does not fit together."""
    if not re.fullmatch(r"\d+\.\d+\.\d+", __version__):
        return f"the version {__version__} is not of the form 1.2.3"
    if not found or found[0].version != __version__:
        return f"CHANGELOG.md does not begin with {__version__}"
    numbers = [tuple(map(int, each.version.split("."))) for each in found]
    if sorted(set(numbers), reverse=True) != numbers:
        return "CHANGELOG.md: each version has to be higher than the one below it"
    if tag is None:
        return None
    if tag != f"v{__version__}":
        return f"the tag {tag} is not v{__version__}"
    return None if found[0].date else f"CHANGELOG.md has no date for {__version__}"


def debian(found: list[Release]) -> str:
    """As deb-changelog(5)."""
    entries = []
    for each in found:
        changes = "".join(
            textwrap.fill(change, 78, initial_indent="  * ", subsequent_indent="    ") + "\n"
            for change in each.changes
        )
        signed = f" -- {MAINTAINER}  {format_datetime(datetime.fromtimestamp(each.seconds, UTC))}"
        head = f"{product.IDENTIFIER} ({each.version}) stable; urgency=medium"
        entries.append(f"{head}\n\n{changes}\n{signed}\n")
    return "\n".join(entries)


def appstream(found: list[Release]) -> str:
    """As the element ``releases``."""
    lines = []
    for each in found:
        day = time.strftime("%Y-%m-%d", time.gmtime(each.seconds))
        lines += [f'    <release version="{each.version}" date="{day}">', "      <description>"]
        lines += ["        <ul>"]
        lines += [
            f"          <li>{escape(change.replace('`', ''))}</li>" for change in each.changes
        ]
        lines += ["        </ul>", "      </description>", "    </release>"]
    return "\n".join(["  <releases>", *lines, "  </releases>"])


def main(task: str, tag: str | None = None) -> int:
    found = list(releases((ROOT / "CHANGELOG.md").read_text(encoding="utf-8")))
    problem = disagreement(found, tag)
    if problem:
        print(problem, file=sys.stderr)
        return 1
    if task != "check":
        print({"debian": debian, "appstream": appstream}[task](found))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
