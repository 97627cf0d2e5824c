"""Ask AI Studios for a session token.

From a script::

    from deepbrain_desktop.studios.client import StudiosClient
    from deepbrain_desktop.studios.credentials import Credentials

    credentials = Credentials.parse("studiov3.user@example.com", user_key)
    print(StudiosClient().request_token(credentials).token.reveal())
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from deepbrain_desktop.studios import packing
from deepbrain_desktop.studios.credentials import Credentials, InvalidValue, Secret, parse_server
from deepbrain_desktop.studios.envelope import (
    Envelope,
    failure_by_head,
    failure_of,
    pause_from,
    read_envelope,
    seconds_since_epoch,
    shown_message,
    token_from,
)
from deepbrain_desktop.studios.errors import (
    AddressNotAllowed,
    AnswerTooLarge,
    DeadlinePassed,
    StudiosError,
    UnexpectedAnswer,
)
from deepbrain_desktop.studios.exchange import Exchange
from deepbrain_desktop.studios.failures import failure_from
from deepbrain_desktop.studios.moments import LAST_MEANT
from deepbrain_desktop.studios.transport import Answer, Parcel, post, system_proxies
from deepbrain_desktop.studios.wire import Wire
from deepbrain_desktop.waiting import Cancellation, Cancelled, GaveUp, call_within

_EARLIEST_DATE, _LATEST_DATE = 1_735_689_600.0, LAST_MEANT
"""A Date before 2025, when there was no such program yet, or after 2099 is nobody's clock."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What is too long and too much."""

    connect: float = 5.0
    """Seconds for each address of the host, and again for the TLS handshake."""
    idle: float = 10.0
    """Seconds without a byte."""
    total: float = 20.0
    """Seconds for everything, the name look-up included."""
    body: int = 256 * 1024
    """Bytes of the answer, unpacked."""
    token: int = 16 * 1024
    """Characters."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A session token, and how it came."""

    token: Secret
    exchange: Exchange
    received_at: float
    """Seconds since the epoch, on this computer's clock, in the middle of the request."""
    moment: float
    """The same moment on the client's ``elapsed`` clock, which nobody sets."""


