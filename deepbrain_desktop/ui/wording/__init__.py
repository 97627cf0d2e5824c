"""Every sentence about something that went wrong, and whose turn it is then."""

from deepbrain_desktop.ui.wording.asides import (
    COULD_NOT_COPY,
    CRASHED,
    CRASHED_ADVICE,
    NOT_OPENED,
    NOT_OPENED_ADVICE,
    describe_key_elsewhere,
    describe_key_left,
    describe_nothing_found,
    describe_opened,
)
from deepbrain_desktop.ui.wording.explanation import Action, Explanation
from deepbrain_desktop.ui.wording.fields import (
    Refusal,
    describe_flaw,
    describe_hint,
    describe_refusal,
)
from deepbrain_desktop.ui.wording.keychain import NO_KEYCHAIN, describe_key_problem
from deepbrain_desktop.ui.wording.notices import describe_notice
from deepbrain_desktop.ui.wording.problems import explain

__all__ = [
    "COULD_NOT_COPY",
    "CRASHED",
    "CRASHED_ADVICE",
    "NOT_OPENED",
    "NOT_OPENED_ADVICE",
    "NO_KEYCHAIN",
    "Action",
    "Explanation",
    "Refusal",
    "describe_flaw",
    "describe_hint",
    "describe_key_elsewhere",
    "describe_key_left",
    "describe_key_problem",
    "describe_nothing_found",
    "describe_notice",
    "describe_opened",
    "describe_refusal",
    "explain",
]
