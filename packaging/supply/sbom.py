"""python packaging/supply/sbom.py OUT [TREE [SITE]]: write the software bill of materials.

OUT gets it as JSON of CycloneDX 1.6, the same bytes for the same contents. TREE is the folder of
the frozen program; without it, what is installed for running from source is listed. SITE is the
site-packages that TREE was frozen from, where it is not that of the interpreter that runs this
(another system's).
"""

import os
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path

from cyclonedx.model import ExternalReference, ExternalReferenceType, Property, XsUri
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from shipped import ROOT, Part, Unknown, shipped


def bill(parts: tuple[Part, ...], version: str) -> str:
    """Write the bill of ``parts`` for this version of the program, as JSON."""
    program = Component(
        name="deepbrain-desktop",
        version=version,
        type=ComponentType.APPLICATION,
        bom_ref="deepbrain-desktop",
        licenses=[LicenseExpression("MIT")],
    )
    components = {_reference(part): _component(part) for part in parts}
    seconds = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))
    contents = "\n".join([version, *(f"{ref} {part.licence}" for ref, part in _pairs(parts))])
    bom = Bom(
        serial_number=uuid.uuid5(uuid.NAMESPACE_URL, contents),
        metadata=BomMetaData(component=program, timestamp=datetime.fromtimestamp(seconds, UTC)),
        components=components.values(),
    )
    names = {part.name: components[_reference(part)] for part in parts if part.inside is None}
    bom.register_dependency(program, list(names.values()))
    for part in parts:
        held = [components[ref] for ref, each in _pairs(parts) if each.inside == part.name]
        needed = [names[each] for each in part.needs if each in names]
        if part.inside is None:
            bom.register_dependency(components[_reference(part)], held + needed)
    return JsonV1Dot6(bom).output_as_string(indent=2) + "\n"


def _pairs(parts: tuple[Part, ...]) -> list[tuple[str, Part]]:
    return [(_reference(part), part) for part in parts]


def _reference(part: Part) -> str:
    return f"{part.purl}#in-{part.inside}" if part.inside else part.purl


def _component(part: Part) -> Component:
    references = []
    if part.homepage:
        kind = ExternalReferenceType.WEBSITE
        references.append(ExternalReference(type=kind, url=XsUri(part.homepage)))
    properties = [Property(name="deepbrain:part-of", value=part.inside)] if part.inside else []
    return Component(
        name=part.name,
        version=part.version,
        type=ComponentType.LIBRARY,
        bom_ref=_reference(part),
        purl=PackageURL.from_string(part.purl),
        licenses=[LicenseExpression(part.licence)],
        copyright=part.copyright or None,
        external_references=references,
        properties=properties,
    )


def main(out: str, tree: str | None = None, site: str | None = None) -> int:
    """Write ``out``. Returns the exit status."""
    sys.path.insert(0, str(ROOT))
    from deepbrain_desktop import __version__

    try:
        parts = shipped(Path(tree) if tree else None, Path(site) if site else None)
    except Unknown as reason:
        print(f"sbom: {reason}", file=sys.stderr)
        return 1
    Path(out).parent.mkdir(parents=True, exist_ok=True)
    Path(out).write_text(bill(parts, __version__), encoding="utf-8", newline="\n")
    print(f"{out}: {len(parts)} parts")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
