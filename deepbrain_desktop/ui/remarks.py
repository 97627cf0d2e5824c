"""What is odd about a token, in words that stand beside it."""

from deepbrain_desktop.session.state import AccountState, Granted
from deepbrain_desktop.studios.decoded import Kind, Remark
from deepbrain_desktop.studios.validity import issued_ahead
from deepbrain_desktop.ui.plain_text import one_line
from deepbrain_desktop.ui.times import rough_span

CLOCK_TOLERANCE = 30.0
"""Seconds that two clocks may differ before it is worth a word."""


def remarks_on(granted: Granted, account: AccountState) -> tuple[str, ...]:
    """Sentences about an account's token, beside what its form holds now."""
    found = []
    if account.host != granted.asked_host:
        host = one_line(granted.asked_host or granted.exchange.host)
        found.append(f"Issued by {host}; the server has been changed since.")
    if account.account.app_id.strip() != granted.app_id:
        found.append(f"Issued for {one_line(granted.app_id)}; the form has been changed since.")
    if not granted.asked.has_key_of(account.asked):
        found.append("Issued for the previous user key; the key has been replaced since.")
    offset = granted.exchange.clock_offset
    if offset is not None and abs(offset) > CLOCK_TOLERANCE:
        slow = "slow" if offset > 0 else "fast"
        found.append(
            f"This computer’s clock is {rough_span(abs(offset) + 1)} {slow}; "
            "the countdown follows the service’s."
        )
    ahead = issued_ahead(granted.decoded, granted.received)
    if ahead is not None and ahead > CLOCK_TOLERANCE:
        found.append(f"It says it was issued {rough_span(ahead)} after it came.")
    if granted.decoded.kind is Kind.OPAQUE:
        found.append("Not a readable JWT. It can be copied and used all the same.")
    found.extend(map(_describe, granted.decoded.remarks))
    return tuple(found)


def _describe(remark: Remark) -> str:
    words = remark.note.value[0].upper() + remark.note.value[1:]
    return f"{words}: {remark.detail}." if remark.detail else f"{words}."
