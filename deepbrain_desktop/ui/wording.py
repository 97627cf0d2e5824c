"""Every sentence about something that went wrong, and whose turn it is then."""

from dataclasses import dataclass
from enum import Enum
from typing import assert_never

from deepbrain_desktop.session.state import (
    Field,
    HostNotTrusted,
    KeyNotFound,
    Notice,
    NoticeKind,
    Problem,
    SessionError,
    Unforeseen,
)
from deepbrain_desktop.studios import errors
from deepbrain_desktop.studios.credentials import Flaw
from deepbrain_desktop.studios.errors import CertificateFlaw, StudiosError
from deepbrain_desktop.studios.hints import Hint
from deepbrain_desktop.system import keychain_errors as keychain


class Action(Enum):
    """The one thing that the message offers to do; values are the button's words."""

    TRY_AGAIN = "Try a&gain"
    OPEN_KEY_PAGE = "Open the &key page"
    TYPE_KEY = "Type the &key"
    EDIT_APP_ID = "&Change the app ID"
    EDIT_SERVER = "&Change the server"
    TRUST_HOST = "&Go on with this host"


@dataclass(frozen=True, slots=True)
class Explanation:
    """A failure in words: what happened, what to do, and the button that does it."""

    headline: str
    advice: str
    action: Action | None = Action.TRY_AGAIN


def explain(problem: Problem) -> Explanation:
    """Put a failure into words."""
    match problem:
        case errors.HttpFailed():
            return _explain_status(problem.status)
        case errors.ServiceRefused():
            return _explain_code(problem.code)
        case errors.CertificateRejected():
            return _explain_certificate(problem.flaw)
        case StudiosError():
            return _explain_studios(problem)
        case keychain.KeychainError():
            return _explain_keychain(problem)
        case SessionError():
            return _explain_session(problem)
        case _ as never:
            assert_never(never)


def _host(problem: StudiosError) -> str:
    return problem.exchange.host if problem.exchange else "the service"


_STUDIOS: dict[type[StudiosError], tuple[str, str, Action | None]] = {
    errors.NameNotFound: (
        "Can’t find {host}",
        "The name did not resolve. Check the internet connection, VPN and DNS of this computer.",
        Action.TRY_AGAIN,
    ),
    errors.ConnectionRefused: (
        "{host} refused the connection",
        "Nothing listens there. Check the server’s address and port, or try again in a minute.",
        Action.TRY_AGAIN,
    ),
    errors.NetworkUnreachable: (
        "{host} can’t be reached from here",
        "There is no route to it. Check the network cable, Wi-Fi or VPN of this computer.",
        Action.TRY_AGAIN,
    ),
    errors.ConnectTimedOut: (
        "{host} did not accept a connection",
        "A firewall may swallow the packets. Ask your network’s administrator to allow the host.",
        Action.TRY_AGAIN,
    ),
    errors.AnswerTimedOut: (
        "No answer from {host}",
        "It took the request and stayed silent. Try again; if that stays so, the service is down.",
        Action.TRY_AGAIN,
    ),
    errors.DeadlinePassed: (
        "The request took too long",
        "It was stopped at its time limit. Try again on a better connection.",
        Action.TRY_AGAIN,
    ),
    errors.ClosedWithoutAnswer: (
        "{host} closed the connection without an answer",
        "Nothing was sent a second time. Try again; a proxy or firewall may cut connections.",
        Action.TRY_AGAIN,
    ),
    errors.ConnectionLost: (
        "The connection to {host} was lost",
        "It broke in the middle of the answer. Try again.",
        Action.TRY_AGAIN,
    ),
    errors.IncompleteAnswer: (
        "The answer was incomplete",
        "It ended before its announced length, so it was not used. Try again.",
        Action.TRY_AGAIN,
    ),
    errors.ProxySignInNeeded: (
        "Your proxy asks for a sign-in",
        "Sign in to the proxy, or ask your network’s administrator, then try again.",
        Action.TRY_AGAIN,
    ),
    errors.ProxyFailed: (
        "Your proxy did not connect to {host}",
        "Check the proxy settings of this computer, or ask your network’s administrator.",
        Action.TRY_AGAIN,
    ),
    errors.ProxyNotSupported: (
        "This kind of proxy is not supported",
        "Set an HTTP proxy in this computer’s settings, or none for {host}; SOCKS can’t be used.",
        Action.TRY_AGAIN,
    ),
    errors.SystemResourcesLow: (
        "This computer is low on resources",
        "No thread, file or memory was left for the request. Close some programs and try again.",
        Action.TRY_AGAIN,
    ),
    errors.SecureConnectionFailed: (
        "No secure connection to {host}",
        "It does not offer TLS 1.2 or later at this address. Check the address; tell its operator.",
        Action.TRY_AGAIN,
    ),
    errors.Redirected: (
        "The service tried to redirect; not followed",
        "A key is never sent on to another address. Check the server’s address.",
        Action.EDIT_SERVER,
    ),
    errors.AnswerTooLarge: (
        "The answer was too large",
        "It was cut off and not used. This is probably not the AI Studios API: check the address.",
        Action.EDIT_SERVER,
    ),
    errors.EmptyAnswer: (
        "The answer was empty",
        "The service reported success but sent nothing. Try again; if it stays so, report it.",
        Action.TRY_AGAIN,
    ),
    errors.NotHttp: (
        "Not an API answer",
        "What listens at {host} does not speak HTTP. Check the server’s address and port.",
        Action.EDIT_SERVER,
    ),
    errors.UnexpectedAnswer: (
        "Unexpected answer format",
        "A sign-in page or another service may stand in between. Check network and address.",
        Action.TRY_AGAIN,
    ),
    errors.TokenMissing: (
        "Success reported, but no token",
        "The answer held no session token. Send a report to AI Studios support.",
        Action.TRY_AGAIN,
    ),
    errors.TokenNotPrintable: (
        "The token has unexpected characters",
        "It was not kept, as it could not be used safely. Send a report to AI Studios support.",
        Action.TRY_AGAIN,
    ),
    errors.AddressNotAllowed: (
        "A key can’t be sent to this address",
        "Only https is used, and http on this very computer. Check the server’s address.",
        Action.EDIT_SERVER,
    ),
    errors.UnforeseenFailure: (
        "The request failed in a way not foreseen",
        "Copy a report and send it to whoever looks after this program.",
        Action.TRY_AGAIN,
    ),
    errors.TokenTooLong: (
        "The token is too long",
        "No header would carry it. Send a report to AI Studios support.",
        Action.TRY_AGAIN,
    ),
}


