"""A secret shows itself to nobody who does not ask for it by ``reveal``."""

import copy
import dataclasses
import inspect
import io
import json
import logging
import pickle
import pprint
import reprlib
import traceback
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepbrain_desktop.studios.credentials import Credentials, Secret

TEXTS = st.text(max_size=1280).map("kq7Zx-{}".format)
"""What no word of the program's holds by chance."""
SHOWING = {
    "repr": repr,
    "str": str,
    "ascii": ascii,
    "f-string": lambda secret: f"{secret} {secret!r} {secret!s} {secret!a} {secret:>40}",
    "self-documenting f-string": lambda secret: f"{secret=}",
    "format": "{0} {0:>40} {0!r} {0!s} {0!a}".format,
    "format with attributes": "{0._held} {0.reveal} {0.__slots__}".format,
    "percent": lambda secret: "%(it)s %(it)r %(it)a".__mod__({"it": secret}),
    "in a container": lambda secret: repr([(secret,), {secret: secret}, {secret}]),
    "pprint": pprint.pformat,
    "reprlib": reprlib.repr,
    "attributes": lambda secret: repr(inspect.getmembers(secret)),
    "slots": lambda secret: repr([getattr(secret, name) for name in Secret.__slots__]),
    "dir": lambda secret: repr({name: getattr(secret, name) for name in dir(secret)}),
    "bound method": lambda secret: repr(secret.reveal),
    "what holds it": lambda secret: repr(Credentials("app", secret)),
    "its fields": lambda secret: repr(
        [getattr(Credentials("app", secret), each.name) for each in dataclasses.fields(Credentials)]
    ),
}
REFUSING = {
    "pickle": pickle.dumps,
    "old pickle": lambda secret: pickle.dumps(secret, 0),
    "pickle of what holds it": lambda secret: pickle.dumps(Credentials("app", secret)),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "asdict": lambda secret: dataclasses.asdict(Credentials("app", secret)),
    "json": json.dumps,
    "json of slots": lambda secret: json.dumps(
        secret, default=lambda value: [getattr(value, each) for each in value.__slots__]
    ),
    "json of attributes": lambda secret: json.dumps(secret, default=vars),
    "vars": vars,
    "concatenation": lambda secret: "key: " + secret,
    "join": lambda secret: "".join([secret]),
    "bytes": bytes,
    "iteration": list,
    "length": len,
    "index": lambda secret: secret[0],
    "order": lambda secret: secret < Secret(""),
    "membership": lambda secret: secret in "text",
}


@pytest.mark.parametrize("show", SHOWING.values(), ids=SHOWING)
@given(text=TEXTS)
def test_a_secret_is_not_shown_by(show, text):
    assert text not in show(Secret(text))


@pytest.mark.parametrize("take", REFUSING.values(), ids=REFUSING)
@given(text=TEXTS)
def test_a_secret_is_not_given_to(take, text):
    with pytest.raises((TypeError, AttributeError)) as raised:
        take(Secret(text))
    assert text not in str(raised.value)
    assert text not in repr(raised.value)


@given(text=TEXTS)
def test_a_traceback_with_the_values_of_variables_does_not_show_it(text):
    with pytest.raises(TypeError) as raised:
        _fail(Secret(text))
    report = traceback.TracebackException.from_exception(raised.value, capture_locals=True)
    # The frames below this one, whose own variable ``text`` is no secret.
    report.stack = traceback.StackSummary.from_list(report.stack[1:])
    shown = "".join(report.format())
    assert "Secret(••••)" in shown
    assert text not in shown


def _fail(secret):
    _fail_further({"credentials": Credentials("app", secret), "key": secret})


def _fail_further(held):
    int(held["key"])


@given(text=TEXTS)
def test_a_log_entry_does_not_show_it(text):
    entries = io.StringIO()
    logger = logging.Logger("of its own")
    logger.addHandler(logging.StreamHandler(entries))
    logger.warning("%s %r %s", Secret(text), Secret(text), {"key": Secret(text)})
    assert entries.getvalue().count("••••") == 3
    assert text not in entries.getvalue()


@given(text=st.text())
def test_whoever_asks_gets_the_text_itself(text):
    assert Secret(text).reveal() == text
    assert bool(Secret(text)) is bool(text)


@given(text=st.text(), other=st.text())
def test_secrets_are_equal_when_their_texts_are(text, other):
    assert Secret(text) == Secret(text)
    assert (Secret(text) == Secret(other)) is (text == other)
    assert (Secret(text) != Secret(other)) is (text != other)
    assert hash(Secret(text)) == hash(Secret(text))
    assert Secret(text) != text


def test_a_text_that_cannot_be_encoded_is_a_secret_like_others():
    assert Secret("\ud800") == Secret("\ud800") != Secret("\udfff")


def test_a_parsed_key_is_covered():
    key = str(uuid.uuid4())
    assert key not in repr(Credentials.parse("app", key))
