"""What is told about a request: facts on the screen, and a report that may be sent to anyone."""

from deepbrain_desktop import product
from deepbrain_desktop.session.state import (
    AccountState,
    Failed,
    Granted,
    HistoryRow,
    KeychainState,
    exchange_of,
)
from deepbrain_desktop.studios.exchange import Exchange
from deepbrain_desktop.studios.pasting import looks_secret
from deepbrain_desktop.system.redaction import MARK, redact
from deepbrain_desktop.ui.facts_view import Facts
from deepbrain_desktop.ui.plain_text import one_line
from deepbrain_desktop.ui.times import local
from deepbrain_desktop.ui.wording import explain


def exchange_facts(exchange: Exchange) -> Facts:
    """What is known of a request."""
    status = "none" if exchange.status is None else str(exchange.status)
    code = "none" if exchange.code is None else str(exchange.code)
    facts = [
        ("Server", one_line(exchange.host)),
        ("HTTP status", status),
        ("Service code", code),
        ("Time taken", milliseconds(exchange.seconds)),
    ]
    if exchange.clock_offset is not None:
        offset = round(exchange.clock_offset)
        facts.append(("Service’s clock", f"{offset:+} s against this computer’s (±1 s)"))
    if exchange.message:
        facts.append(("Service said", f"“{one_line(exchange.message)}”"))
    return tuple(facts)


def granted_facts(granted: Granted) -> Facts:
    """What is known of a request that brought a token."""
    came = granted.service_time.anchor_epoch
    return (
        ("App ID", _app_id(granted.app_id)),
        *exchange_facts(granted.exchange),
        ("Answered", f"{local(came)} on the service’s clock"),
    )


def failure_facts(failed: Failed) -> Facts:
    """What is known of a request that failed."""
    exchange = exchange_of(failed.problem)
    return (
        ("Reason id", failed.problem.reason),
        *((("App ID", _app_id(failed.asked.app_id)),) if failed.asked else ()),
        *(exchange_facts(exchange) if exchange else ()),
        ("Failed at", local(failed.at)),
    )


def history_line(row: HistoryRow) -> str:
    """One earlier request on one line."""
    took = "" if row.seconds is None else f" · {milliseconds(row.seconds)}"
    return f"{local(row.at, with_date=False)} · {row.outcome}{took}"


def milliseconds(seconds: float) -> str:
    """Write a latency."""
    return f"{seconds * 1000:,.0f} ms"


def support_report(
    account: AccountState, keychain: KeychainState, versions: tuple[str, ...]
) -> str:
    """Everything an engineer needs, and nothing secret: not even a whole mail address."""
    lines = [f"{product.NAME}: report of a request for a session token", ""]
    phase = account.phase
    match phase:
        case Failed():
            explanation = explain(phase.problem)
            lines += [explanation.headline, explanation.advice, ""]
            facts = failure_facts(phase)
        case Granted():
            lines += ["The service issued a token.", ""]
            facts = granted_facts(phase)
        case _:
            facts = (("App ID", _app_id(account.account.app_id)),)
    lines += [f"{name}: {value}" for name, value in facts]
    lines += [
        f"Key for the next request: {account.key_place.value}",
        f"Keychain: {keychain.name or (keychain.problem and keychain.problem.reason) or 'unknown'}",
    ]
    if account.history:
        lines += ["", "Requests of this run, newest first:"]
        lines += [f"  {history_line(row)}" for row in account.history[:10]]
    lines += ["", *versions]
    return redact("\n".join(lines)) + "\n"


def _app_id(text: str) -> str:
    """Not the key, where the two fields were swapped: it would outlast the fields' mending."""
    return MARK if looks_secret(text) else one_line(text)
