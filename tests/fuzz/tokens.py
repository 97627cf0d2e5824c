"""Tokens, damaged and odd, through the decoder and everything the window makes of them."""

import base64
import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from fuzz.campaign import Judge, Target, by_damage, by_structure, without_stage
from fuzz.mutation import damaged
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QPlainTextEdit
from studios.made_tokens import NOW, armoured, token_of

from deepbrain_desktop.account import Account
from deepbrain_desktop.session.state import AccountState, Granted
from deepbrain_desktop.studios.credentials import Secret
from deepbrain_desktop.studios.decoded import LONGEST_SHOWN, DecodedToken, Kind
from deepbrain_desktop.studios.exchange import Exchange
from deepbrain_desktop.studios.snippets import Form, snippet
from deepbrain_desktop.studios.token import LONGEST_TOKEN, decode
from deepbrain_desktop.studios.validity import Valid, issued_ahead, next_change
from deepbrain_desktop.system.clock import ServiceTime
from deepbrain_desktop.ui import meanings
from deepbrain_desktop.ui.entry_table import EntryModel
from deepbrain_desktop.ui.remarks import remarks_on
from deepbrain_desktop.ui.report import granted_facts
from deepbrain_desktop.ui.result_view import ResultView
from deepbrain_desktop.ui.status import status_of, validity_of

_ACCOUNT = Account("0" * 32, "", "studiov3.a@b.c")
_ORIGIN = "https://ai-streamer.deepbrain.io"
_MOMENTS = (NOW, NOW + 3600, NOW - 600, NOW * 1000, 0, -5, 1.5, 10**30, 253402300800, "abc", True)
_ALGORITHMS = ("HS256", "RS256", "none", "NONE", "XX", "", 5, None)


# Damaged


def _claims(rng: random.Random) -> dict[str, object]:
    claims: dict[str, object] = {"sub": "someone@example.com", "exp": NOW + 3600, "iat": NOW}
    for name in ("exp", "iat", "nbf", "auth_time", "x"):
        if rng.random() < 0.3:
            claims[name] = rng.choice(_MOMENTS)
    if rng.random() < 0.02:
        claims |= {f"claim{number}": number for number in range(rng.choice((20, 600)))}
    return claims


_WORDS = (b".", b"..", b"....", b"=", b"+", b"/", b" ", b"\n", b"Bearer ", b"eyJ", b"a" * 17_000)
_JSON_WORDS = (
    b'"exp":',
    b'"b64":false,',
    b'"crit":["b64"],',
    b'"zip":"DEF",',
    b'"cty":"JWT",',
    b'"alg":"none",',
    b'{"a":' * 400,
    b"1e999",
    b"Infinity",
    b"\\ud83d",
    b"\\u202e",
    b"<a href=x>",
)
_PLAIN = tuple(token_of({"exp": NOW + n, "n": n}).encode() for n in (-60, 60, 3600))


def _damaged_token(rng: random.Random) -> str:
    header = {"alg": rng.choice(_ALGORITHMS), "typ": "JWT"}
    claims = _claims(rng)
    if rng.random() < 0.5:  # before it is armoured, so that the decoder gets further
        parts = [json.dumps(each).encode() for each in (header, claims)]
        which = rng.randrange(2)
        parts[which] = damaged(rng, parts[which], parts, _JSON_WORDS)
        if rng.random() < 0.05:
            parts[1] = parts[1].decode("latin-1").encode(rng.choice(("utf-16", "utf-32", "utf-7")))
        return ".".join([*map(armoured, parts), armoured(rng.randbytes(32))])
    token = token_of(claims, header, rng.randbytes(32)).encode()
    text = damaged(rng, token, _PLAIN, _WORDS)
    return text.decode(rng.choice(("latin-1", "utf-8")), "surrogateescape")


# Structured

_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(_MOMENTS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=10,
)
_header_names = st.sampled_from(["alg", "typ", "kid", "crit", "b64", "zip", "cty", "enc"])
_claim_names = st.sampled_from(["exp", "iat", "nbf", "sub", "iss", "aud", "auth_time"])
_objects = (
    st.dictionaries(_header_names, _values | st.sampled_from(_ALGORITHMS)).map(armoured)
    | st.dictionaries(_claim_names | st.text(max_size=8), _values).map(armoured)
    | _values.map(armoured)
)
_structured = st.builds(
    lambda header, claims, signature: ".".join((header, claims, armoured(signature))),
    st.dictionaries(_header_names, _values | st.sampled_from(_ALGORITHMS)).map(armoured) | _objects,
    st.dictionaries(_claim_names, st.sampled_from(_MOMENTS) | _values).map(armoured) | _objects,
    st.binary(max_size=40),
) | st.lists(_objects | st.binary(max_size=30).map(armoured), max_size=6).map(".".join)