def _explain_studios(problem: StudiosError) -> Explanation:
    headline, advice, action = _STUDIOS[type(problem)]
    host = _host(problem)
    return Explanation(headline.format(host=host), advice.format(host=host), action)


_CODES: dict[int, Explanation] = {
    4000: Explanation(
        "The service did not accept the form of the values",
        "Check the app ID: it reads studiov3. and the account’s mail address, without spaces.",
        Action.EDIT_APP_ID,
    ),
    4010: Explanation(
        "App ID or user key not accepted",
        "The account’s owner should compare both with the AI Studios key page. Keys of the video"
        " API or the AI Human SDK do not work here.",
        Action.OPEN_KEY_PAGE,
    ),
    4030: Explanation(
        "This account may not create session tokens",
        "Key and app ID are right, but the plan does not include it. The account’s owner should ask"
        " AI Studios.",
        Action.OPEN_KEY_PAGE,
    ),
    4040: Explanation(
        "The service does not know this app ID or address",
        "Check the app ID letter by letter, then the server’s address.",
        Action.EDIT_APP_ID,
    ),
    4290: Explanation(
        "Too many requests",
        "The service wants a pause before the next request. Nothing is sent by itself.",
        None,
    ),
    5000: Explanation(
        "The service has an internal error",
        "Nothing is wrong here. Try again in a few minutes; then send a report to AI Studios"
        " support.",
    ),
}


def _explain_code(code: int) -> Explanation:
    return _CODES.get(code) or Explanation(
        f"The service answered with code {code}",
        "The code is not documented. Send a report to AI Studios support.",
    )


_STATUSES: dict[int, Explanation] = {
    400: Explanation(
        "The service could not read the request (400)",
        "Check app ID and user key for stray characters.",
        Action.EDIT_APP_ID,
    ),
    401: Explanation(
        "Key rejected (401)",
        "The account’s owner should compare the user key with the AI Studios key page.",
        Action.OPEN_KEY_PAGE,
    ),
    403: Explanation(
        "Not allowed (403)",
        "The service, or a firewall in front of it, turned this computer or account away.",
    ),
    404: Explanation(
        "Nothing at this address (404)",
        "The server does not offer session tokens. Check its address.",
        Action.EDIT_SERVER,
    ),
    405: Explanation(
        "Wrong address (405)",
        "The server does not take this request. Check its address.",
        Action.EDIT_SERVER,
    ),
    408: Explanation(
        "The service waited too long for the request (408)",
        "The connection from here is slow. Try again.",
    ),
    413: Explanation(
        "The request was too large (413)",
        "Check app ID and user key: one of them is far too long.",
        Action.EDIT_APP_ID,
    ),
    415: Explanation(
        "The server does not take JSON (415)",
        "This is probably not the AI Studios API. Check the server’s address.",
        Action.EDIT_SERVER,
    ),
    422: Explanation(
        "The values were not accepted (422)",
        "Check the app ID and the user key.",
        Action.EDIT_APP_ID,
    ),
    429: Explanation(
        "Too many requests (429)",
        "The server wants a pause before the next request. Nothing is sent by itself.",
        None,
    ),
    500: Explanation(
        "The server has an internal error (500)",
        "Nothing is wrong here. Try again in a few minutes.",
    ),
    502: Explanation(
        "Service unavailable (502)",
        "A gateway in front of the service got no answer. Try again in a few minutes.",
    ),
    503: Explanation(
        "Service unavailable (503)",
        "It is overloaded or being maintained. Try again later.",
    ),
    504: Explanation(
        "Service unavailable (504)",
        "A gateway waited too long for the service. Try again in a few minutes.",
    ),
}


