"""Promises of the token reader: rows J5 to J11 of the fault table, and what a person pastes."""

import json
import uuid

import jwt
import pytest
from studios.made_tokens import HEADER, NOW, armoured, claim, detail, notes, token_of

from deepbrain_desktop.studios.decoded import (
    Entry,
    ExpiryStated,
    Kind,
    Note,
    Remark,
)
from deepbrain_desktop.studios.token import DEEPEST, decode


def test_a_signed_token_is_read_whole_and_in_order_without_remarks():
    claims = {"appId": "studiov3.qa@example.com", "iat": NOW, "exp": NOW + 3600, "jti": "한글"}
    token = jwt.encode(claims, uuid.uuid4().hex, algorithm="HS256", headers={"kid": "a"})
    decoded = decode(token)
    assert decoded.kind is Kind.JWT
    assert {(entry.name, entry.value) for entry in decoded.header} == {
        ("alg", "HS256"),
        ("typ", "JWT"),
        ("kid", "a"),
    }
    assert decoded.claims == (
        Entry("appId", "studiov3.qa@example.com"),
        Entry("iat", str(NOW), float(NOW)),
        Entry("exp", str(NOW + 3600), NOW + 3600.0),
        Entry("jti", "한글"),
    )
    assert decoded.remarks == ()
    assert decoded.expiry == ExpiryStated(NOW + 3600)
    assert decoded.issued_at == NOW
    assert decoded.not_before is None


# J5, J7: the header


@pytest.mark.parametrize(
    ("header", "note"),
    [
        ({"alg": "none"}, Note.ALGORITHM_NONE),
        ({"alg": "NoNe"}, Note.ALGORITHM_NONE),
        ({"typ": "JWT"}, Note.ALGORITHM_MISSING),
        ({"alg": "XX999"}, Note.ALGORITHM_UNKNOWN),
        ({"alg": 7}, Note.ALGORITHM_NOT_TEXT),
        ({"alg": None}, Note.ALGORITHM_NOT_TEXT),
        ({"alg": {}}, Note.ALGORITHM_NOT_TEXT),
        ({"alg": "RS256", "kid": 42}, Note.KEY_ID_NOT_TEXT),
        ({"alg": "RS256", "crit": ["x"], "x": 1}, Note.CRITICAL_UNKNOWN),
        ({"alg": "RS256", "crit": []}, Note.CRITICAL_MALFORMED),
        ({"alg": "RS256", "crit": [[]]}, Note.CRITICAL_MALFORMED),
        ({"alg": "RS256", "crit": "b64"}, Note.CRITICAL_MALFORMED),
        ({"alg": "RS256", "zip": "DEF"}, Note.PAYLOAD_COMPRESSED),
        ({"alg": "RS256", "cty": "JWT"}, Note.PAYLOAD_IS_JWT),
    ],
)
def test_j5_an_odd_header_is_shown_and_noted_and_costs_no_claim(header, note):
    decoded = decode(token_of({"exp": NOW}, header))
    assert decoded.kind is Kind.JWT
    assert [entry.name for entry in decoded.header] == list(header)
    assert decoded.expiry == ExpiryStated(NOW)
    assert note in notes(decoded)


@pytest.mark.parametrize("algorithm", ["RS256", "PS512", "ES256K", "EdDSA"])
def test_j5_registered_algorithms_are_not_odd(algorithm):
    assert decode(token_of({"exp": NOW}, {"alg": algorithm})).remarks == ()


@pytest.mark.parametrize("header", [{"alg": "RS256", "kid": 42}, {"alg": "RS256", "crit": ["x"]}])
def test_what_pyjwt_refuses_is_shown_all_the_same(header):
    decoded = decode(token_of({"exp": NOW}, header))
    with pytest.raises(jwt.PyJWTError):
        jwt.decode_complete(token_of({}, header), options={"verify_signature": False})
    assert decoded.kind is Kind.JWT
    assert decoded.expiry == ExpiryStated(NOW)


def test_j7_a_payload_that_is_not_encoded_is_read_as_it_stands():
    header = {"alg": "HS256", "b64": False, "crit": ["b64"]}
    decoded = decode(f'{armoured(header)}.{{"exp":{NOW}}}.{armoured(b"s")}')
    assert decoded.kind is Kind.JWT
    assert decoded.expiry == ExpiryStated(NOW)
    assert Note.PAYLOAD_NOT_ENCODED in notes(decoded)
    assert Note.CRITICAL_UNKNOWN not in notes(decoded)


def test_j7_a_payload_that_is_encoded_although_the_header_denies_it_is_read():
    decoded = decode(token_of({"exp": NOW}, {"alg": "HS256", "b64": False}))
    assert decoded.expiry == ExpiryStated(NOW)
    assert Note.PAYLOAD_NOT_ENCODED in notes(decoded)