# Judging

_rows = EntryModel("Claim", meanings.CLAIMS, lambda: float(NOW), None)


def _granted(token: str, decoded: DecodedToken) -> Granted:
    exchange = Exchange(_ORIGIN, 0.2, 200, 1000, clock_offset=0.0)
    moment = ServiceTime(float(NOW), 0.0)
    host = "ai-streamer.deepbrain.io"
    return Granted("studiov3.a@b.c", host, Secret(token), decoded, exchange, moment, float(NOW))


def _judge(token: str) -> bool:
    decoded = decode(token)
    granted = _granted(token, decoded)
    account = AccountState(_ACCOUNT, phase=granted)
    texts = [
        text for entry in decoded.header + decoded.claims for text in (entry.name, entry.value)
    ]
    texts += [remark.detail for remark in decoded.remarks]
    assert all(len(text) <= LONGEST_SHOWN and text.isprintable() for text in texts)
    shown = [*remarks_on(granted, account), *map(" ".join, granted_facts(granted))]
    for elapsed in (0.0, 3600.0, 1e9):
        status = status_of(account, elapsed)
        shown += [status.word, status.short, status.clock]
        assert status.fraction is None or 0 <= status.fraction <= 1
        judged = validity_of(granted, elapsed)
        if isinstance(judged, Valid):
            assert NOW + elapsed < _expiry_in(token), "valid, but it does not say so"
    next_change(decoded, NOW, NOW)
    issued_ahead(decoded, NOW)
    assert all(text.isprintable() for text in shown)
    assert all(line.isprintable() for line in (decoded.claims_json or "").split("\n"))
    assert token not in repr(decoded) or len(token) < 8
    for entries in (decoded.claims, decoded.header):
        _rows.show_entries(entries)
        for row in range(_rows.rowCount()):
            for column in range(_rows.columnCount()):
                assert isinstance(_rows.data(_rows.index(row, column)), str)
    for form in (Form.TOKEN, Form.HEADER, Form.ENVIRONMENT, Form.CURL, Form.PYTHON, Form.NODE):
        snippet(form, _ORIGIN, granted.token)
    return decoded.kind is not Kind.OPAQUE


def _expiry_in(token: str) -> float:
    """What ``exp`` is, read without the program."""
    part = "".join(token.split()).split(".")[1].rstrip("=")
    data = base64.b64decode(
        part + "=" * (-len(part) % 4), altchars=b"-_" if "+" not in part else None
    )
    return float(json.loads(data, parse_int=float)["exp"])


@contextmanager
def _screen() -> Iterator[Judge]:
    """The view of a result, as the window has it, with every token on every tab."""
    application = QApplication.instance() or QApplication([])
    before = len(QApplication.allWidgets())
    view = ResultView(lambda: 0.0)
    view.resize(744, 560)
    view.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    view.show()
    yield partial(_show, view)
    view.close()
    view.deleteLater()
    application.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert len(QApplication.allWidgets()) == before, "widgets"


def _show(view: ResultView, token: str) -> bool:
    decoded = decode(token)
    granted = _granted(token, decoded)
    view.display(AccountState(_ACCOUNT, phase=granted), granted)
    for tab in range(view.tabs.count()):
        view.tabs.setCurrentIndex(tab)
    text = view.token.findChild(QPlainTextEdit, "tokenText")
    assert not set(text.toPlainText()) - {"•"}
    view.token.reveal.setChecked(True)
    assert text.toPlainText() == token
    view.token.reveal.setChecked(False)
    assert not set(text.toPlainText()) - {"•"}
    assert view.status.text()
    view.forget()
    assert text.toPlainText() == ""
    return decoded.kind is not Kind.OPAQUE


def _damaged_grantable(rng: random.Random) -> str:
    """One that the client would let through: printable ASCII of at most 16 KiB."""
    token = "".join(each for each in _damaged_token(rng) if "!" <= each <= "~")
    return token[:LONGEST_TOKEN] or "x"


DAMAGED = Target("tokens, damaged", by_damage(_damaged_token), without_stage(_judge))
STRUCTURED = Target("tokens, structured", by_structure(_structured), without_stage(_judge))
SHOWN = Target("tokens, on the screen", by_damage(_damaged_grantable), _screen)