class StudiosClient:
    """Requests session tokens. Blocks; may be used by several threads at once.

    ``proxies`` returns the proxies for an address, by scheme, as requests has them; ``wall`` is
    this computer's clock, in epoch seconds; ``elapsed`` counts seconds that never jump, best those
    of a suspend included.
    """

    def __init__(
        self,
        limits: Limits = Limits(),
        *,
        user_agent: str = "deepbrain-desktop",
        proxies: Callable[[str], Mapping[str, str]] = system_proxies,
        wall: Callable[[], float] = time.time,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limits = limits
        self._wall = wall
        self.elapsed = elapsed
        self._proxies = proxies
        self._headers = {
            "Accept": "application/json",
            "Accept-Encoding": packing.ACCEPTED,
            "Content-Type": "application/json",
            "User-Agent": user_agent,
        }

    def request_token(
        self, credentials: Credentials, cancellation: Cancellation | None = None
    ) -> Grant:
        """Post once to Create Session Token and return what came of it.

        Raises a StudiosError, with as much of its ``exchange`` as is known, or Cancelled; both
        within milliseconds of the total limit or the cancellation, whatever hangs. Neither refers
        to the request, its body or the key.
        """
        attempt = _Attempt(credentials, self._limits, self._wall(), self.elapsed)
        outcome: Grant | StudiosError | Cancelled
        try:
            outcome = self._outcome(attempt, cancellation or Cancellation())
        finally:
            attempt.wire.cut()
        if isinstance(outcome, Grant):
            return outcome
        if isinstance(outcome, StudiosError):
            outcome.exchange = attempt.exchange()
        raise outcome

    def _outcome(
        self, attempt: "_Attempt", cancellation: Cancellation
    ) -> Grant | StudiosError | Cancelled:
        # Errors are returned, not raised: raised here, they would keep the foreign exception as
        # their context, which keeps the request.
        try:
            cancellation.raise_if_requested()
            return call_within(
                self._limits.total,
                lambda: attempt.run(self._headers, self._proxies),
                cancellation,
            )
        except Cancelled:
            return Cancelled()
        except GaveUp:
            return attempt.at_deadline
        except Exception as error:  # noqa: BLE001 - no thread is to be had, say
            return failure_from(error, attempt.wire.phase)


class _Attempt:
    """One request on its thread, and what is known of it meanwhile."""

    def __init__(
        self, credentials: Credentials, limits: Limits, now: float, elapsed: Callable[[], float]
    ) -> None:
        self.wire = Wire(elapsed)
        self.at_deadline: StudiosError = DeadlinePassed()
        """What to say where no more is known by then. Nobody else raises it."""
        self._credentials = credentials
        self._limits = limits
        self._elapsed = elapsed
        # The wall clock when the elapsed one said 0, so that setting it meanwhile does no harm.
        self._began = elapsed()
        self._wall_at_zero = now - self._began
        self._middle = self._began
        self._known = Exchange(credentials.server.origin, 0.0)

    def exchange(self) -> Exchange:
        """What is known by now."""
        return replace(self._known, seconds=self._elapsed() - self._began)

    def run(
        self, headers: Mapping[str, str], proxies: Callable[[str], Mapping[str, str]]
    ) -> Grant | StudiosError:
        """Send the request and judge the answer. Raises nothing, whatever happens."""
        try:
            answer = self._ask(headers, proxies)
            try:
                token = self._token(answer)
            finally:
                answer.close()
            return Grant(token, self.exchange(), self._wall_at_zero + self._middle, self._middle)
        except StudiosError as error:
            failure = error
        except BaseException as error:  # noqa: BLE001 - each has its type
            failure = failure_from(error, self.wire.phase)
        finally:
            self.wire.cut()  # closes what it holds
        return _bare(failure)

    def _ask(
        self, headers: Mapping[str, str], proxies: Callable[[str], Mapping[str, str]]
    ) -> Answer:
        server = self._credentials.server
        try:
            allowed = parse_server(server.origin) == server
        except InvalidValue:
            allowed = False
        if not allowed:
            raise AddressNotAllowed
        fields = {
            "appId": self._credentials.app_id,
            "userKey": self._credentials.user_key.reveal(),
        }
        parcel = Parcel(server.token_url, headers, json.dumps(fields).encode())
        timeouts = (self._limits.connect, self._limits.idle)
        answer = post(self.wire, parcel, timeouts, proxies(parcel.url))
        self._note_head(answer)
        return answer

    def _note_head(self, answer: Answer) -> None:
        now = self._elapsed()
        if now - self._began > self._limits.total:
            # The computer has slept: when in all that time the Date was written, nobody can tell.
            raise DeadlinePassed
        asked = self.wire.asked_at or self._began
        self._middle = (asked + now) / 2
        date = seconds_since_epoch(answer.header("Date"))
        if date is not None and not _EARLIEST_DATE <= date < _LATEST_DATE:
            date = None
        # A date of whole seconds is, on average, half a second old.
        offset = None if date is None else date + 0.5 - (self._wall_at_zero + self._middle)
        self._known = replace(self._known, status=answer.status, clock_offset=offset)

    def _token(self, answer: Answer) -> Secret:
        failure = failure_by_head(answer.status)
        if failure is not None:
            raise failure
        says_enough = not 200 <= answer.status < 300
        if says_enough:
            self.at_deadline = self._failure(answer, b"", None) or self.at_deadline
        try:
            body = self._body(answer)
        except Exception:
            if not says_enough:
                raise
            body = b""
        envelope = read_envelope(body)
        if envelope is None:
            raise self._failure(answer, body, None) or UnexpectedAnswer
        self._known = replace(self._known, code=envelope.code)
        try:
            failure = self._failure(answer, body, envelope)
            if failure is not None:
                raise failure
            return token_from(envelope.data, self._limits.token)
        except StudiosError:
            secrets = (self._credentials.user_key, envelope.token)
            message = shown_message(envelope.message, *secrets)
            self._known = replace(self._known, message=message)
            raise

    def _failure(
        self, answer: Answer, body: bytes, envelope: Envelope | None
    ) -> StudiosError | None:
        pause = pause_from(answer.header("Retry-After"), self._service_time())
        return failure_of(answer.status, body, envelope, pause)

    def _body(self, answer: Answer) -> bytes:
        body = answer.read(self._limits.body + 1)
        if len(body) > self._limits.body:
            raise AnswerTooLarge
        return body

    def _service_time(self) -> float:
        return self._wall_at_zero + self._elapsed() + (self._known.clock_offset or 0)


def _bare(failure: StudiosError) -> StudiosError:
    """Drop what would lead from an error back to the request: its traceback and its context."""
    failure.__cause__ = failure.__context__ = None
    return failure.with_traceback(None)