# J8 to J11: form


def test_j8_one_part_is_opaque():
    decoded = decode(armoured(HEADER))
    assert decoded.kind is Kind.OPAQUE
    assert decoded.remarks == (Remark(Note.WRONG_NUMBER_OF_PARTS, "1"),)


@pytest.mark.parametrize("count", [2, 4, 6])
def test_j8_other_numbers_of_parts_are_read_as_far_as_they_go(count):
    token = ".".join([armoured(HEADER), armoured({"exp": NOW}), *["AAAA"] * (count - 2)])
    decoded = decode(token)
    assert decoded.kind is Kind.PARTIAL
    assert decoded.expiry == ExpiryStated(NOW)
    assert detail(decoded, Note.WRONG_NUMBER_OF_PARTS) == str(count)


def test_j8_five_parts_are_an_encrypted_token_of_which_the_header_shows():
    header = {"alg": "RSA-OAEP-256", "enc": "A256GCM"}
    decoded = decode(".".join([armoured(header), "AAAA", "AAAA", "AAAA", "AAAA"]))
    assert decoded.kind is Kind.ENCRYPTED
    assert [entry.value for entry in decoded.header] == ["RSA-OAEP-256", "A256GCM"]
    assert decoded.claims == ()
    assert decoded.claims_json is None
    assert notes(decoded) == {Note.ENCRYPTED}


@pytest.mark.parametrize(
    ("change", "note"),
    [
        (lambda part: part + "=" * (-len(part) % 4), Note.BASE64_PADDING),
        (lambda part: part.replace("-", "+").replace("_", "/"), Note.BASE64_ALPHABET),
        (lambda part: part[:-1] + chr(ord(part[-1]) + 1), Note.BASE64_SPARE_BITS),
    ],
)
def test_j9_sloppy_base64_is_read_and_noted(change, note):
    payload = armoured({"exp": NOW, "text": "??>>~~ÿÿ"})
    assert len(payload) % 4
    assert set("-_") & set(payload)
    decoded = decode(f"{armoured(HEADER)}.{change(payload)}.AAAA")
    assert decoded.kind is Kind.JWT
    assert decoded.expiry == ExpiryStated(NOW)
    assert detail(decoded, note) == "payload"


@pytest.mark.parametrize("part", ["é", "A", "e30!", "AAAAA", "%%%", "\ud800", "e3\u200b0"])
def test_j9_what_is_no_base64_cannot_be_decoded_and_costs_only_its_part(part):
    payload = decode(f"{armoured(HEADER)}.{part}.AAAA")
    assert payload.kind is Kind.PARTIAL
    assert Note.PAYLOAD_NOT_DECODABLE in notes(payload)
    assert payload.header
    header = decode(f"{part}.{armoured({'exp': NOW})}.AAAA")
    assert header.kind is Kind.PARTIAL
    assert Note.HEADER_NOT_DECODABLE in notes(header)
    assert header.expiry == ExpiryStated(NOW)
    signature = decode(f"{armoured(HEADER)}.{armoured({'exp': NOW})}.{part}")
    assert signature.kind is Kind.JWT
    assert Note.SIGNATURE_NOT_DECODABLE in notes(signature)


@pytest.mark.parametrize("payload", ["[1]", '"text"', "7", "null", "true"])
def test_j10_a_payload_that_is_no_object_is_quoted(payload):
    decoded = decode(token_of(payload))
    assert decoded.kind is Kind.PARTIAL
    assert detail(decoded, Note.PAYLOAD_NOT_AN_OBJECT) == payload.strip('"')
    assert decoded.claims_json is None
    header = decode(token_of({"exp": NOW}, header=payload))
    assert detail(header, Note.HEADER_NOT_AN_OBJECT) == payload.strip('"')


@pytest.mark.parametrize(
    "payload", [b'{"a":"\xff"}', b"{", b"{}x", b"\x00", b"{'a':1}", b"\xff\xfe"]
)
def test_j10_a_payload_that_is_no_json_cannot_be_decoded(payload):
    decoded = decode(token_of(payload))
    assert decoded.kind is Kind.PARTIAL
    assert notes(decoded) == {Note.PAYLOAD_NOT_DECODABLE}


def test_j10_no_payload_and_no_claims_are_told_apart():
    assert Note.PAYLOAD_EMPTY in notes(decode(token_of(b"")))
    empty = decode(token_of({}))
    assert empty.kind is Kind.JWT
    assert notes(empty) == {Note.NO_CLAIMS}
    assert empty.claims_json == "{}"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32-be", "utf-8-sig"])
