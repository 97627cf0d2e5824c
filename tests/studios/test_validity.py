"""Promises of the clock: which state a token is in at each moment, to the second and beyond."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from deepbrain_desktop.studios.decoded import (
    DecodedToken,
    Expiry,
    ExpiryNotStated,
    ExpiryStated,
    ExpiryUnreadable,
    Kind,
)
from deepbrain_desktop.studios.validity import (
    Expired,
    Expiring,
    ExpiryNotReadable,
    LifetimeUnknown,
    NotYetValid,
    Opaque,
    Valid,
    ends_at,
    issued_ahead,
    next_change,
    validity,
)

START = 1_795_331_052.0
HOUR = 3600.0


def readable(
    exp: float | None = None,
    iat: float | None = START,
    nbf: float | None = None,
    expiry: Expiry | None = None,
) -> DecodedToken:
    if expiry is None:
        expiry = ExpiryNotStated() if exp is None else ExpiryStated(exp)
    return DecodedToken(Kind.JWT, expiry=expiry, not_before=nbf, issued_at=iat, claims_json="{}")


def test_a_fresh_token_is_valid_for_its_whole_lifetime():
    assert validity(readable(START + HOUR), START, START) == Valid(HOUR, 1.0)


def test_half_way_half_is_left():
    assert validity(readable(START + HOUR), START + HOUR / 2, START) == Valid(HOUR / 2, 0.5)


@pytest.mark.parametrize(
    ("lifetime", "window"),
    [(60.0, 6.0), (1000.0, 100.0), (3000.0, 300.0), (HOUR, 300.0), (86_400.0, 300.0)],
)
def test_the_last_tenth_but_at_most_five_minutes_is_expiring(lifetime, window):
    decoded = readable(START + lifetime)
    just_before = validity(decoded, START + lifetime - window - 0.001, START)
    assert isinstance(just_before, Valid)
    assert validity(decoded, START + lifetime - window, START) == Expiring(
        window, window / lifetime
    )
    assert isinstance(validity(decoded, START + lifetime - 0.001, START), Expiring)


def test_the_expiry_itself_is_expired():
    decoded = readable(START + HOUR)
    assert validity(decoded, START + HOUR, START) == Expired(0.0)
    assert validity(decoded, START + HOUR + 90, START) == Expired(90.0)


def test_the_lifetime_begins_on_arrival_where_iat_is_missing_or_later():
    for iat in (None, START + 5):
        decoded = readable(START + 1000, iat=iat)
        assert validity(decoded, START + 500, START) == Valid(500.0, 0.5)
        assert isinstance(validity(decoded, START + 900, START), Expiring)


def test_a_token_issued_long_before_it_arrived_shows_what_is_left_of_it():
    assert validity(readable(START + 1000), START + 750, START + 750) == Valid(250.0, 0.25)


def test_a_token_that_arrived_expired_is_expired():
    assert validity(readable(START + 10), START + 20, START + 20) == Expired(10.0)


def test_a_clock_set_back_leaves_no_more_than_the_whole():
    decoded = readable(START + 100)
    assert validity(decoded, START - 50, START) == Valid(150.0, 1.0)
    late = readable(START - 10, iat=None)
    assert validity(late, START - 20, START) == Valid(10.0, 1.0)
    assert next_change(late, START - 20, START) == 10.0


def test_before_nbf_a_token_is_not_yet_valid_and_from_then_on_it_is():
    decoded = readable(START + HOUR, nbf=START + 600)
    assert validity(decoded, START, START) == NotYetValid(600.0)
    assert isinstance(validity(decoded, START + 599.999, START), NotYetValid)
    assert validity(decoded, START + 600, START) == Valid(3000.0, 3000 / HOUR)


def test_what_is_over_is_over_even_before_it_began():
    decoded = readable(START + 10, nbf=START + 600)
    assert validity(decoded, START + 10, START) == Expired(0.0)
    assert next_change(decoded, START, START) == 10.0


def test_issued_in_the_future_is_a_hint_and_no_state():
    decoded = readable(START + HOUR, iat=START + 60)
    assert isinstance(validity(decoded, START, START), Valid)
    assert issued_ahead(decoded, START) == 60.0
    assert issued_ahead(decoded, START + 60) is None
    assert issued_ahead(readable(iat=None), START) is None


def test_without_expiry_the_lifetime_is_unknown_for_ever():
    assert validity(readable(), START, START) == LifetimeUnknown()
    assert next_change(readable(), START, START) is None
    assert ends_at(readable()) is None


def test_without_expiry_nbf_still_counts():
    decoded = readable(nbf=START + 60)
    assert validity(decoded, START, START) == NotYetValid(60.0)
    assert next_change(decoded, START, START) == 60.0
    assert validity(decoded, START + 60, START) == LifetimeUnknown()


def test_an_expiry_that_is_no_moment_is_quoted():
    decoded = readable(expiry=ExpiryUnreadable("abc"))
    assert validity(decoded, START, START) == ExpiryNotReadable("abc")
    assert next_change(decoded, START, START) is None
    assert ends_at(decoded) is None


@pytest.mark.parametrize("kind", [Kind.OPAQUE, Kind.ENCRYPTED, Kind.PARTIAL])
def test_without_claims_a_token_is_opaque(kind):
    assert validity(DecodedToken(kind), START, START) == Opaque()
    assert next_change(DecodedToken(kind), START, START) is None


@pytest.mark.parametrize("end", [2_147_483_648.0, 4_294_967_296.0, 253_402_300_799.0])
def test_ends_past_2038_up_to_9999_count_like_any_other(end):
    decoded = readable(end)
    assert ends_at(decoded) == end
    assert validity(decoded, START, START) == Valid(end - START, 1.0)
    assert isinstance(validity(decoded, end - 300, START), Expiring)
    assert isinstance(validity(decoded, end - 301, START), Valid)
    assert validity(decoded, end, START) == Expired(0.0)


def test_ends_before_1970_are_long_over():
    assert validity(readable(-5.0), START, START) == Expired(START + 5)
    assert isinstance(validity(readable(-62_135_596_800.0), START, START), Expired)


def test_a_clock_before_1970_counts_too():
    assert validity(readable(-100.0, iat=-1100.0), -600.0, -1100.0) == Valid(500.0, 0.5)


def test_each_state_says_when_the_next_one_comes():
    decoded = readable(START + HOUR, nbf=START + 600)
    moments, kinds, now = [], [type(validity(decoded, START, START))], START
    while (wait := next_change(decoded, now, START)) is not None:
        now += wait
        moments.append(now - START)
        kinds.append(type(validity(decoded, now, START)))
    assert moments == [600.0, 3300.0, 3600.0]
    assert kinds == [NotYetValid, Valid, Expiring, Expired]


near = st.integers(-10_000, 10_000).map(lambda quarters: START + quarters / 4)


@settings(max_examples=300)
@given(
    st.builds(readable, near, st.none() | near, st.none() | near), near, near, st.floats(0, 0.99)
)
def test_nothing_changes_before_the_next_change_and_something_does_then(decoded, now, since, share):
    kind = type(validity(decoded, now, since))
    wait = next_change(decoded, now, since)
    if wait is None:
        assert kind is Expired
        return
    assert wait > 0
    assert type(validity(decoded, now + wait + 0.001, since)) is not kind
    assume(wait > 0.001)
    assert type(validity(decoded, now + (wait - 0.001) * share, since)) is kind


@settings(max_examples=300)
@given(near, st.none() | near, near, near)
def test_the_share_that_is_left_lies_between_nothing_and_all(exp, iat, now, since):
    state = validity(readable(exp, iat), now, since)
    if isinstance(state, Valid | Expiring):
        assert 0 < state.fraction <= 1
        assert state.left == exp - now
