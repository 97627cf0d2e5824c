"""What a session token says, as values that are safe to show and hold nothing to check it with."""

import unicodedata
from dataclasses import dataclass, field
from enum import Enum

LONGEST_SHOWN = 300
"""Characters of one text on the screen."""

EARLIEST_INSTANT = -62_135_596_800.0
"""0001-01-01T00:00:00Z in epoch seconds: the first moment ``datetime`` can show."""
END_OF_INSTANTS = 253_402_300_800.0
"""10000-01-01T00:00:00Z in epoch seconds: the first moment it cannot show any more."""


class Note(Enum):
    """One odd thing about a token that a person should know; never an error."""

    # The text as a whole
    TOO_LONG = "too long to be read"
    WHITE_SPACE = "white space in or around the token"
    BEARER_PREFIX = "the word Bearer before the token"
    WRONG_NUMBER_OF_PARTS = "not three parts"
    ENCRYPTED = "five parts: an encrypted token (JWE, RFC 7516)"

    # One part; ``detail`` begins with header, payload or signature
    BASE64_PADDING = "base64 padding, which RFC 7515 forbids"
    BASE64_ALPHABET = "plus or slash, which base64url does not have"
    BASE64_SPARE_BITS = "bits at the end that belong to no byte"
    NOT_UTF_8 = "text in another encoding than UTF-8"
    NESTED_TOO_DEEPLY = "lists or objects nested too deeply"
    DUPLICATE_NAMES = "a name twice in one object; the last one counts"
    NON_FINITE_NUMBER = "NaN, an infinity or a number too large for arithmetic"
    HEADER_NOT_DECODABLE = "header is not base64url of JSON"
    HEADER_NOT_AN_OBJECT = "header is JSON, but not an object"
    PAYLOAD_EMPTY = "no payload (detached content)"
    PAYLOAD_NOT_DECODABLE = "payload is not base64url of JSON"
    PAYLOAD_NOT_AN_OBJECT = "payload is JSON, but not an object"
    NO_CLAIMS = "payload is an empty object"
    SIGNATURE_MISSING = "no signature"
    SIGNATURE_NOT_DECODABLE = "signature is not base64url"

    # The header
    ALGORITHM_MISSING = "alg missing"
    ALGORITHM_NOT_TEXT = "alg is not a text"
    ALGORITHM_NONE = "alg is none: nobody signed this"
    ALGORITHM_UNKNOWN = "alg is not a registered signature algorithm"
    KEY_ID_NOT_TEXT = "kid is not a text"
    CRITICAL_UNKNOWN = "crit demands an extension not known here"
    CRITICAL_MALFORMED = "crit is not a list of texts with at least one entry"
    PAYLOAD_NOT_ENCODED = "b64 is false: payload stands as it is (RFC 7797)"
    PAYLOAD_COMPRESSED = "zip: payload is compressed"
    PAYLOAD_IS_JWT = "cty: payload is a token itself"

    # The claims; ``detail`` is the claim's name and value
    EXPIRY_UNREADABLE = "exp is no moment"
    ISSUED_AT_UNREADABLE = "iat is no moment"
    NOT_BEFORE_UNREADABLE = "nbf is no moment"
    TIME_IN_ANOTHER_UNIT = "a time that makes sense in another unit than seconds"
    TIME_AS_TEXT = "a time written as a text"
    EXPIRES_BEFORE_START = "exp is not after iat or nbf"


@dataclass(frozen=True, slots=True)
class Remark:
    """A note about one token."""

    note: Note
    detail: str = field(default="", repr=False)
    """What it is about (a part, a claim's name and value, a number of parts): safe to show."""


class Kind(Enum):
    """How much of a token can be read."""

    JWT = "jwt"
    """Three parts, header and payload readable."""
    PARTIAL = "partial"
    """Header or payload readable, but not a proper JWT."""
    ENCRYPTED = "encrypted"
    """Five parts of which only the header is readable."""
    OPAQUE = "opaque"
    """Nothing is readable, which is no fault."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One claim, or one header parameter, in the order and number received."""

    name: str
    """Safe to show."""
    value: str = field(repr=False)
    """Safe to show: a text as it is, anything else as JSON on one line."""
    instant: float | None = None
    """Epoch seconds, where the name is registered as a moment and the value is one."""


@dataclass(frozen=True, slots=True)
class ExpiryStated:
    """The token ends at ``at``, in epoch seconds."""

    at: float


@dataclass(frozen=True, slots=True)
class ExpiryNotStated:
    """There is no ``exp``, or no claims could be read at all."""


@dataclass(frozen=True, slots=True)
class ExpiryUnreadable:
    """There is an ``exp`` that is no moment; ``value`` is safe to show."""

    value: str = field(repr=False)


Expiry = ExpiryStated | ExpiryNotStated | ExpiryUnreadable


@dataclass(frozen=True, slots=True)
class DecodedToken:
    """What could be read of a token. Its signature was not checked. repr shows no content."""

    kind: Kind
    header: tuple[Entry, ...] = field(default=(), repr=False)
    claims: tuple[Entry, ...] = field(default=(), repr=False)
    remarks: tuple[Remark, ...] = ()
    expiry: Expiry = ExpiryNotStated()
    not_before: float | None = None
    """``nbf`` in epoch seconds."""
    issued_at: float | None = None
    """``iat`` in epoch seconds."""
    claims_json: str | None = field(default=None, repr=False)
    """The claims as received, indented; None where they could not be read."""


_AS_EMOJI = "\ufe0f"
_BLANK_LETTERS = frozenset(
    chr(code)
    for first, last in (
        (0x034F, 0x034F),  # Unicode's Default_Ignorable_Code_Point, where it is not Cf or Cn,
        (0x115F, 0x1160),  # which str.isprintable refuses already
        (0x17B4, 0x17B5),
        (0x180B, 0x180F),
        (0x2800, 0x2800),  # and the Braille pattern without dots
        (0x3164, 0x3164),
        (0xFE00, 0xFE0F),
        (0xFFA0, 0xFFA0),
        (0xE0100, 0xE01EF),
    )
    for code in range(first, last + 1)
)


def escaped(text: str) -> str:
    r"""``text`` with every character that cannot be seen, or that reorders others, as \\uXXXX.

    Characters beyond U+FFFF become two of them, as in JSON. Every white space but U+0020 counts
    as one that cannot be seen. What has the symbol before it drawn as an emoji is seen by that.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_pieces(text))


def shown(text: str) -> str:
    """``text`` escaped, and cut at LONGEST_SHOWN characters with an ellipsis at the end."""
    pieces = _pieces(text[: LONGEST_SHOWN + 1])
    length = sum(map(len, pieces))
    if length <= LONGEST_SHOWN:
        return "".join(pieces)
    while length >= LONGEST_SHOWN:
        length -= len(pieces.pop())
    return "".join(pieces) + "…"


def _pieces(text: str) -> list[str]:
    befores = f" {text}"
    return [_escaped_character(*pair) for pair in zip(text, befores, strict=False)]


def _escaped_character(character: str, before: str) -> str:
    if character.isprintable() and character not in _BLANK_LETTERS:
        return character
    if character == _AS_EMOJI and unicodedata.category(before) == "So":
        return character
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
