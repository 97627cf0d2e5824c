"""The sandbox's accounts: one for each way in which a request for a session token can end.

Light on purpose: a menu shows these before anything of the sandbox itself is loaded.
"""

from dataclasses import dataclass

SANDBOX_USER_KEY = "5a4db0c5-0000-4000-8000-000000000000"
"""The user key of every sandbox account. Public: it opens nothing but the sandbox."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One sandbox account and what asking for its token comes to."""

    name: str
    """Short and constant: letters, digits and hyphens."""
    app_id: str
    summary: str
    """A few words for a menu."""


def _scenario(name: str, summary: str) -> Scenario:
    return Scenario(name, f"studiov3.{name}@sandbox.example", summary)


SCENARIOS = (
    # A token comes back.
    _scenario("valid", "Valid for one hour"),
    _scenario("short", "Valid for 60 seconds"),
    _scenario("expiring", "Expires in 3 minutes"),
    _scenario("expired", "Expired 10 minutes ago"),
    _scenario("not-yet-valid", "Valid in 10 minutes"),
    _scenario("no-expiry", "No expiry stated"),
    _scenario("opaque", "Token is not a JWT"),
    _scenario("encrypted", "Token is encrypted (five parts)"),
    _scenario("odd-claims", "Claims of odd types and texts"),
    _scenario("long-token", "Token of 16 KiB, the longest accepted"),
    _scenario("clock-ahead", "Service clock 5 minutes ahead"),
    _scenario("clock-behind", "Service clock 5 minutes behind"),
    _scenario("slow", "Answers after 3 seconds"),
    # The service says no.
    _scenario("invalid", "Validation failed (4000)"),
    _scenario("refused", "Key or app ID refused (4010)"),
    _scenario("forbidden", "Not allowed (4030)"),
    _scenario("not-found", "Not found (4040)"),
    _scenario("rate-limited", "Too many requests (4290)"),
    _scenario("service-error", "Service error (5000)"),
    _scenario("maintenance", "Down for maintenance (503, HTML)"),
    _scenario("hostile-message", "Refused with a hostile message"),
    # What comes back is not what was promised.
    _scenario("unknown-code", "Unknown code 7777"),
    _scenario("code-mismatch", "HTTP 200 with code 4010"),
    _scenario("no-token", "Success without a token"),
    _scenario("too-long-token", "Token one byte too long"),
    _scenario("unprintable-token", "Token with a line break"),
    _scenario("garbled", "Broken JSON"),
    _scenario("not-http", "Not HTTP at all"),
    _scenario("empty", "Success without a body"),
    _scenario("redirect", "Redirects elsewhere (307)"),
    _scenario("huge", "Answer of 300 KiB"),
    _scenario("endless", "Answer that never ends"),
    _scenario("bomb", "200 KB that unpack to 200 MB"),
    # The connection fails.
    _scenario("silent", "Never answers"),
    _scenario("dripping", "One byte of the body every 100 ms"),
    _scenario("dripping-head", "One byte of the head every 100 ms"),
    _scenario("continuing", "Says 100 Continue for ever"),
    _scenario("cut", "Ends before its announced length"),
    _scenario("closed", "Closes without an answer"),
    _scenario("reset", "Breaks in the middle of the answer"),
)

DEFAULT = SCENARIOS[0]
