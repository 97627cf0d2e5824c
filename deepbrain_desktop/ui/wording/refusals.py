"""Sentences about requests that the service, or what stands before it, refused."""

from deepbrain_desktop.ui.wording.explanation import Action, Explanation

_CODES: dict[int, Explanation] = {
    4000: Explanation(
        "The service did not accept the form of the values",
        "Check both for a slip: an app ID reads studiov3. and the account’s mail address, without"
        " spaces.",
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
        "The account’s owner should ask AI Studios, for example whether its plan includes them.",
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
        "The fault is on its side. Try again in a few minutes; if it stays so, send a report to"
        " AI Studios support.",
    ),
}


def explain_code(code: int) -> Explanation:
    """Put a code of the service into words."""
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
    402: Explanation(
        "Payment required (402)",
        "The account’s owner should look after its plan and credits at AI Studios.",
        Action.OPEN_KEY_PAGE,
    ),
    403: Explanation(
        "Not allowed (403)",
        "The service, or a firewall before it, turned this computer or account away. Ask your"
        " network’s administrator.",
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
        "The connection from here may be slow. Try again.",
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
        "The fault is on its side. Try again in a few minutes.",
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
    511: Explanation(
        "Your network asks for a sign-in (511)",
        "Sign in to the network, or ask its administrator, then try again.",
    ),
}


def explain_status(status: int) -> Explanation:
    """Put an HTTP status into words."""
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
