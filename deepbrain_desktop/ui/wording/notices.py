"""Sentences about what concerns all accounts."""

from typing import assert_never

from deepbrain_desktop.session.notices import Notice, NoticeKind


def describe_notice(notice: Notice) -> tuple[str, str]:
    """Headline and advice for something that concerns all accounts."""
    match notice.kind:
        case NoticeKind.ACCOUNTS_DAMAGED:
            return (
                "The list of accounts was damaged",
                f"It was set aside, complete, as {notice.path}. Saved keys are untouched.",
            )
        case NoticeKind.ACCOUNTS_NEWER:
            return (
                "The list of accounts is from a newer version",
                f"{notice.path} was left as it is; changes made now are not saved. Please update.",
            )
        case NoticeKind.ACCOUNTS_UNREADABLE:
            return (
                "The list of accounts can’t be read",
                f"{notice.path} was left as it is; changes made now are not saved.",
            )
        case NoticeKind.ACCOUNTS_CONFLICT:
            return (
                "Another program changed the list of accounts",
                f"Its version was set aside as {notice.path}; yours was saved.",
            )
        case NoticeKind.ACCOUNTS_NOT_SAVED:
            return (
                "The list of accounts could not be saved",
                f"The file before is intact; it is tried again with the next change"
                f" ({notice.cause}).",
            )
        case _ as never:
            assert_never(never)
