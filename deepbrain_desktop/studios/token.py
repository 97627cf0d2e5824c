"""Read what a session token says of itself, as leniently as a person deserves, without trusting it.

The reader is our own, because PyJWT refuses much that is still worth seeing, and of what it
accepts it hides what is odd: names that stand twice, numbers as written. It also costs 9 MB of
memory. The tests hold this reader to it: whatever PyJWT reads is read alike.
"""

import base64
import re

from deepbrain_desktop.studios.decoded import (
    DecodedToken,
    Entry,
    Kind,
    Note,
    Remark,
    escaped,
    shown,
)
from deepbrain_desktop.studios.faithful_json import (
    Json,
    NestedTooDeeply,
    Number,
    Object,
    display,
    read,
    written,
)
from deepbrain_desktop.studios.moments import MOMENTS, instant, read_times

LONGEST_TOKEN = 16 * 1024
"""Characters; what is longer is not read."""
DEEPEST = 256
"""Lists and objects within each other; what is nested deeper is not read."""

SIGNATURES = frozenset(
    [f"{family}{bits}" for family in ("HS", "RS", "ES", "PS") for bits in (256, 384, 512)]
    + ["ES256K", "EdDSA", "Ed25519", "Ed448", "ML-DSA-44", "ML-DSA-65", "ML-DSA-87"]
)
"""Signature algorithms registered at IANA (JSON Web Signature and Encryption Algorithms)."""


def decode(token: str) -> DecodedToken:
    """Everything that can be read of ``token``; never raises, whatever the text.

    The signature is not checked.
    """
    if len(token) > LONGEST_TOKEN:
        return DecodedToken(Kind.OPAQUE, remarks=(Remark(Note.TOO_LONG, str(len(token))),))
    remarks: list[Remark] = []
    text = _bare(token, remarks)
    parts = text.split(".")
    header = claims = None
    if len(parts) not in (3, 5):
        remarks.append(Remark(Note.WRONG_NUMBER_OF_PARTS, str(len(parts))))
    if len(parts) > 1:
        header = _read_header(parts[0], remarks)
        if len(parts) == 5:
            remarks.append(Remark(Note.ENCRYPTED))
        else:
            claims = _read_payload(parts[1], header, remarks)
    kind = _kind(header, claims, len(parts))
    if kind is Kind.JWT:
        _remark_on_signature(parts[2], remarks)
    times = read_times(claims.last() if claims else {}, remarks)
    return DecodedToken(
        kind,
        header=_entries(header),
        claims=_entries(claims),
        remarks=tuple(remarks),
        expiry=times.expiry,
        not_before=times.not_before,
        issued_at=times.issued_at,
        claims_json=None if claims is None else _indented(claims),
    )


def _kind(header: Object | None, claims: Object | None, parts: int) -> Kind:
    if header is None and claims is None:
        return Kind.OPAQUE
    if parts == 5:
        return Kind.ENCRYPTED
    if header is None or claims is None or parts != 3:
        return Kind.PARTIAL
    return Kind.JWT


def _entries(found: Object | None) -> tuple[Entry, ...]:
    if found is None:
        return ()
    return tuple(
        Entry(shown(name), display(value), instant(value) if name in MOMENTS else None)
        for name, value in found.members
    )


# The text


_BEARER = re.compile(r"\s*(?:authorization:\s*)?bearer\s+", re.IGNORECASE)


def _bare(token: str, remarks: list[Remark]) -> str:
    if prefix := _BEARER.match(token):
        remarks.append(Remark(Note.BEARER_PREFIX))
        token = token[prefix.end() :]
    text = "".join(token.split())
    if text != token:
        remarks.append(Remark(Note.WHITE_SPACE))
    return text


# The parts


def _read_header(segment: str, remarks: list[Remark]) -> Object | None:
    try:
        header = _parse(_unarmoured(segment, "header", remarks), "header", remarks)
    except ValueError:
        remarks.append(Remark(Note.HEADER_NOT_DECODABLE))
        return None
    if not isinstance(header, Object):
        remarks.append(Remark(Note.HEADER_NOT_AN_OBJECT, display(header)))
        return None
    _remark_on_header(header.last(), remarks)
    return header


