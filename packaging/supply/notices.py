"""python packaging/supply/notices.py OUT [TREE [SITE]]: write the notices of what is shipped.

OUT gets every part with its version, licence, copyright and the texts of its licence. TREE is the
folder of the frozen program; without it, what is installed for running from source is told. SITE
is the site-packages that TREE was frozen from, where it is not that of the interpreter that runs
this (another system's).
"""

import sys
from pathlib import Path

from shipped import Part, Unknown, shipped

HEAD = """DeepBrain Desktop contains the following works of others.

Qt and PySide6 are used under the GNU Lesser General Public License, version 3. Their libraries
are separate files: you may replace them by your own builds of the same version. They are used
unchanged; their source is at https://download.qt.io/official_releases/qt/ and
https://download.qt.io/official_releases/QtForPython/.
"""
RULE = "=" * 80


def notices(parts: tuple[Part, ...]) -> str:
    """Write the notices; each text stands once, behind the parts."""
    texts: dict[str, list[str]] = {}
    lines = [HEAD]
    for part in parts:
        lines.append(f"{RULE}\n{_title(part)}\nLicence: {part.licence}")
        lines += [words for words in (part.copyright, part.homepage, part.note) if words]
        for title, text in part.texts:
            texts.setdefault(text.strip(), []).append(f"{_title(part)}: {title}")
        lines.append("")
    for text, whose in texts.items():
        lines.append("\n".join([RULE, *whose, RULE, "", text, ""]))
    return "\n".join(lines)


def _title(part: Part) -> str:
    version = f" {part.version}" if part.version else ""
    return f"{part.name}{version}" + (f" (part of {part.inside})" if part.inside else "")


def main(out: str, tree: str | None = None, site: str | None = None) -> int:
    """Write ``out``. Returns the exit status."""
    try:
        parts = shipped(Path(tree) if tree else None, Path(site) if site else None)
    except Unknown as reason:
        print(f"notices: {reason}", file=sys.stderr)
        return 1
    Path(out).parent.mkdir(parents=True, exist_ok=True)
    Path(out).write_text(notices(parts), encoding="utf-8", newline="\n")
    print(f"{out}: {len(parts)} parts")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
