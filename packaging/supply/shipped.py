"""What is shipped that others wrote: distributions of the run lock, and native parts, as found."""

import json
import re
import ssl
import sys
import sysconfig
import tomllib
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from importlib import metadata
from pathlib import Path, PurePosixPath
from pyexpat import EXPAT_VERSION

from packaging.utils import canonicalize_name

from packaging.requirements import Requirement

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
LOCK = ROOT / "packaging" / "requirements" / "run.txt"
NATIVE = re.compile(r"\.(?:so(?:\.[\d.]+)?|dll|pyd|dylib)$")
LINKED = (b"\x7fELF", b"MZ", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")
"""How programs and libraries begin on Linux, Windows and macOS (of one or several processors)."""
STATED = re.compile(r"[A-Za-z0-9.+-]+(?: (?:OR|AND|WITH) [A-Za-z0-9.+-]+)*")
"""A licence in the words of SPDX, as against a text or a sentence."""
NO_LICENCE = ("UNKNOWN", "")

INTERPRETER = {
    "CPython": ".".join(map(str, sys.version_info[:3])),
    "OpenSSL": ssl.OPENSSL_VERSION.split()[1],
    "zlib": zlib.ZLIB_RUNTIME_VERSION,
    "Expat": EXPAT_VERSION.removeprefix("expat_"),
}
"""What this interpreter says of itself."""


class Unknown(Exception):
    """Something is shipped of which the catalogue does not say what it is."""


@dataclass(frozen=True, slots=True)
class Part:
    """A work of others that is shipped."""

    name: str
    version: str | None
    licence: str
    """An SPDX expression."""
    texts: tuple[tuple[str, str], ...]
    """Titles and texts of its licence and notices."""
    purl: str
    copyright: str = ""
    homepage: str = ""
    note: str = ""
    inside: str | None = None
    """Name of the part whose files hold it."""
    needs: tuple[str, ...] = field(default=())


def shipped(tree: Path | None = None, site: Path | None = None) -> tuple[Part, ...]:
    """Find every part that the program is shipped with, sorted by name.

    Native parts are those of the frozen ``tree``, or without one those of the installed
    distributions and of the interpreter that runs this. ``site`` is the folder with the
    distributions that went into the tree, where that is another interpreter's than the one that
    runs this: of the lock, what lies there counts. Raises Unknown.
    """
    catalogue = tomllib.loads((HERE / "catalogue.toml").read_text("utf-8"))
    installed = list(_locked() if site is None else _lying_in(site))
    found = [_distribution(each, catalogue) for each in installed]
    found += [part for each in installed for part in _told_by(each, catalogue)]
    files = _native_files(tree) if tree else [file for each in installed for file in _files(each)]
    owned = {str(name) for each in installed for name in each.files or ()}
    groups: dict[str, list[Path]] = {}
    for file, name in files:
        owner = _owner(name, catalogue) or _distribution_of(name, owned)
        if owner is None:
            raise Unknown(f"{name}: nobody claims this file; see catalogue.toml")
        groups.setdefault(owner, []).append(file)
    if not tree:
        groups.setdefault("CPython", [])
    for each in catalogue["native"]:
        if each["name"] in groups:
            found.append(_native(each, groups[each["name"]], None))
    holders = {part.name for part in found}
    for each in catalogue["inside"]:
        if each["in"] in holders and _shows(each, groups.get(each["in"], [])):
            found.append(_native(each, groups.get(each["in"], []), each["in"]))
    return tuple(sorted(found, key=lambda part: (part.name.lower(), part.purl, part.inside or "")))


def requirements(lock: Path = LOCK) -> Iterator[Requirement]:
    """Every requirement of a lock."""
    for line in lock.read_text("utf-8").replace("\\\n", " ").splitlines():
        yield Requirement(line.split("--hash")[0].strip())


def locked() -> Iterator[Requirement]:
    """Requirements of the run lock whose markers hold on this machine."""
    for requirement in requirements():
        if requirement.marker is None or requirement.marker.evaluate():
            yield requirement


def _locked() -> Iterator[metadata.Distribution]:
    for requirement in locked():
        try:
            found = metadata.distribution(requirement.name)
        except metadata.PackageNotFoundError:
            raise Unknown(f"{requirement.name} is in the run lock and not installed") from None
        if not requirement.specifier.contains(found.version, prereleases=True):
            raise Unknown(f"{requirement.name} {found.version} is not what the run lock says")
        yield found


def _lying_in(site: Path) -> Iterator[metadata.Distribution]:
    there = {
        canonicalize_name(each.name): each for each in metadata.distributions(path=[str(site)])
    }
    for requirement in requirements():
        found = there.get(canonicalize_name(requirement.name))
        if found and requirement.specifier.contains(found.version, prereleases=True):
            yield found
        elif requirement.marker is None:
            raise Unknown(f"{requirement} is in the run lock and not in {site}")


def _distribution(found: metadata.Distribution, catalogue: dict) -> Part:
    name = canonicalize_name(found.name)
    texts = tuple(_texts_of(found)) or _texts(catalogue["distributions"].get(name, ()))
    if not texts:
        raise Unknown(f"{name} brings no text of its licence; see catalogue.toml")
    needed = (Requirement(each) for each in found.requires or ())
    return Part(
        name=name,
        version=found.version,
        licence=_licence(found, catalogue),
        texts=texts,
        purl=f"pkg:pypi/{name}@{found.version}",
        homepage=found.metadata.get("Home-page", "") or "",
        needs=tuple(
            sorted(
                canonicalize_name(each.name)
                for each in needed
                if each.marker is None or each.marker.evaluate({"extra": ""})
            )
        ),
    )


def _licence(found: metadata.Distribution, catalogue: dict) -> str:
    stated = found.metadata.get("License-Expression") or found.metadata.get("License") or ""
    if stated not in NO_LICENCE and STATED.fullmatch(stated):
        return stated
    for classifier in found.metadata.get_all("Classifier") or ():
        if classifier in catalogue["classifiers"]:
            return catalogue["classifiers"][classifier]
    raise Unknown(f"{found.name} states no licence that is known; see catalogue.toml")


def _texts_of(found: metadata.Distribution) -> Iterator[tuple[str, str]]:
    for file in sorted(found.files or (), key=str):
        inside = PurePosixPath(file)
        top, *below = inside.parts
        if not top.endswith(".dist-info") or "sboms" in below:
            continue
        if below[0] == "licenses" or below[0].upper().startswith(("LICEN", "NOTICE", "COPYING")):
            text = file.locate().read_text("utf-8", errors="replace")
            yield str(PurePosixPath(*below)), text


def _told_by(found: metadata.Distribution, catalogue: dict) -> Iterator[Part]:
    """Read what a wheel says that it holds (PEP 770)."""
    for file in sorted(found.files or (), key=str):
        if ".dist-info/sboms/" not in str(file):
            continue
        for each in json.loads(file.locate().read_text("utf-8")).get("components", ()):
            yield _told(each, canonicalize_name(found.name), catalogue)


def _told(component: dict, holder: str, catalogue: dict) -> Part:
    name, version = component["name"], component.get("version")
    kind = component.get("purl", "pkg:generic/").partition("/")[0]
    stated = [
        one.get("expression") or one["license"].get("id") or one["license"]["name"]
        for one in component.get("licenses", ())
    ]
    licence = " AND ".join(stated) or catalogue["told"].get(f"{kind}/{name}")
    if not licence:
        raise Unknown(f"{name} in {holder} states no licence; see catalogue.toml")
    texts = _texts(_chosen(licence))
    return Part(name, version, licence, texts, f"{kind}/{name}@{version}", inside=holder)


def _chosen(licence: str) -> list[str]:
    """Names of the texts for an SPDX expression; of alternatives the first that is here."""
    names = []
    for each in re.sub(r"[()]", "", licence).split(" AND "):
        offers = [offer.split(" WITH ") for offer in each.split(" OR ")]
        here = [offer for offer in offers if all(_path(name).is_file() for name in offer)]
        if not here:
            raise Unknown(f"no text in licences/ for {each}")
        names += here[0]
    return names


def _shows(entry: dict, files: list[Path]) -> bool:
    """Whether the part is in these files of its holder; where there are none, it is taken to be."""
    sign = re.compile(entry.get("sign", "").encode())
    return not files or any(sign.search(file.read_bytes()) for file in files)


def _native_files(tree: Path) -> list[tuple[Path, str]]:
    return [
        (each, each.relative_to(tree).as_posix())
        for each in sorted(tree.rglob("*"))
        if each.is_file() and not each.is_symlink() and _is_native(each)
    ]


def _is_native(file: Path) -> bool:
    if NATIVE.search(file.name):
        return True
    # Programs, and the libraries in macOS' frameworks, have names of no kind.
    with file.open("rb") as contents:
        return contents.read(4).startswith(LINKED)


def _files(found: metadata.Distribution) -> list[tuple[Path, str]]:
    names = sorted(map(str, found.files or ()))
    return [(Path(found.locate_file(name)), name) for name in names if NATIVE.search(name)]


def _owner(name: str, catalogue: dict) -> str | None:
    for each in catalogue["native"]:
        if any(fnmatchcase(f"/{name}".lower(), pattern.lower()) for pattern in each["files"]):
            return each["name"]
    return None


def _distribution_of(name: str, owned: Iterable[str]) -> str | None:
    """Name the file of a distribution that ``name``, below some folder of the tree, ends with.

    On Windows the freezer lifts libraries out of their packages to the top: there the name decides.
    """
    ends = (each for each in owned if f"/{name}".endswith(f"/{each}"))
    lifted = (each for each in owned if each.endswith(f"/{PurePosixPath(name).name}"))
    at_the_top = len(PurePosixPath(name).parts) == 2
    return next(ends, None) or (next(lifted, None) if at_the_top else None)


def _native(entry: dict, files: list[Path], inside: str | None) -> Part:
    version = None
    if "interpreter" in entry and not files:
        version = INTERPRETER[entry["interpreter"]]
    elif "version" in entry:
        pattern = re.compile(entry["version"].encode())
        matches = (pattern.search(file.read_bytes()) for file in files)
        version = next((match[1].decode() for match in matches if match), None)
        if version is None:
            raise Unknown(f"{entry['name']}: no version in {len(files)} files; see catalogue.toml")
    slug = entry["name"].lower().replace(" ", "-").replace("+", "p")
    return Part(
        name=entry["name"],
        version=version,
        licence=entry["licence"],
        texts=_texts(entry["texts"]),
        purl=f"pkg:generic/{slug}@{version}" if version else f"pkg:generic/{slug}",
        copyright=entry["copyright"],
        homepage=entry.get("homepage", ""),
        note=entry.get("note", ""),
        inside=inside,
    )


def _texts(names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, _text(name)) for name in names)


def _text(name: str) -> str:
    if name == "interpreter":
        folder = Path(sysconfig.get_path("stdlib"))
        for each in (folder / "LICENSE.txt", folder.parent / "LICENSE.txt"):
            if each.is_file():
                return each.read_text("utf-8")
        raise Unknown("the interpreter brings no LICENSE.txt")
    return _path(name).read_text("utf-8")


def _path(name: str) -> Path:
    return HERE / "licences" / f"{name}.txt"
