"""Sees and works windows through the accessibility bus alone, as a screen reader does.

For the system's Python, which has pyatspi. Reads one JSON object a line, with ``do`` (the name of
a function below), ``pid`` of the program and arguments; answers with one line each.
"""

import json
import sys
import threading
import time

import pyatspi
from gi.repository import Atspi, GLib

PATIENCE = 15.0
"""Seconds."""
_pause = threading.Event()


class NotYet(Exception):
    """The window does not look like that, so far."""


def look(pid, name, role="", within="", words="", showing=True):
    """What the control of this name is, as soon as it is there and shows ``words``."""
    return _described(_eventually(_find, pid, name, role, within, words, showing))


def press(pid, name, role="", within=""):
    """Do what a click does, where the control can be used."""

    def pressed():
        found = _find(pid, name, role, within)
        if "sensitive" not in _states(found):
            raise NotYet(f"{name} is disabled")
        actions = found.queryAction()
        names = _names(actions)
        if "Press" not in names:
            raise NotYet(f"{name} offers {names}")
        # Not waited for: where a menu or dialog opens, the answer comes when that has closed.
        actions.doAction(names.index("Press"))

    _eventually(pressed)


def focus(pid, name, role=""):
    """Give the control the keyboard."""
    found = _eventually(_find, pid, name, role)
    found.queryComponent().grabFocus()
    focused(pid, name, role)


def focused(pid, name, role=""):
    """Wait until the control has got the keyboard."""
    _eventually(_check_focus, pid, name, role)


def write(pid, name, text):
    """Replace the text of a field, as dictation software does."""
    found = _eventually(_find, pid, name)
    found.queryEditableText().setTextContents(text)


def gone(pid, name, role=""):
    """Wait until no such control is shown."""

    def away():
        try:
            _find(pid, name, role)
        except NotYet:
            return
        raise NotYet(f"{name} is still shown")

    _eventually(away)


def table(pid, name):
    """The texts of a table, row by row."""

    def read():
        cells = _find(pid, name).queryTable()
        rows, columns = range(cells.nRows), range(cells.nColumns)
        return [[cells.getAccessibleAt(row, column).name for column in columns] for row in rows]

    return _eventually(read)


def tree(pid):
    """All that can be read of the program, shown or not."""
    return _eventually(lambda: [_described(each) for each in _all(_application(pid))])


def _described(found):
    described = {
        "name": found.name,
        "role": found.getRoleName(),
        "description": found.description,
        "text": "",
        "value": "",
        "states": sorted(_states(found)),
        "actions": [],
        "more": found.getAttributes(),
    }
    text = _interface(found.queryText)
    if text is not None:
        described["text"] = text.getText(0, -1)
    value = _interface(found.queryValue)
    if value is not None:
        described["value"] = str(value.currentValue)
    actions = _interface(found.queryAction)
    if actions is not None:
        described["actions"] = _names(actions)
    return described


def _names(actions):
    return [actions.getName(number) for number in range(actions.nActions)]


def _interface(query):
    try:
        return query()
    except NotImplementedError:
        return None


def _find(pid, name, role="", within="", words="", showing=True):
    root = _application(pid)
    if within:
        root = next((each for each in _all(root, shown=True) if each.getRoleName() == within), None)
        if root is None:
            raise NotYet(f"no {within}")
    seen = []
    for each in _all(root, shown=showing):
        if name in (each.name, _label(each)) and _is(role, each):
            described = _described(each)
            seen.append(described)
            if words in " ".join((each.name, described["description"], described["text"])):
                return each
    raise NotYet(f"no {role or 'control'} “{name}” that says “{words}”; seen {seen}")


def _is(role, each):
    if role:
        return role == each.getRoleName()
    # The words beside a field are not the field.
    kinds = [relation.getRelationType() for relation in each.getRelationSet()]
    return pyatspi.RELATION_LABEL_FOR not in kinds


def _label(each):
    """What labels it: the name of a list that drops down is its entry, by Qt's convention here."""
    if each.getRoleName() != "combo box":
        return None
    for relation in each.getRelationSet():
        if relation.getRelationType() == pyatspi.RELATION_LABELLED_BY:
            return relation.getTarget(0).name
    return None


def _check_focus(pid, name, role):
    if "focused" not in _states(_find(pid, name, role)):
        raise NotYet(f"{name} has not got the focus")


def _application(pid):
    for each in pyatspi.Registry.getDesktop(0):
        if each is not None and each.get_process_id() == pid:
            each.set_cache_mask(Atspi.Cache.NONE)
            return each
    raise NotYet(f"process {pid} is not on the bus")


def _all(root, shown=False):
    waiting = [root]
    while waiting:
        each = waiting.pop()
        role = each.getRoleName()
        if shown and role not in ("application", "frame") and "showing" not in _states(each):
            continue
        yield each
        # Cells are read as a table; a menu that is closed has nothing to be read.
        if role != "table" and not (shown and role == "menu bar"):
            waiting += [child for child in reversed(list(each)) if child is not None]


def _states(each):
    return {pyatspi.stateToString(state) for state in each.getState().getStates()}


def _eventually(call, *arguments):
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return call(*arguments)
        except (NotYet, GLib.Error, LookupError, ValueError, NotImplementedError):
            if time.monotonic() > deadline:
                raise
        _pause.wait(0.01)


def main():
    """Answer until there is nothing more to read."""
    for line in sys.stdin:
        request = json.loads(line)
        try:
            call = {
                each.__name__: each
                for each in (look, press, focus, focused, write, gone, table, tree)
            }
            answer = {"answer": call[request.pop("do")](**request)}
        except Exception as error:  # noqa: BLE001 - the test says it
            answer = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
