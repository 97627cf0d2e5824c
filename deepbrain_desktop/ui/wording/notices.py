"""Sentences about what concerns all accounts."""

from typing import assert_never

from deepbrain_desktop.session.notices import Notice, NoticeKind
from deepbrain_desktop.system.accounts_errors import Cause
from deepbrain_desktop.ui.names import shown_name

_NOT_SAVED: dict[Cause | None, str] = {
    Cause.NO_SPACE: "The disk is full. Make room on it, then make a change: all is saved with it.",
    Cause.READ_ONLY: "Its folder can’t be written to. Get access to it, then make a change.",
    Cause.NEWER_FILE: "A newer version of this program has written it. Update this one.",
    Cause.TOO_LARGE: "It is longer than what can be read again. Remove accounts.",
    Cause.RESOURCES: "This computer is low on resources. Close some programs, then make a change.",
    Cause.OTHER: "The system did not write it. Look whether its disk is there, then make a change.",
}


def describe_notice(notice: Notice) -> tuple[str, str]:
    """Headline and advice for something that concerns all accounts."""
    match notice.kind:
        case NoticeKind.ACCOUNTS_DAMAGED:
            return (
                "The list of accounts was damaged",
                f"It was set aside, complete, as {notice.path}. Saved keys are untouched. Add again"
                " what is missing here.",
            )
        case NoticeKind.ACCOUNTS_NEWER:
            return (
                "The list of accounts is from a newer version",
                f"{notice.path} was left as it is; changes made now are not saved. Update this"
                " program.",
            )
        case NoticeKind.ACCOUNTS_UNREADABLE:
            return (
                "The list of accounts can’t be read",
                f"{notice.path} was left as it is; changes made now are not saved. Get access to"
                " it, then start again.",
            )
        case NoticeKind.ACCOUNTS_CONFLICT:
            return (
                "Another program changed the list of accounts",
                f"Yours was saved. The other one is {notice.path}, should you need it.",
            )
        case NoticeKind.ACCOUNTS_NOT_SAVED:
            words = _NOT_SAVED.get(notice.cause, _NOT_SAVED[Cause.OTHER])
            return "The list of accounts could not be saved", f"{words} The file before is intact."
        case NoticeKind.ACCOUNT_UNKNOWN:
            name = shown_name(notice.name or "")[:40]
            return (
                "There is no account of this name",
                f"“{name}” was asked for. Look in the list; whose page this is stands above it.",
            )
        case _ as never:
            assert_never(never)
