"""A secret is found in whatever form it was written down."""

import base64
import gzip
import html
import io
import json
import secrets
import uuid
import zipfile
import zlib
from urllib.parse import quote, urlencode

import pytest
from audit import packed
from audit.evidence import Evidence, Place, Secret
from audit.forms import Search

UUID = str(uuid.uuid4())
ODD = f"{secrets.token_hex(5)}\"'/é\\ü&%<{secrets.token_hex(5)}ñ'/{secrets.token_hex(6)}"
WIDTHS = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")


def base64_after(before, coder=base64.b64encode):
    return lambda text: coder(b"x" * before + text.encode() + b"and more").decode()


NOTATIONS = {
    "plain": lambda text: text,
    "JSON": json.dumps,
    "JSON with UTF-8": lambda text: json.dumps(text, ensure_ascii=False),
    "repr": repr,
    "ascii": ascii,
    "HTML": html.escape,
    "percent": lambda text: quote(text, safe=""),
    "percent but /": quote,
    "form": lambda text: urlencode({"key": text}),
    "\\u": lambda text: "".join(f"\\u{ord(each):04x}" for each in text),
    "\\U": lambda text: "".join(f"\\u{ord(each):04X}" for each in text),
    "hex": lambda text: text.encode().hex(),
    "HEX": lambda text: text.encode().hex().upper(),
    "hex of UTF-16": lambda text: text.encode("utf-16").hex(),
    "base64 of UTF-16": lambda text: base64.b64encode(text.encode("utf-16")).decode(),
    **{f"base64 after {n}": base64_after(n) for n in range(4)},
    **{f"base64url after {n}": base64_after(n, base64.urlsafe_b64encode) for n in range(4)},
    "first 16": lambda text: text[:16],
    "last 16": lambda text: text[-16:],
    "strace": lambda text: "".join(f"\\x{byte:02x}" for byte in text.encode()),
}


@pytest.fixture(scope="module", params=[UUID, ODD], ids=["a UUID", "odd characters"])
def secret(request):
    return request.param


@pytest.fixture(scope="module")
def search(secret):
    return Search([("it", secret), ("another", secrets.token_urlsafe(30))])


@pytest.mark.parametrize("encoding", WIDTHS)
@pytest.mark.parametrize("notation", NOTATIONS)
def test_a_secret_is_found_in_every_notation_and_encoding(secret, search, notation, encoding):
    text = f"something before {NOTATIONS[notation](secret)} and after"
    found = search(secrets.token_bytes(500) + text.encode(encoding) + bytes(500))
    assert {name for name, _ in found} == {"it"}


def test_a_secret_in_latin_1_is_found(secret, search):
    assert search(secret.encode("latin-1"))


def test_every_occurrence_counts(secret, search):
    assert search(f"{secret} {secret}".encode()).total() == 2 * search(secret.encode()).total()


def test_one_that_begins_within_a_false_beginning_is_found(secret, search):
    for length in range(1, 16):
        assert search((secret[:length] + secret).encode()), length


def test_what_is_no_secret_is_not_found(search):
    other = f"{uuid.uuid4()} {secrets.token_urlsafe(40)}"
    assert not search(other.encode() + secrets.token_bytes(100_000))


def zipped(text):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("name", text)
    return file.getvalue()


@pytest.mark.parametrize(
    "pack",
    [gzip.compress, zlib.compress, zipped, lambda text: zipped(gzip.compress(text))],
    ids=["gzip", "zlib", "zip", "gzip in zip"],
)
def test_what_is_compressed_is_inflated(pack, tmp_path, search, secret):
    file = tmp_path / "file"
    file.write_bytes(b"before" + pack(b"a text with " + secret.encode() * 2) + b"after")
    assert any(search(data) for _, data in packed.contents(file))


def test_what_was_lent_is_no_hit_and_a_missing_marker_is_told():
    evidence = Evidence()
    evidence.add(Place.WORDS, "shown", f"{UUID} {ODD}", lent=["key 1"])
    evidence.add(Place.OUTPUT, "stderr", "nothing")
    known = [Secret("a", "key 1", UUID), Secret("b", "key 2", ODD)]
    places = (Place.WORDS, Place.OUTPUT, Place.FILES)
    rows = evidence.searched(known, places, {Place.OUTPUT: "marker", Place.FILES: "marker"})
    assert set(rows[Place.WORDS].hits) == {"key 2"}
    assert rows[Place.OUTPUT].marked is False
    assert rows[Place.FILES].marked is False
