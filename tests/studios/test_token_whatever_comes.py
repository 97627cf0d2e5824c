"""No text whatsoever is an error, and what is read of it fits together."""

import json

import jwt
from hypothesis import given, settings
from hypothesis import strategies as st
from studios.made_tokens import NOW, armoured, notes, token_of

from deepbrain_desktop.studios.decoded import (
    LONGEST_SHOWN,
    DecodedToken,
    ExpiryNotStated,
    ExpiryUnreadable,
    Kind,
    Note,
)
from deepbrain_desktop.studios.token import decode
from deepbrain_desktop.studios.validity import ends_at, next_change, validity

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=8)
    | st.sampled_from([NOW, NOW * 1000, 10**30, 253402300800, -5]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(), max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)
headers = st.dictionaries(
    st.sampled_from(["alg", "typ", "kid", "crit", "b64", "zip", "cty", "enc"]), json_values
)
claim_sets = st.dictionaries(
    st.sampled_from(["exp", "iat", "nbf", "sub", "auth_time", "x"]), json_values
)
odd_parts = st.one_of(
    headers.map(armoured),
    claim_sets.map(armoured),
    json_values.map(armoured),
    st.binary(max_size=40).map(armoured),
    st.text(max_size=20),
    claim_sets.map(lambda claims: armoured(json.dumps(claims).encode("utf-16"))),
)
jwts = st.builds(token_of, claim_sets, headers, st.binary(max_size=8))


@st.composite
def mutated_tokens(draw: st.DrawFn) -> str:
    token = draw(jwts)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(token)))
        cut = draw(st.integers(0, 3))
        token = (
            token[:at] + draw(st.text(max_size=3) | st.sampled_from(".=+/ ")) + token[at + cut :]
        )
    return token


def check(decoded: DecodedToken) -> None:
    entries = decoded.header + decoded.claims
    texts = [text for entry in entries for text in (entry.name, entry.value)]
    texts += [remark.detail for remark in decoded.remarks]
    assert all(len(text) <= LONGEST_SHOWN and text.isprintable() for text in texts)
    assert len(decoded.remarks) == len(set(decoded.remarks))

    readable = decoded.claims_json is not None
    assert readable or not decoded.claims
    assert all(line.isprintable() for line in (decoded.claims_json or "").split("\n"))
    match decoded.kind:
        case Kind.JWT:
            assert readable
        case Kind.PARTIAL:
            assert decoded.header or readable or decoded.remarks
        case Kind.ENCRYPTED:
            assert not readable
        case Kind.OPAQUE:
            assert not entries
            assert not readable
            assert decoded.remarks

    last = {entry.name: entry for entry in decoded.claims}
    unreadable = isinstance(decoded.expiry, ExpiryUnreadable)
    assert unreadable == (Note.EXPIRY_UNREADABLE in notes(decoded))
    assert isinstance(decoded.expiry, ExpiryNotStated) == ("exp" not in last)
    for name, moment in (
        ("exp", ends_at(decoded)),
        ("iat", decoded.issued_at),
        ("nbf", decoded.not_before),
    ):
        assert moment is None or moment == last[name].instant
    validity(decoded, NOW, NOW)
    next_change(decoded, NOW, NOW)


@settings(max_examples=300)
@given(st.text(max_size=200) | st.lists(odd_parts, max_size=6).map(".".join))
def test_no_text_is_an_error_and_what_is_read_fits_together(token):
    check(decode(token))


@settings(max_examples=300)
@given(mutated_tokens())
def test_no_damaged_token_is_an_error(token):
    check(decode(token))


@settings(max_examples=300)
@given(jwts)
def test_what_pyjwt_reads_is_read_alike(token):
    decoded = decode(token)
    check(decoded)
    try:
        strict = jwt.decode_complete(token, options={"verify_signature": False})
    except jwt.PyJWTError:
        return
    assert decoded.kind is Kind.JWT
    assert repr(json.loads(decoded.claims_json or "")) == repr(strict["payload"])
    assert [entry.name for entry in decoded.header] == list(strict["header"])