def test_j10_other_encodings_are_read_and_noted(encoding):
    decoded = decode(token_of(json.dumps({"exp": NOW, "a": "한"}).encode(encoding)))
    assert decoded.expiry == ExpiryStated(NOW)
    assert claim(decoded, "a").value == "한"
    assert detail(decoded, Note.NOT_UTF_8) == f"payload: {encoding}"


def test_j10_half_characters_are_read_as_pyjwt_reads_them():
    decoded = decode(token_of(b'{"a":"\xed\xa0\x80"}'))
    assert decoded.claims == (Entry("a", "\\ud800"),)
    assert decoded.remarks == ()


@pytest.mark.parametrize("opening", ["[", '{"a":', '"\\"'])
def test_j11_bottomless_parts_cannot_be_decoded(opening):
    bottomless = armoured(opening * (9_000 // len(opening)))
    for token in (f"{armoured(HEADER)}.{bottomless}.AAAA", f"{bottomless}.{armoured({})}.AAAA"):
        decoded = decode(token)
        assert decoded.kind is Kind.PARTIAL
        assert notes(decoded) & {Note.PAYLOAD_NOT_DECODABLE, Note.HEADER_NOT_DECODABLE}
        assert (Note.NESTED_TOO_DEEPLY in notes(decoded)) == (opening != '"\\"')


def test_j11_a_text_100_000_levels_deep_is_too_long_to_be_read():
    assert notes(decode(token_of("[" * 100_000))) == {Note.TOO_LONG}


def test_j11_nesting_is_read_down_to_the_limit_and_no_further():
    deep = '{"a":' + "[" * (DEEPEST - 1) + "]" * (DEEPEST - 1) + "}"
    decoded = decode(token_of(deep))
    assert decoded.kind is Kind.JWT
    assert json.loads(decoded.claims_json or "") == json.loads(deep)
    assert Note.NESTED_TOO_DEEPLY in notes(decode(token_of(deep.replace("[]", "[[]]"))))


def test_brackets_in_texts_and_side_by_side_are_no_nesting():
    assert decode(token_of({"a": '[{"' * 300, "\\": "\\["})).remarks == ()
    assert decode(token_of({"a": [[], {}] * (2 * DEEPEST)})).remarks == ()


# What a person pastes


@pytest.mark.parametrize(
    ("before", "after", "note"),
    [
        ("Bearer ", "", Note.BEARER_PREFIX),
        ("Authorization: bearer ", "", Note.BEARER_PREFIX),
        (" \t", "\r\n", Note.WHITE_SPACE),
    ],
)
def test_what_stands_around_a_token_is_noted_and_left_out(before, after, note):
    token = token_of({"exp": NOW})
    decoded = decode(before + token + after)
    assert notes(decoded) == {note}
    assert decoded.expiry == ExpiryStated(NOW)


def test_a_wrapped_token_is_read():
    token = token_of({"exp": NOW})
    decoded = decode("\n".join(token[at : at + 16] for at in range(0, len(token), 16)))
    assert decoded.kind is Kind.JWT
    assert notes(decoded) == {Note.WHITE_SPACE}


def test_a_missing_signature_is_noted():
    assert Note.SIGNATURE_MISSING in notes(decode(token_of({"exp": NOW}, signature=b"")))


def test_a_name_that_stands_twice_is_shown_twice_and_the_last_one_counts():
    decoded = decode(token_of(f'{{"exp":1,"exp":{NOW},"a":{{"b":1,"b":2}}}}'))
    assert [entry.value for entry in decoded.claims] == ["1", str(NOW), '{"b":1,"b":2}']
    assert decoded.expiry == ExpiryStated(NOW)
    assert detail(decoded, Note.DUPLICATE_NAMES) == "payload: b, exp"
    assert (decoded.claims_json or "").count('"exp"') == 2


def test_numbers_stay_as_they_were_written():
    numbers = ["1.10", "1E5", "-0", "1e400", "NaN", "12345678901234567890.000"]
    decoded = decode(token_of('{"n":[' + ",".join(numbers) + "]}"))
    assert claim(decoded, "n").value == "[" + ",".join(numbers) + "]"
    assert detail(decoded, Note.NON_FINITE_NUMBER) == "payload: 1e400, NaN"
    assert all(number in (decoded.claims_json or "") for number in numbers)


def test_claims_are_copied_as_indented_json():
    decoded = decode(token_of({"b": {"c": [1, "é"], "d": []}, "a": None}))
    assert decoded.claims_json == (
        '{\n  "b": {\n    "c": [\n      1,\n      "é"\n    ],\n    "d": []\n  },\n  "a": null\n}'
    )
