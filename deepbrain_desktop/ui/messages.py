"""What the bars say in a state: one about the account, one about the window as a whole."""

from deepbrain_desktop.session.state import (
    AccountState,
    Failed,
    HostNotTrusted,
    Requesting,
    State,
)
from deepbrain_desktop.ui.message_bar import Message
from deepbrain_desktop.ui.status import waits_for_keychain
from deepbrain_desktop.ui.symbols import Symbol, Tone
from deepbrain_desktop.ui.wording import describe_notice, explain


def message_for(account: AccountState, elapsed: float) -> Message | None:
    """What there is to say about the account's request."""
    match account.phase:
        case Failed(problem=problem):
            words = explain(problem)
            asks = isinstance(problem, HostNotTrusted)
            return Message(
                Symbol.QUESTION if asks else Symbol.CROSS,
                Tone.WARNING if asks else Tone.BAD,
                words.headline,
                words.advice,
                problem.reason,
                words.action.value if words.action else None,
                has_details=not asks,
            )
        case Requesting() as phase if waits_for_keychain(phase, elapsed):
            return Message(
                Symbol.DOTS,
                Tone.BUSY,
                "Waiting for your keychain…",
                "It may ask you to unlock it. You can cancel and type the key instead.",
            )
    return None


def notice_for(state: State) -> Message | None:
    """What there is to say about the accounts as a whole."""
    if state.notice is None:
        return None
    headline, advice = describe_notice(state.notice)
    return Message(Symbol.WARNING, Tone.WARNING, headline, advice, dismissible=True)
