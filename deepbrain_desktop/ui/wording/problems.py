"""The words for whatever can go wrong with a request, wherever they stand."""

from typing import assert_never

from deepbrain_desktop.session.state import (
    HostNotTrusted,
    KeyNotFound,
    Problem,
    SessionError,
    Unforeseen,
)
from deepbrain_desktop.studios import errors
from deepbrain_desktop.system.keychain_errors import KeychainError
from deepbrain_desktop.ui.wording.explanation import Action, Explanation
from deepbrain_desktop.ui.wording.keychain import explain_keychain
from deepbrain_desktop.ui.wording.refusals import explain_code, explain_status
from deepbrain_desktop.ui.wording.requests import explain_request


def explain(problem: Problem) -> Explanation:
    """Put a failure into words."""
    match problem:
        case errors.HttpFailed():
            return explain_status(problem.status)
        case errors.ServiceRefused():
            return explain_code(problem.code)
        case errors.StudiosError():
            return explain_request(problem)
        case KeychainError():
            return explain_keychain(problem)
        case SessionError():
            return _explain_session(problem)
        case _ as never:
            assert_never(never)


def _explain_session(problem: SessionError) -> Explanation:
    match problem:
        case KeyNotFound():
            return Explanation(
                "The saved key was not found",
                "It was removed, or lies in another keychain. Type it, or start that one first.",
                Action.TYPE_KEY,
            )
        case HostNotTrusted(host=host):
            return Explanation(
                f"{host} is not AI Studios’ own host",
                "It would get the user key. Go on only if you know who runs it.",
                Action.TRUST_HOST,
            )
        case Unforeseen(kind=kind):
            return Explanation(
                "Something went wrong in this program",
                f"It is a fault of the program ({kind}). Copy a report and send it to whoever looks"
                " after it.",
                Action.TRY_AGAIN,
            )
    raise AssertionError(type(problem))
