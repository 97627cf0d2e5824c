"""The sandbox's side of the API: which request gets which answer. Knows nothing of sockets.

Three calls of https://docs.aistudios.com/reference/interactive-avatar: Create Session Token,
List Sessions and Session Detail.
"""

import secrets
import uuid
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qs

from deepbrain_desktop.studios.sandbox_answers import (
    BEHAVIOURS,
    SUCCESS,
    Behaviour,
    Reply,
    envelope,
    valid,
)
from deepbrain_desktop.studios.sandbox_turn import Turn
from deepbrain_desktop.studios.scenarios import SCENARIOS

SESSIONS = 45
ACTIVE_SESSIONS = 2


@dataclass(frozen=True, slots=True)
class Request:
    """A request that was read to its end. Its repr holds nothing secret."""

    method: str
    path: str
    query: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    """Names in lower case, in the order of their arrival."""
    body: object = field(repr=False)
    """Parsed JSON; None where it was none."""


class _Rejected(Exception):
    """A request that gets a code other than success."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.reply = envelope(status, code, message)


class Service:
    """Answers requests as AI Studios documents it, for the sandbox's accounts.

    ``behaviours`` adds accounts of one's own, by app id; every key of ``user_keys`` is accepted.
    """

    def __init__(
        self,
        origin: str,
        now: Callable[[], float],
        behaviours: Mapping[str, Behaviour],
        user_keys: Container[object],
    ) -> None:
        self._origin = origin
        self._now = now
        self._opened = now()
        self._secret = secrets.token_urlsafe(48)
        self._user_keys = user_keys
        ours = {scenario.app_id: BEHAVIOURS[scenario.name] for scenario in SCENARIOS}
        self._behaviours = ours | dict(behaviours)

    def reply(self, request: Request) -> Reply:
        """What ``request`` is answered."""
        try:
            match request.method, request.path.split("/")[1:]:
                case "POST", ["api", "v2", "sessions", "token"]:
                    return self._create_token(request)
                case "GET", ["api", "v2", "sessions"]:
                    return self._list_sessions(request)
                case "GET", ["api", "v2", "sessions", session_id]:
                    return self._session_detail(request, session_id)
                case _, ["elsewhere"]:  # where "redirect" leads: following it would succeed
                    return valid(self._turn("elsewhere"))
                case _:
                    return envelope(404, 4040, "No such address")
        except _Rejected as rejected:
            return rejected.reply

    def _turn(self, app_id: str) -> Turn:
        return Turn(app_id, self._origin, self._now(), self._secret)

    def _create_token(self, request: Request) -> Reply:
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            raise _Rejected(422, 4000, "Content-Type must be application/json")
        match request.body:
            case {"appId": str(app_id), "userKey": str(user_key)} if app_id and user_key:
                self._check_key(user_key)
            case _:
                raise _Rejected(422, 4000, "appId and userKey are required")
        # 4010 as for a wrong key: the two are one credential, and saying which of them is
        # wrong would help who guesses.
        behaviour = self._behaviours.get(app_id)
        if behaviour is None:
            raise _Rejected(401, 4010, "Invalid credentials")
        return behaviour(self._turn(app_id))

    def _list_sessions(self, request: Request) -> Reply:
        self._check_key(request.headers.get("studio-api-key"))
        query = parse_qs(request.query, keep_blank_values=True)
        page, size = _whole(query, "page", 1, 10**6, 1), _whole(query, "page_size", 1, 100, 20)
        kinds = {"": range(SESSIONS), "active": range(ACTIVE_SESSIONS)}
        kinds["historic"] = range(ACTIVE_SESSIONS, SESSIONS)
        kind = query.get("type", [""])[-1]
        if kind not in kinds or query.get("type") == [""]:
            raise _Rejected(422, 4000, "type must be active or historic")
        numbers = kinds[kind]
        if page > 1 and (page - 1) * size >= len(numbers):
            raise _Rejected(404, 4040, "No such page")

        def address(other: int) -> str:
            suffix = f"&type={kind}" if kind else ""
            return f"{self._origin}{request.path}?page={other}&page_size={size}{suffix}"

        data = {
            "count": len(numbers),
            "next": address(page + 1) if page * size < len(numbers) else None,
            "previous": address(page - 1) if page > 1 else None,
            "results": [self._session(n) for n in numbers[(page - 1) * size : page * size]],
        }
        return envelope(200, SUCCESS, None, data)

    def _session_detail(self, request: Request, session_id: str) -> Reply:
        self._check_key(request.headers.get("studio-api-key"))
        for number in range(SESSIONS):
            session = self._session(number)
            if session["sessionId"] == session_id:
                ended = number >= ACTIVE_SESSIONS
                end = {
                    "end_at": session["updated_at"] if ended else None,
                    "end_reason": "USER_CLOSED" if ended else None,
                }
                return envelope(200, SUCCESS, None, session | end)
        raise _Rejected(404, 4040, "No such session")

    def _session(self, number: int) -> dict[str, object]:
        """Session ``number``; the newest is 0, and they lie three hours apart."""
        created = self._opened - 300 - number * 3 * 3600
        ended = self._now() if number < ACTIVE_SESSIONS else created + 600
        return {
            "sessionId": str(uuid.uuid5(uuid.NAMESPACE_URL, f"sandbox:session:{number}")),
            "created_at": datetime.fromtimestamp(created, UTC).isoformat(),
            "updated_at": datetime.fromtimestamp(ended, UTC).isoformat(),
            "duration": int(ended - created),
            "source": "API",
            "credits_consumed": int(ended - created) // 60,
        }

    def _check_key(self, user_key: str | None) -> None:
        if user_key not in self._user_keys:
            raise _Rejected(401, 4010, "Invalid credentials")


def _whole(query: Mapping[str, list[str]], name: str, lowest: int, highest: int, usual: int) -> int:
    text = query.get(name, [str(usual)])[-1]
    value = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
    if not lowest <= value <= highest:
        raise _Rejected(422, 4000, f"{name} must be {lowest} to {highest}")
    return value
