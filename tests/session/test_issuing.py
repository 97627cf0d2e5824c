"""A token's time on the service's clock, whatever is done to this computer's meanwhile."""

import errno
import time
from collections.abc import Iterator
from contextlib import closing
from email.utils import formatdate

import pytest
from studios.made_tokens import NOW, token_of
from studios.raw_server import APP_ID, RELAXED, RawServer, head, no_proxies, success

from deepbrain_desktop.session.issuing import Issuing
from deepbrain_desktop.studios.client import StudiosClient
from deepbrain_desktop.studios.credentials import Secret, Server
from deepbrain_desktop.studios.errors import DeadlinePassed, ServiceRefused, SystemResourcesLow
from deepbrain_desktop.studios.scenarios import DEFAULT, SANDBOX_USER_KEY
from deepbrain_desktop.waiting import Cancellation

DAY = 86_400.0


def test_the_sandbox_keeps_no_key_that_it_was_asked_with():
    with closing(Issuing(time.monotonic, time.time)) as issuing:
        with pytest.raises(ServiceRefused):
            issuing.issue(DEFAULT.app_id, Secret("a real key"), None, Cancellation())
        assert issuing._sandbox.posts == 1
        assert issuing._sandbox.requests_seen == ()


def test_a_sandbox_that_found_no_resources_starts_with_the_next_request(monkeypatch):
    def refuse(*_arguments, **_options):
        raise OSError(errno.EMFILE, "Too many open files")

    with closing(Issuing(time.monotonic, time.time)) as issuing:
        asked = (DEFAULT.app_id, Secret(SANDBOX_USER_KEY), None, Cancellation())
        with monkeypatch.context() as patch:
            patch.setattr("socket.create_server", refuse)
            with pytest.raises(SystemResourcesLow):
                issuing.issue(*asked)
        assert issuing.issue(*asked).token


@pytest.mark.parametrize("jump", [-3 * DAY, 0.0, 3 * DAY])
@pytest.mark.parametrize("wrong_by", [-3 * DAY, 0.0, 3 * DAY])
def test_setting_the_clock_during_a_request_moves_no_countdown(wrong_by, jump):
    wall = time.time() + wrong_by
    body = success(token_of({"exp": NOW + 3600}))

    def answer(peer):
        nonlocal wall
        peer.read_request()
        wall += jump
        date = f"Date: {formatdate(NOW, usegmt=True)}"
        peer.send(head(200, f"Content-Length: {len(body)}", date) + body)

    def client():
        return StudiosClient(RELAXED, proxies=no_proxies, wall=lambda: wall)

    with RawServer(answer) as raw:
        issuing = Issuing(time.monotonic, lambda: wall, client)
        key = Secret("key")
        issued = issuing.issue(APP_ID, key, raw.server, Cancellation())
        assert issued.service_time.now(time.monotonic()) == pytest.approx(NOW + 0.5, abs=5)
    assert issued.exchange.clock_offset == pytest.approx(NOW - (wall - jump), abs=5)


class Sleeper:
    """A computer that sleeps now and then while it asks for a token."""

    server: Server

    def __init__(self) -> None:
        self.slept = 0.0
        self.before_the_answer = self.after_the_answer = 0.0

    def elapsed(self) -> float:
        return time.monotonic() + self.slept

    def answer(self, peer) -> None:
        body = success(token_of({"exp": NOW + 3600}))
        peer.read_request()
        self.slept += self.before_the_answer
        date = f"Date: {formatdate(NOW, usegmt=True)}"
        peer.send(head(200, f"Content-Length: {len(body)}", date) + body)

    def issue(self):
        computer = self

        class Client(StudiosClient):
            def request_token(self, credentials, cancellation=None):
                grant = super().request_token(credentials, cancellation)
                computer.slept += computer.after_the_answer
                return grant

        def client():
            return Client(RELAXED, proxies=no_proxies, elapsed=self.elapsed)

        issuing = Issuing(self.elapsed, time.time, client)
        return issuing.issue(APP_ID, Secret("key"), self.server, Cancellation())


@pytest.fixture
def sleeper() -> Iterator[Sleeper]:
    """A computer that can be put to sleep."""
    sleeper = Sleeper()
    with RawServer(sleeper.answer) as raw:
        sleeper.server = raw.server
        yield sleeper


def test_a_sleep_after_the_answer_is_counted(sleeper):
    sleeper.after_the_answer = 1800.0
    issued = sleeper.issue()
    now = issued.service_time.now(sleeper.elapsed())
    assert now == pytest.approx(NOW + 1800, abs=5)


def test_an_answer_from_before_a_long_sleep_starts_no_countdown(sleeper):
    sleeper.before_the_answer = 1800.0
    with pytest.raises(DeadlinePassed):
        sleeper.issue()
