"""One accepted request for a token, and the token that the sandbox makes for it."""

import base64
import hmac
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Turn:
    """One accepted request for a token: whose, when, and what its token is signed with."""

    app_id: str
    origin: str
    now: float
    secret: str = field(repr=False)

    def claims(self, *, age: int = 0, lifetime: int = 3600) -> dict[str, object]:
        """Plausible claims, issued ``age`` seconds ago for ``lifetime`` seconds.

        The claims of the real token are not documented; these are its app id and the
        registered ones.
        """
        issued = int(self.now) - age
        return {
            "iss": "sandbox.example",
            "sub": self.app_id,
            "appId": self.app_id,
            "iat": issued,
            "exp": issued + lifetime,
            "jti": str(uuid.uuid4()),
        }

    def sign(self, claims: Mapping[str, object]) -> str:
        """An HS256 token that carries ``claims`` (RFC 7515, appendix A.1)."""
        header = {"alg": "HS256", "typ": "JWT"}
        parts = (json.dumps(part, separators=(",", ":")) for part in (header, claims))
        signed = ".".join(base64url(part.encode()) for part in parts)
        signature = hmac.digest(self.secret.encode(), signed.encode(), "sha256")
        return f"{signed}.{base64url(signature)}"


def base64url(content: bytes) -> str:
    """Base64url without padding (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
