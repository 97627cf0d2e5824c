"""The token source of the program: the client, the decoder and the sandbox, loaded when needed."""

import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from deepbrain_desktop.session.ports import Issued
from deepbrain_desktop.studios.credentials import Credentials, Secret, Server
from deepbrain_desktop.system.clock import ServiceTime
from deepbrain_desktop.waiting import Cancellation

if TYPE_CHECKING:
    from deepbrain_desktop.studios.client import StudiosClient
    from deepbrain_desktop.studios.sandbox import Sandbox


class Issuing:
    """Asks AI Studios, or the sandbox, which starts with the first request made of it."""

    def __init__(
        self,
        elapsed: Callable[[], float],
        wall: Callable[[], float],
        make_client: "Callable[[], StudiosClient] | None" = None,
    ) -> None:
        self._elapsed = elapsed
        self._make_client = make_client or partial(_client, wall, elapsed)
        self._lock = threading.Lock()
        self._sandbox: Sandbox | None = None

    def issue(
        self, app_id: str, user_key: Secret, server: Server | None, cancellation: Cancellation
    ) -> Issued:
        """Request a token and read it. Raises StudiosError or Cancelled."""
        from deepbrain_desktop.studios.token import decode

        client = self._make_client()
        credentials = Credentials(app_id, user_key, server or self._sandbox_server())
        grant = client.request_token(credentials, cancellation)
        ago = client.elapsed() - grant.moment
        anchor = grant.received_at + (grant.exchange.clock_offset or 0.0)
        service_time = ServiceTime(anchor, self._elapsed() - ago)
        token = grant.token
        return Issued(token, decode(token.reveal()), grant.exchange, service_time, anchor)

    def prepare(self) -> None:
        """Load what a request needs, so that the first one is as quick as the others."""
        from deepbrain_desktop.studios import sandbox, token  # noqa: F401

        self._make_client()

    def close(self) -> None:
        """Stop the sandbox, if it was started."""
        with self._lock:
            sandbox, self._sandbox = self._sandbox, None
        if sandbox is not None:
            sandbox.stop()

    def _sandbox_server(self) -> Server:
        from deepbrain_desktop.studios.failures import Phase, failure_from
        from deepbrain_desktop.studios.sandbox import Sandbox

        with self._lock:
            if self._sandbox is None:
                sandbox = Sandbox()
                try:
                    sandbox.start()
                except (OSError, RuntimeError) as error:  # no file descriptor, port or thread
                    raise failure_from(error, Phase.STARTING) from None
                self._sandbox = sandbox
            return self._sandbox.server


def _client(wall: Callable[[], float], elapsed: Callable[[], float]) -> "StudiosClient":
    from deepbrain_desktop import __version__, product
    from deepbrain_desktop.studios.client import StudiosClient

    agent = f"{product.IDENTIFIER}/{__version__}"
    return StudiosClient(user_agent=agent, wall=wall, elapsed=elapsed)
