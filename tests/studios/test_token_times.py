"""Promises about the moments in a token: rows J1 to J4 of the fault table."""

import pytest
from studios.made_tokens import NOW, claim, detail, notes, token_of

from deepbrain_desktop.studios.decoded import (
    LONGEST_SHOWN,
    Entry,
    ExpiryNotStated,
    ExpiryStated,
    ExpiryUnreadable,
    Kind,
    Note,
)
from deepbrain_desktop.studios.token import decode
from deepbrain_desktop.studios.validity import issued_ahead


def test_j1_an_expiry_in_the_past_is_read_like_any_other():
    assert decode(token_of({"exp": NOW - 600})).expiry == ExpiryStated(NOW - 600)


def test_j2_a_token_without_expiry_states_none():
    decoded = decode(token_of({"iat": NOW}))
    assert decoded.expiry == ExpiryNotStated()
    assert decoded.remarks == ()


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ('"abc"', "abc"),
        ('""', ""),
        *((text, text) for text in ("[]", "{}", "null", "true", "false", "-5", "0", "1.5")),
        *((text, text) for text in ("1e400", "-1e400", "Infinity", "-Infinity", "NaN")),
        ("1" + "0" * 30, "1" + "0" * 30),
        ("253402300800", "253402300800"),
        ("253402300799.9999999", "253402300799.9999999"),
        ("-62135596801", "-62135596801"),
        ("3600", "3600"),
        ('"\\u202eexe"', "\\u202eexe"),
    ],
)
def test_j3_an_expiry_that_is_no_moment_is_quoted_not_guessed(written, told):
    decoded = decode(token_of(f'{{"exp":{written}}}'))
    assert decoded.kind is Kind.JWT
    assert decoded.expiry == ExpiryUnreadable(told)
    assert detail(decoded, Note.EXPIRY_UNREADABLE) == f"exp {told}"
    assert claim(decoded, "exp").value == told


@pytest.mark.parametrize("digits", ["9" * 5000, "1e" + "9" * 5000, "0." + "9" * 5000])
def test_j3_a_number_of_thousands_of_digits_is_cut_and_not_computed(digits):
    decoded = decode(token_of(f'{{"exp":{digits}}}'))
    assert isinstance(decoded.expiry, ExpiryUnreadable)
    assert decoded.expiry.value == digits[: LONGEST_SHOWN - 1] + "…"
    assert digits in (decoded.claims_json or "")


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("1795331052.5", 1_795_331_052.5),
        ("1.795331052e9", 1_795_331_052.0),
        ("946684800", 946_684_800.0),
        ("2147483648", 2_147_483_648.0),
        ("253402300799", 253_402_300_799.0),
    ],
)
def test_j3_fractions_exponents_2038_and_9999_are_moments(written, at):
    decoded = decode(token_of(f'{{"exp":{written}}}'))
    assert decoded.expiry == ExpiryStated(at)
    assert claim(decoded, "exp") == Entry("exp", written, at)


@pytest.mark.parametrize(
    ("zeros", "unit"), [(3, "milliseconds"), (6, "microseconds"), (9, "nanoseconds")]
)
def test_j3_another_unit_is_named_and_still_no_moment(zeros, unit):
    written = f"{NOW}{'0' * zeros}"
    decoded = decode(token_of(f'{{"exp":{written}}}'))
    assert decoded.expiry == ExpiryUnreadable(written)
    assert detail(decoded, Note.TIME_IN_ANOTHER_UNIT) == f"exp {written}, {unit}"


def test_j3_a_time_that_makes_sense_in_no_unit_is_said_to_be_in_none():
    for nonsense in (253402300800, NOW * 10**4, NOW * 10**7, NOW * 10**12):
        assert Note.TIME_IN_ANOTHER_UNIT not in notes(decode(token_of({"exp": nonsense})))


def test_j3_a_moment_written_as_text_is_named():
    decoded = decode(token_of({"exp": str(NOW)}))
    assert decoded.expiry == ExpiryUnreadable(str(NOW))
    assert Note.TIME_AS_TEXT in notes(decoded)
    assert Note.TIME_AS_TEXT not in notes(decode(token_of({"exp": "nan"})))


def test_j4_moments_in_the_future_are_read_and_left_to_the_clock():
    decoded = decode(token_of({"iat": NOW + 100, "nbf": NOW + 200, "exp": NOW + 300}))
    assert (decoded.issued_at, decoded.not_before) == (NOW + 100, NOW + 200)
    assert decoded.remarks == ()
    assert issued_ahead(decoded, NOW) == 100


def test_odd_iat_and_nbf_are_noted_and_do_not_hide_the_expiry():
    decoded = decode(token_of({"iat": "now", "nbf": [1], "exp": NOW}))
    assert (decoded.issued_at, decoded.not_before) == (None, None)
    assert decoded.expiry == ExpiryStated(NOW)
    assert detail(decoded, Note.ISSUED_AT_UNREADABLE) == "iat now"
    assert detail(decoded, Note.NOT_BEFORE_UNREADABLE) == "nbf [1]"


def test_nbf_zero_means_since_ever_and_is_not_odd():
    decoded = decode(token_of({"nbf": 0, "exp": NOW}))
    assert decoded.not_before == 0
    assert decoded.remarks == ()


@pytest.mark.parametrize("name", ["iat", "nbf"])
def test_an_expiry_not_after_its_start_is_noted(name):
    assert Note.EXPIRES_BEFORE_START in notes(decode(token_of({name: NOW, "exp": NOW})))
    assert Note.EXPIRES_BEFORE_START not in notes(decode(token_of({name: NOW, "exp": NOW + 1})))


@pytest.mark.parametrize("issued", [0, 3600, -1])
def test_an_iat_before_there_were_tokens_is_no_moment(issued):
    decoded = decode(token_of({"iat": issued, "exp": NOW}))
    assert decoded.issued_at is None
    assert detail(decoded, Note.ISSUED_AT_UNREADABLE) == f"iat {issued}"


def test_only_registered_names_with_numbers_are_moments():
    decoded = decode(
        token_of(
            {"auth_time": NOW, "updated_at": NOW + 0.5, "count": NOW, "nbf": True, "exp": str(NOW)}
        )
    )
    assert [entry.instant for entry in decoded.claims] == [NOW, NOW + 0.5, None, None, None]


def test_instants_reach_from_year_1_to_year_9999():
    for seconds, readable in (
        (-62_135_596_800, True),
        (-62_135_596_801, False),
        (253_402_300_799, True),
        (253_402_300_800, False),
    ):
        instant = claim(decode(token_of({"auth_time": seconds})), "auth_time").instant
        assert instant == (seconds if readable else None)
