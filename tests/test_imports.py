"""Who may import whom: read from the source itself."""

import ast
import sys
from collections.abc import Iterator

import children
import pytest
from source import MODULES, PACKAGE, Module, broken_in, imports

ANY = frozenset({"*"})
VALUES_OF_STUDIOS = frozenset(
    f"studios.{module}"
    for module in (
        "credentials",
        "decoded",
        "errors",
        "exchange",
        "hints",
        "pasting",
        "scenarios",
        "snippets",
        "validity",
    )
)
QT = frozenset({"PySide6"})
QT_CORE = frozenset({"PySide6.QtCore"})
PLAIN: frozenset[str] = frozenset()

ROOMS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    # room: (what of ours it may import, what else beside the standard library)
    "": (PLAIN, PLAIN),
    "product": (PLAIN, PLAIN),
    "threads": (PLAIN, PLAIN),
    "waiting": (frozenset({"threads"}), PLAIN),
    "account": (PLAIN, PLAIN),
    "plain_imports": (PLAIN, QT_CORE),
    "import_path": (PLAIN, PLAIN),
    "command_line": (frozenset({"", "product", "system.console"}), PLAIN),
    "studios": (
        frozenset({"studios", "threads", "waiting"}),
        frozenset({"requests", "urllib3", "truststore"}),
    ),
    "system": (
        frozenset(
            {"", "product", "account", "threads", "waiting", "studios.credentials", "system"}
        ),
        frozenset(
            {
                "keyring",
                "jeepney",
                "secretstorage",
                "AppKit",
                "Foundation",
                "objc",
                "PySide6.QtCore",
                "PySide6.QtGui",
            }
        ),
    ),
    "background": (frozenset({"threads"}), QT_CORE),
    "session": (
        frozenset(
            {"", "product", "account", "waiting", "background", "studios", "system", "session"}
        ),
        QT_CORE,
    ),
    "ui": (
        frozenset(
            {
                "product",
                "account",
                "resources_rc",
                "session",
                "ui",
                "system.accounts_errors",
                "system.appearance",
                "system.clipboard",
                "system.keychain_errors",
                "system.preferences",
                "system.redaction",
            }
        )
        | VALUES_OF_STUDIOS,
        QT,
    ),
    "crashes": (frozenset({"", "product", "system.redaction"}), QT_CORE),
    "app": (ANY, QT),
    "start": (ANY, QT),
    "rehearsal": (ANY, QT),
    "removal": (ANY, PLAIN),
    "self_test": (ANY, QT | {"truststore"}),
    "__main__": (frozenset({"import_path", "start"}), PLAIN),
}

HEAVY = {"requests", "urllib3", "keyring", "jwt", "truststore", "http.server", "http.client"}
"""What the first paint does not wait for."""
LOADED_LATE = {
    "studios": {
        "client",
        "envelope",
        "failures",
        "sandbox",
        "sandbox_answers",
        "sandbox_service",
        "token",
        "transport",
        "wire",
    },
    "system": {"keychain", "keychain_backends", "secret_service"},
}
"""Modules that load heavy ones, and that others import inside of functions only."""


def allowed(target: str, permitted: frozenset[str]) -> bool:
    return any(
        each in ("*", target) or (each and target.startswith(f"{each}.")) for each in permitted
    )


def test_there_is_something_to_look_at():
    assert len(MODULES) > 60
    assert sum(1 for each in MODULES for _ in imports(each.tree)) > 300


def test_every_room_is_in_the_table_and_every_room_of_the_table_is_there():
    assert {each.room for each in MODULES} == set(ROOMS)


def test_the_modules_that_load_late_are_there():
    names = {each.name for each in MODULES}
    assert {f"{room}.{name}" for room, late in LOADED_LATE.items() for name in late} <= names


def not_granted(module: Module) -> Iterator[str]:
    ours, others = ROOMS[module.room]
    for found in imports(module.tree):
        first, _, below = found.target.partition(".")
        if first == PACKAGE:
            granted = allowed(below, ours)
        else:
            granted = first in sys.stdlib_module_names or allowed(found.target, others)
        if not granted:
            yield f"line {found.line}: {found.target}"


def loaded_early(module: Module) -> Iterator[str]:
    late = {f"{PACKAGE}.{room}.{name}" for room, names in LOADED_LATE.items() for name in names}
    is_late = module.name.partition(".")[2] in LOADED_LATE.get(module.room, ())
    for found in imports(module.tree):
        if found.at_load and not is_late and allowed(found.target, frozenset(HEAVY | late)):
            yield f"line {found.line}: {found.target}"


def test_a_room_imports_what_the_table_grants_it():
    assert broken_in(not_granted) == []


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_is_granted_nothing_that_it_does_not_import(room):
    ours, others = ROOMS[room]
    wanted = {found.target for each in MODULES if each.room == room for found in imports(each.tree)}
    granted = {f"{PACKAGE}.{each}".rstrip(".") for each in ours - ANY} | others
    unused = {
        each for each in granted if not any(allowed(target, frozenset({each})) for target in wanted)
    }
    assert not unused


def test_nothing_heavy_is_loaded_before_it_is_needed():
    assert broken_in(loaded_early) == []


@pytest.mark.parametrize(
    ("check", "room", "source"),
    [
        (not_granted, "waiting", "import deepbrain_desktop.account"),
        (not_granted, "studios", "from PySide6 import QtCore"),
        (not_granted, "studios", "from deepbrain_desktop.system import clock"),
        (not_granted, "studios", "def f():\n    import keyring"),
        (not_granted, "system", "from PySide6 import QtWidgets"),
        (not_granted, "system", "from deepbrain_desktop.studios.errors import StudiosError"),
        (not_granted, "session", "from deepbrain_desktop.ui import wording"),
        (not_granted, "session", "from deepbrain_desktop import app"),
        (not_granted, "ui", "from deepbrain_desktop.studios.client import StudiosClient"),
        (not_granted, "ui", "from deepbrain_desktop.system import keychain"),
        (loaded_early, "ui", "import http.server"),
        (loaded_early, "session", "from deepbrain_desktop.studios import client"),
        (loaded_early, "session", "from deepbrain_desktop.studios.token import decode"),
        (loaded_early, "session", "try:\n    import jwt\nexcept ImportError:\n    pass"),
    ],
)
def test_a_breach_is_found(check, room, source):
    assert list(check(Module(room, ast.parse(source))))


@pytest.mark.parametrize(
    ("check", "room", "source"),
    [
        (not_granted, "session", "from deepbrain_desktop.background import Ok"),
        (loaded_early, "session", "def f():\n    from deepbrain_desktop.studios import client"),
        (loaded_early, "ui", "if TYPE_CHECKING:\n    import requests"),
    ],
)
def test_what_is_no_breach_is_let_be(check, room, source):
    assert not list(check(Module(room, ast.parse(source))))


@pytest.mark.parametrize(
    "name",
    ["waiting", "account", "product", "command_line", "studios.credentials", "studios.client"],
)
def test_what_needs_no_qt_runs_without_it(name):
    ended = children.run(f"import sys, {PACKAGE}.{name}; print('PySide6' in sys.modules)")
    assert (ended.stdout, ended.stderr) == ("False\n", "")
