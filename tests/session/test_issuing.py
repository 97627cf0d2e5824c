"""A token's time on the service's clock, whatever is done to this computer's meanwhile."""

import time
from email.utils import formatdate

import pytest
from studios.made_tokens import NOW, token_of
from studios.raw_server import APP_ID, RELAXED, RawServer, head, no_proxies, success

from deepbrain_desktop.session.issuing import Issuing
from deepbrain_desktop.studios.client import StudiosClient
from deepbrain_desktop.studios.credentials import Secret
from deepbrain_desktop.waiting import Cancellation

DAY = 86_400.0


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
