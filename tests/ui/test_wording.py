"""Every cause has words of its own, plain and short enough for where they stand."""

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from deepbrain_desktop.session import state
from deepbrain_desktop.session.notices import Notice, NoticeKind
from deepbrain_desktop.session.state import Field, Problem, SessionError
from deepbrain_desktop.studios import errors
from deepbrain_desktop.studios.credentials import Flaw
from deepbrain_desktop.studios.errors import CertificateFlaw, StudiosError
from deepbrain_desktop.studios.exchange import Exchange
from deepbrain_desktop.studios.hints import Hint
from deepbrain_desktop.system.accounts_errors import Cause
from deepbrain_desktop.system.keychain_errors import KeychainBroken, KeychainError
from deepbrain_desktop.ui.wording import (
    describe_flaw,
    describe_hint,
    describe_key_problem,
    describe_notice,
    explain,
)

EXCHANGE = Exchange("https://host.example", 0.1, 200, 1000)
NOT_SAVED, UNKNOWN = NoticeKind.ACCOUNTS_NOT_SAVED, NoticeKind.ACCOUNT_UNKNOWN
STATUSES = (
    301, 400, 401, 402, 403, 404, 405, 408, 413, 415, 418, 422, 429, 500, 501, 502, 503, 504, 511
)  # fmt: skip
CODES = (4000, 4010, 4030, 4040, 4290, 5000, 1234)


def kinds_of(base: type) -> Iterator[type]:
    for each in base.__subclasses__():
        yield each
        yield from kinds_of(each)


def causes() -> Iterator[Problem]:
    """One of everything that can go wrong with a request."""
    made: dict[type, list[Problem]] = {
        errors.HttpFailed: [errors.HttpFailed(each, exchange=EXCHANGE) for each in STATUSES],
        errors.ServiceRefused: [errors.ServiceRefused(each, exchange=EXCHANGE) for each in CODES],
        errors.CertificateRejected: [
            errors.CertificateRejected(each, EXCHANGE) for each in CertificateFlaw
        ],
        errors.UnforeseenFailure: [errors.UnforeseenFailure("OddError", EXCHANGE)],
        KeychainBroken: [KeychainBroken("OddError")],
        state.HostNotTrusted: [state.HostNotTrusted("other.example")],
        state.Unforeseen: [state.Unforeseen("OddError")],
    }
    for kind in kinds_of(StudiosError):
        yield from made.get(kind) or [kind(EXCHANGE)]
    for base in (KeychainError, SessionError):
        for kind in kinds_of(base):
            yield from made.get(kind) or [kind()]


CAUSES = list(causes())


def test_there_is_one_of_every_kind() -> None:
    met = {type(each) for each in CAUSES}
    assert met == {
        *kinds_of(StudiosError),
        *kinds_of(KeychainError),
        *kinds_of(SessionError),
    }
    assert len(met) > 35


def test_no_two_causes_share_their_words() -> None:
    told: dict[tuple[str, str], str] = {}
    for each in CAUSES:
        words = explain(each)
        before = told.setdefault((words.headline, words.advice), each.reason)
        assert before == each.reason, (before, each.reason)


def test_no_two_causes_share_their_reason() -> None:
    reasons = [each.reason for each in CAUSES]
    # One cause, "some other certificate flaw", is the kind itself.
    assert len(set(reasons)) == len(reasons)


@pytest.mark.parametrize("cause", CAUSES, ids=lambda each: each.reason)
def test_the_words_are_plain_and_fit(cause) -> None:
    words = explain(cause)
    assert 5 < len(words.headline) <= 60
    assert 20 < len(words.advice) <= 130
    assert not words.headline.endswith(".")
    assert words.advice.endswith((".", ")."))
    for text in (words.headline, words.advice):
        assert_plain(text)


def assert_plain(text: str) -> None:
    assert text == text.strip()
    assert "  " not in text
    assert not set(text) & set("{}<>_\n\t\"'"), text
    assert all(unicodedata.category(each)[0] in "LNPZS" for each in text)
    lowered = text.lower()
    for word in ("error code", "exception", "invalid", "please", "oops", "null", "traceback"):
        assert word not in lowered, text


def test_without_a_request_the_host_is_called_the_service() -> None:
    assert explain(errors.NameNotFound()).headline == "Can’t find the service"


def test_every_flaw_has_words_that_fit_beside_its_field() -> None:
    told = [describe_flaw(Field.APP_ID, each) for each in Flaw]
    assert len(set(told)) == len(told)
    for each in told:
        assert len(each) <= 64
        assert_plain(each)
    assert len({describe_flaw(field, Flaw.EMPTY) for field in Field}) == len(Field)


def test_every_hint_has_words_of_its_own_and_does_not_forbid() -> None:
    told = [describe_hint(each) for each in Hint]
    assert len(set(told)) == len(told)
    for each in told:
        assert len(each) <= 60
        assert "must" not in each
        assert_plain(each)


@pytest.mark.parametrize("removing", [True, False])
def test_every_problem_with_a_key_fits_on_one_line(removing) -> None:
    told = set()
    problems = [each for each in CAUSES if isinstance(each, KeychainError)]
    for each in problems:
        words = describe_key_problem(each, removing=removing)
        assert words.startswith("Key NOT removed" if removing else "Not saved")
        assert each.reason in words
        assert len(words) <= 130
        told.add(words)
    assert len(told) == len(problems)


def test_every_notice_has_words_of_its_own_and_names_the_file() -> None:
    kinds = [each for each in NoticeKind if each not in (NOT_SAVED, UNKNOWN)]
    of_files = [Notice(kind, Path("accounts.json")) for kind in kinds]
    of_causes = [Notice(NOT_SAVED, cause=cause) for cause in Cause]
    notices = [*of_files, *of_causes, Notice(UNKNOWN, name="n" * 500)]
    told = [describe_notice(each) for each in notices]
    assert len(set(told)) == len(notices)
    for notice, (headline, advice) in zip(notices, told, strict=True):
        assert ("accounts.json" in advice) is (notice.path is not None)
        assert 5 < len(headline) <= 60
        assert not headline.endswith(".")
        assert 20 < len(advice) <= 130
        assert advice.endswith(".")
        assert_plain(headline)
        assert_plain(advice)
