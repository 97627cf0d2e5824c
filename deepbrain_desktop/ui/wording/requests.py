"""Sentences about requests that brought no answer of the service's own making."""

from deepbrain_desktop.studios import errors
from deepbrain_desktop.studios.errors import CertificateFlaw, StudiosError
from deepbrain_desktop.ui.wording.explanation import Action, Explanation

_STUDIOS: dict[type[StudiosError], tuple[str, str, Action | None]] = {
    errors.NameNotFound: (
        "Can’t find {host}",
        "The name did not resolve. Check the internet connection, VPN and DNS of this computer.",
        Action.TRY_AGAIN,
    ),
    errors.ConnectionRefused: (
        "{host} refused the connection",
        "Nothing listens there, or a firewall refuses. Check address and port, or try again later.",
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
        "It took the request and stayed silent. Try again; after that, the service may be down.",
        Action.TRY_AGAIN,
    ),
    errors.DeadlinePassed: (
        "The request took too long",
        "It was stopped at its time limit: the connection, VPN and DNS included, or the service is"
        " too slow. Try again.",
        Action.TRY_AGAIN,
    ),
    errors.ClosedWithoutAnswer: (
        "{host} closed the connection without an answer",
        "Nothing was sent a second time. Try again; a proxy or firewall may cut connections.",
        Action.TRY_AGAIN,
    ),
    errors.ConnectionLost: (
        "The connection to {host} was lost",
        "It broke before the answer was complete. Try again.",
        Action.TRY_AGAIN,
    ),
    errors.IncompleteAnswer: (
        "The answer was incomplete",
        "It broke off before its end, so it was not used. Try again.",
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
        "It offers no TLS 1.2 here, or a firewall is in the way. Check the address, then ask your"
        " network’s administrator.",
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
        "The service reported success but sent nothing. If it stays so, send a report to AI Studios"
        " support.",
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
        "It would not fit into the header of a request. Send a report to AI Studios support.",
        Action.TRY_AGAIN,
    ),
}


_CERTIFICATES: dict[CertificateFlaw, str] = {
    CertificateFlaw.SELF_SIGNED: (
        "Nobody but itself signed its certificate. Nothing was sent. Sign in to your network,"
        " should it ask; or tell the server’s operator."
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


def explain_request(problem: StudiosError) -> Explanation:
    """Put into words how a request failed."""
    if isinstance(problem, errors.CertificateRejected):
        advice = _CERTIFICATES[problem.flaw]
        return Explanation("The server’s identity could not be confirmed", advice)
    headline, advice, action = _STUDIOS[type(problem)]
    host = problem.exchange.host if problem.exchange else "the service"
    return Explanation(headline.format(host=host), advice.format(host=host), action)
