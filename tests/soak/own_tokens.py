"""A server that answers each app id and key with a token of their own, or with a fault."""

import json
import random
import threading
from collections import Counter
from dataclasses import dataclass
from enum import Enum

from studios.made_tokens import NOW, token_of
from studios.raw_server import Peer, head, success


class Plan(Enum):
    """What a request comes to, if nobody cancels it."""

    TOKEN = "token"
    REFUSED = "refused"
    RESET = "reset"
    CLOSED = "closed"
    GARBLED = "garbled"
    HELD = "held, then closed"


_PLANS = (*(Plan.TOKEN,) * 12, *Plan)
_LONGEST_DELAY = 0.06
_HELD_FOR = 0.5


@dataclass(frozen=True)
class Pair:
    """The credentials of one click; no two clicks share a key."""

    app_id: str
    key: str

    @property
    def token(self) -> str:
        return token_of({"sub": self.app_id, "key": self.key, "exp": NOW + 10**9})


class OwnTokens:
    """What the server does with a connection, and how often each pair was posted."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._lock = threading.Lock()
        self.posts: Counter[Pair] = Counter()

    def plan(self, pair: Pair) -> Plan:
        """What a request with these credentials comes to."""
        return self._dice(pair).choice(_PLANS)

    def _delay(self, pair: Pair) -> float:
        dice = self._dice(pair)
        dice.random()
        return dice.choice((0.0, dice.uniform(0, _LONGEST_DELAY)))

    def _dice(self, pair: Pair) -> random.Random:
        return random.Random(f"{self._seed}/{pair.app_id}/{pair.key}")

    def __call__(self, peer: Peer) -> None:
        request = peer.read_request()
        if not request:
            return
        fields = json.loads(request.partition(b"\r\n\r\n")[2])
        pair = Pair(fields["appId"], fields["userKey"])
        with self._lock:
            self.posts[pair] += 1
        peer.pause(self._delay(pair))
        match self.plan(pair):
            case Plan.TOKEN:
                body = success(pair.token)
                peer.send(head(200, f"Content-Length: {len(body)}") + body)
            case Plan.REFUSED:
                body = b'{"code":4010,"data":null,"message":"no"}'
                peer.send(head(401, f"Content-Length: {len(body)}") + body)
            case Plan.RESET:
                peer.send(head(200, "Content-Length: 100") + success(pair.token)[:20])
                peer.reset()
            case Plan.GARBLED:
                peer.send(head(200) + b"[" + success(pair.token))
            case Plan.HELD:
                peer.pause(_HELD_FOR)
            case Plan.CLOSED:
                pass
