"""Tokens made by hand, odd ones above all, and what was read of them."""

import base64
import json

from deepbrain_desktop.studios.decoded import DecodedToken, Entry, Note

NOW = 1_795_331_052
HEADER = {"alg": "HS256", "typ": "JWT"}


def armoured(content: object) -> str:
    """base64url without padding of bytes, of a text, or of anything else as JSON."""
    if not isinstance(content, (bytes, str)):
        content = json.dumps(content)
    if isinstance(content, str):
        content = content.encode("utf-8", "surrogatepass")
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def token_of(payload: object, header: object = HEADER, signature: object = b"signature") -> str:
    """Three parts, each armoured."""
    return ".".join(map(armoured, (header, payload, signature)))


def notes(decoded: DecodedToken) -> set[Note]:
    return {remark.note for remark in decoded.remarks}


def detail(decoded: DecodedToken, note: Note) -> str:
    return next(remark.detail for remark in decoded.remarks if remark.note is note)


def claim(decoded: DecodedToken, name: str) -> Entry:
    return next(entry for entry in decoded.claims if entry.name == name)