def _explain_status(status: int) -> Explanation:
    known = _STATUSES.get(status)
    if known:
        return known
    if status >= 500:
        return Explanation(
            f"Service unavailable ({status})", "The fault is on the server’s side. Try again later."
        )
    return Explanation(
        f"The server refused with HTTP status {status}",
        "It gave no reason that this program knows. Check the server’s address.",
        Action.EDIT_SERVER,
    )


_CERTIFICATES: dict[CertificateFlaw, str] = {
    CertificateFlaw.SELF_SIGNED: (
        "Its certificate is signed by nobody but itself. Nothing was sent; tell its operator."
    ),
    CertificateFlaw.EXPIRED: (
        "Its certificate has expired. Check this computer’s date; then tell the server’s operator."
    ),
    CertificateFlaw.NOT_YET_VALID: (
        "Its certificate is not valid yet. This computer’s date is probably wrong."
    ),
    CertificateFlaw.WRONG_HOST: (
        "Its certificate belongs to another name. Check the address, or the network you are in."
    ),
    CertificateFlaw.UNKNOWN_ISSUER: (
        "Your network may inspect secure traffic: ask IT to install its certificate in this system."
    ),
    CertificateFlaw.OTHER: (
        "Its certificate was not accepted. Nothing was sent; tell the server’s operator."
    ),
}


def _explain_certificate(flaw: CertificateFlaw) -> Explanation:
    return Explanation("The server’s identity could not be confirmed", _CERTIFICATES[flaw])


_KEYCHAIN: dict[type[keychain.KeychainError], Explanation] = {
    keychain.KeychainUnavailable: Explanation(
        "No keychain here",
        "Type the key: it is kept only until you quit. A keychain such as GNOME Keyring keeps it.",
        Action.TYPE_KEY,
    ),
    keychain.KeychainLocked: Explanation(
        "The keychain is locked",
        "Unlock it in the system’s own keychain program, then try again, or type the key.",
    ),
    keychain.KeychainSilent: Explanation(
        "The keychain does not answer",
        "Answer its prompt if there is one, or restart it; or type the key for this once.",
    ),
    keychain.KeychainDenied: Explanation(
        "The keychain did not let this program in",
        "Unlock it and choose “Always Allow” when it asks; an updated program is asked about anew.",
    ),
    keychain.KeychainBroken: Explanation(
        "Keychain error",
        "The keychain failed in a way of its own. Restart it, or type the key for this once.",
    ),
    keychain.KeyNotRemoved: Explanation(
        "The key is still in the keychain",
        "It said that the key was removed, but it was not. Remove it in the keychain’s program.",
    ),
    keychain.KeyNotNoted: Explanation(
        "The list of accounts could not be saved",
        "So the key was not saved either. Make room on the disk, or give access to its folder.",
    ),
    keychain.KeyNotKept: Explanation(
        "The keychain did not keep the key",
        "What was read back differs from what was saved. The key is kept until you quit.",
        Action.TYPE_KEY,
    ),
    keychain.KeyTooLong: Explanation(
        "The key is too long for the system’s keychain",
        "It takes 1,280 characters at most. Check what was pasted.",
        Action.TYPE_KEY,
    ),
}


def _explain_keychain(problem: keychain.KeychainError) -> Explanation:
    return _KEYCHAIN[type(problem)]


def _explain_session(problem: SessionError) -> Explanation:
    match problem:
        case KeyNotFound():
            return Explanation(
                "The saved key is gone",
                "Somebody removed it from the keychain. Type it again; AI Studios shows it once.",
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
                f"It is a fault of ours ({kind}). Copy a report; the log has the place.",
                Action.TRY_AGAIN,
            )
    raise AssertionError(type(problem))


_FLAWS: dict[Flaw, str] = {
    Flaw.EMPTY: "Fill this in first.",
    Flaw.TOO_LONG: "This is too long to be one. Nothing was sent.",
    Flaw.SEVERAL_LINES: "This is more than one line. Nothing was sent.",
    Flaw.CONTROL_CHARACTER: "This holds a control character. Nothing was sent.",
    Flaw.INVISIBLE_CHARACTER: "This holds an invisible character; type it by hand.",
    Flaw.NOT_AN_ADDRESS: "This is not an address such as https://host.example.",
    Flaw.NOT_ENCRYPTED: "Only https: over http everyone on the way could read the key.",
    Flaw.SCHEME: "Only addresses that begin with https:// can be used.",
    Flaw.USER_INFO: "Leave out user name and password before the @.",
    Flaw.PATH: "Leave out everything after the host and port.",
    Flaw.LOOK_ALIKE: "Only plain letters: look-alike names are refused.",
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
    Hint.INVISIBLE: "Holds an invisible character.",
}


def describe_hint(hint: Hint) -> str:
    """What stands beside a field whose value looks unusual."""
    return _HINTS[hint]


def describe_key_problem(problem: keychain.KeychainError, *, removing: bool) -> str:
    """Why the key was not saved, or not removed, in one line beside its field."""
    what = "Key NOT removed from the keychain" if removing else "Not saved, kept until you quit"
    return f"{what}: {explain(problem).headline} ({problem.reason})"


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
