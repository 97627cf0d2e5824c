"""Sentences that stand beside a field."""

from enum import Enum

from deepbrain_desktop.session.state import Field
from deepbrain_desktop.studios.credentials import Flaw
from deepbrain_desktop.studios.hints import Hint

_FLAWS: dict[Flaw, str] = {
    Flaw.TOO_LONG: "This is too long to be one. Check what was pasted.",
    Flaw.SEVERAL_LINES: "This is more than one line. Paste the value alone.",
    Flaw.CONTROL_CHARACTER: "This holds a character that is no text; type it by hand.",
    Flaw.INVISIBLE_CHARACTER: "This holds an invisible character; type it by hand.",
    Flaw.NOT_AN_ADDRESS: "This is not an address such as https://host.example.",
    Flaw.NOT_ENCRYPTED: "Only https: over http everyone on the way could read the key.",
    Flaw.SCHEME: "Only addresses that begin with https:// can be used.",
    Flaw.USER_INFO: "Leave out user name and password before the @.",
    Flaw.PATH: "Leave out everything after the host and port.",
    Flaw.LOOK_ALIKE: "Only plain letters, a to z: look-alike names are refused.",
}


def describe_flaw(where: Field, flaw: Flaw) -> str:
    """What stands beside the field whose value cannot be sent."""
    if flaw is Flaw.EMPTY:
        return {
            Field.APP_ID: "Enter the app ID first.",
            Field.USER_KEY: "Enter the user key first.",
            Field.ADDRESS: "Enter the server’s address first.",
        }[where]
    return _FLAWS[flaw]


_HINTS: dict[Hint, str] = {
    Hint.SWAPPED: "Looks as if app ID and user key were swapped.",
    Hint.APP_ID_SHAPE: "Unusual: app IDs read studiov3.name@company.com.",
    Hint.KEY_SHAPE: "Unusual: user keys read 8-4-4-4-12 letters and digits.",
    Hint.TOKEN_AS_KEY: "This looks like a token, not like a user key.",
    Hint.INVISIBLE: "Holds an invisible character: better type it by hand.",
}


def describe_hint(hint: Hint) -> str:
    """What stands beside a field whose value looks unusual."""
    return _HINTS[hint]


class Refusal(Enum):
    """Why a field did not take what was put into it."""

    TOO_LONG = "too long"
    BUSY = "busy"
    SECRET = "secret"  # noqa: S105 - a name


_REFUSALS: dict[Refusal, str] = {
    Refusal.TOO_LONG: "Not taken: that text is far too long for this field.",
    Refusal.BUSY: "Not taken, as this account was busy. Put it in once more.",
    Refusal.SECRET: "Not taken: that looks like a user key or a token, and a name can be read.",
}


def describe_refusal(refusal: Refusal) -> str:
    """What stands beside a field that holds the same as before."""
    return _REFUSALS[refusal]