def _remark_on_header(header: dict[str, Json], remarks: list[Remark]) -> None:
    match header.get("alg"):
        case None if "alg" not in header:
            remarks.append(Remark(Note.ALGORITHM_MISSING))
        case str(algorithm) if not isinstance(algorithm, Number):
            if algorithm.lower() == "none":
                remarks.append(Remark(Note.ALGORITHM_NONE, shown(algorithm)))
            elif "enc" not in header and algorithm not in SIGNATURES:
                remarks.append(Remark(Note.ALGORITHM_UNKNOWN, shown(algorithm)))
        case other:
            remarks.append(Remark(Note.ALGORITHM_NOT_TEXT, display(other)))
    if "kid" in header and not _is_text(header["kid"]):
        remarks.append(Remark(Note.KEY_ID_NOT_TEXT, display(header["kid"])))
    if header.get("b64") is False:
        remarks.append(Remark(Note.PAYLOAD_NOT_ENCODED))
    if "zip" in header:
        remarks.append(Remark(Note.PAYLOAD_COMPRESSED, display(header["zip"])))
    if display(header.get("cty")).lower() in ("jwt", "application/jwt"):
        remarks.append(Remark(Note.PAYLOAD_IS_JWT))
    if "crit" in header:
        _remark_on_critical(header["crit"], remarks)


def _remark_on_critical(critical: Json, remarks: list[Remark]) -> None:
    if not isinstance(critical, list) or not critical or not all(map(_is_text, critical)):
        remarks.append(Remark(Note.CRITICAL_MALFORMED, display(critical)))
    elif unknown := [name for name in critical if name != "b64"]:
        remarks.append(Remark(Note.CRITICAL_UNKNOWN, shown(", ".join(map(display, unknown)))))


def _read_payload(segment: str, header: Object | None, remarks: list[Remark]) -> Object | None:
    if not segment:
        remarks.append(Remark(Note.PAYLOAD_EMPTY))
        return None
    unencoded = header is not None and header.last().get("b64") is False
    try:
        if unencoded and segment.startswith("{"):
            data = segment.encode("utf-8", "surrogatepass")
        else:
            data = _unarmoured(segment, "payload", remarks)
        payload = _parse(data, "payload", remarks)
    except ValueError:
        remarks.append(Remark(Note.PAYLOAD_NOT_DECODABLE))
        return None
    if not isinstance(payload, Object):
        remarks.append(Remark(Note.PAYLOAD_NOT_AN_OBJECT, display(payload)))
        return None
    if not payload.members:
        remarks.append(Remark(Note.NO_CLAIMS))
    return payload


def _remark_on_signature(segment: str, remarks: list[Remark]) -> None:
    if not segment:
        remarks.append(Remark(Note.SIGNATURE_MISSING))
        return
    try:
        _unarmoured(segment, "signature", remarks)
    except ValueError:
        remarks.append(Remark(Note.SIGNATURE_NOT_DECODABLE))


_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")


def _unarmoured(segment: str, part: str, remarks: list[Remark]) -> bytes:
    """The bytes of a base64url text, also of a sloppy one. Raises ValueError."""
    digits = segment.rstrip("=").replace("+", "-").replace("/", "_")
    if not _BASE64URL.fullmatch(digits):
        raise ValueError
    data = base64.urlsafe_b64decode(digits + "=" * (-len(digits) % 4))
    if segment.endswith("="):
        remarks.append(Remark(Note.BASE64_PADDING, part))
    if "+" in segment or "/" in segment:
        remarks.append(Remark(Note.BASE64_ALPHABET, part))
    if base64.urlsafe_b64encode(data).decode().rstrip("=") != digits:
        remarks.append(Remark(Note.BASE64_SPARE_BITS, part))
    return data


def _parse(data: bytes, part: str, remarks: list[Remark]) -> Json:
    """The JSON value in ``data``, in any of its encodings. Raises ValueError."""
    try:
        reading = read(data, DEEPEST)
    except NestedTooDeeply:
        remarks.append(Remark(Note.NESTED_TOO_DEEPLY, part))
        raise
    if reading.encoding != "utf-8":
        remarks.append(Remark(Note.NOT_UTF_8, f"{part}: {reading.encoding}"))
    for note, found in (
        (Note.DUPLICATE_NAMES, reading.duplicates),
        (Note.NON_FINITE_NUMBER, reading.non_finite),
    ):
        if found:
            remarks.append(Remark(note, shown(f"{part}: {', '.join(found)}")))
    return reading.value


def _is_text(value: Json) -> bool:
    return isinstance(value, str) and not isinstance(value, Number)


def _indented(claims: Object) -> str:
    return "\n".join(map(escaped, written(claims, "\n").split("\n")))
