"""Who may import whom, and what nobody may write: read from the source itself."""

import ast
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import children
import pytest

PACKAGE = "deepbrain_desktop"
SOURCE = Path(__file__).parents[1] / PACKAGE
GENERATED = {"resources_rc"}

ANY = frozenset({"*"})
VALUES_OF_STUDIOS = frozenset(
    f"studios.{module}"
    for module in (
        "credentials",
        "decoded",
        "errors",
        "exchange",
        "hints",
        "moments",
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
    "waiting": (PLAIN, PLAIN),
    "account": (PLAIN, PLAIN),
    "plain_imports": (PLAIN, QT_CORE),
    "command_line": (frozenset({"", "product"}), PLAIN),
    "studios": (
        frozenset({"studios", "waiting"}),
        frozenset({"requests", "urllib3", "truststore", "jwt"}),
    ),
    "system": (
        frozenset({"", "product", "account", "waiting", "studios.credentials", "system"}),
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
                "PySide6.QtNetwork",
            }
        ),
    ),
    "background": (frozenset({"waiting"}), QT_CORE),
    "session": (
        frozenset(
            {"", "product", "account", "waiting", "background", "studios", "system", "session"}
        ),
        QT_CORE,
    ),
    "ui": (
        frozenset(
            {
                "",
                "product",
                "account",
                "resources_rc",
                "session",
                "ui",
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
    "self_test": (ANY, QT | {"truststore"}),
    "__main__": (frozenset({"start"}), PLAIN),
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


class Module(NamedTuple):
    name: str
    """Below the package; empty for the package itself."""
    tree: ast.Module

    @property
    def room(self) -> str:
        return self.name.partition(".")[0]

    @property
    def is_late(self) -> bool:
        return self.name.partition(".")[2] in LOADED_LATE.get(self.room, ())


def module(path: Path) -> Module:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    name = ".".join(part for part in parts if part != "__init__")
    return Module(name, ast.parse(path.read_text("utf-8"), path.name))


MODULES = [module(path) for path in sorted(SOURCE.rglob("*.py")) if path.stem not in GENERATED]


class Import(NamedTuple):
    target: str
    line: int
    at_load: bool
    """Whether it happens when the module is loaded."""


def imports(tree: ast.Module) -> Iterator[Import]:
    yield from _imports(tree, at_load=True)


def _imports(node: ast.AST, *, at_load: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.Import(names=names):
                for name in names:
                    yield Import(name.name, child.lineno, at_load)
            case ast.ImportFrom(module=origin, names=names, level=level):
                assert level == 0, f"relative import in line {child.lineno}"
                for name in names:
                    yield Import(_target(origin or "", name.name), child.lineno, at_load)
            case ast.If(test=ast.Name(id="TYPE_CHECKING"), body=body, orelse=orelse):
                for part in body:
                    yield from _imports(ast.Module([part], []), at_load=False)
                for part in orelse:
                    yield from _imports(ast.Module([part], []), at_load=at_load)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                yield from _imports(child, at_load=False)
            case _:
                yield from _imports(child, at_load=at_load)


def _target(origin: str, name: str) -> str:
    """The module that ``from origin import name`` needs."""
    below = SOURCE.parent.joinpath(*origin.split("."), name)
    is_module = below.with_suffix(".py").is_file() or (below / "__init__.py").is_file()
    return f"{origin}.{name}" if is_module or origin == "PySide6" else origin


def allowed(target: str, permitted: frozenset[str]) -> bool:
    return any(
        each in ("*", target) or (each and target.startswith(f"{each}.")) for each in permitted
    )


Check = Callable[[Module], Iterator[str]]


def broken_in(check: Check) -> list[str]:
    return [f"{each.name or PACKAGE}, {what}" for each in MODULES for what in check(each)]


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
    for found in imports(module.tree):
        if found.at_load and not module.is_late and allowed(found.target, frozenset(HEAVY | late)):
            yield f"line {found.line}: {found.target}"


def spoken_elsewhere(module: Module) -> Iterator[str]:
    for found in imports(module.tree):
        if found.target.partition(".")[0] == "requests" and module.name not in SPEAKS:
            yield f"line {found.line}: {found.target}"


def banned_names(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        match node:
            case (
                ast.Name(id=name)
                | ast.Attribute(attr=name)
                | ast.alias(name=name)
                | ast.ImportFrom(module=name)
            ) if name in BANNED_NAMES:
                yield f"line {node.lineno}: {name}, which {BANNED_NAMES[name]}"


def keyring_as_it_comes(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        match node:
            case ast.Import(names=names):
                taken = {name.name for name in names if name.name.partition(".")[0] == "keyring"}
            case ast.ImportFrom(module="keyring", names=names):
                taken = {name.name for name in names} - {"backends", "errors"}
            case ast.ImportFrom(module="keyring.core", names=names):
                taken = {name.name for name in names}
            case _:
                continue
        if taken:
            yield f"line {node.lineno}: {taken}"


def checks_turned_off(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        match node:
            case ast.keyword(
                arg="verify" | "check_hostname" | "assert_hostname", value=ast.Constant(value=value)
            ) if not value:
                yield f"line {node.lineno}"
            case ast.Assign(
                targets=[ast.Attribute(attr="verify" | "check_hostname" | "trust_env") as target],
                value=ast.Constant(value=value),
            ) if bool(value) is (target.attr == "trust_env"):
                yield f"line {node.lineno}"


def loops_of_their_own(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="exec", value=value)) if (
                ast.unparse(value) not in LOOPS
            ):
                yield f"line {node.lineno}: {ast.unparse(node)}"
            case ast.Call(func=ast.Attribute(value=ast.Name(id=dialog), attr=name)) if (
                dialog in DIALOGS and name[0].islower()
            ):
                yield f"line {node.lineno}: {ast.unparse(node)}"


def shells(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        match node:
            case ast.keyword(arg="shell"):
                yield f"line {node.lineno}"
            case ast.Attribute(value=ast.Name(id="os"), attr="system" | "popen"):
                yield f"line {node.lineno}"


SPEAKS = {"studios.failures", "studios.transport"}
BANNED_NAMES = {
    "CERT_NONE": "checks no certificate",
    "_create_unverified_context": "checks no certificate",
    "disable_warnings": "hides that no certificate is checked",
    "get_keyring": "may bring a keyring that writes plain text",
    "set_keyring": "changes the keyring for all",
    "QThread": "ends the process when it is destroyed while it runs",
    "QThreadPool": "waits at exit",
    "ThreadPoolExecutor": "waits at exit",
    "ProcessPoolExecutor": "waits at exit",
    "processEvents": "lets anything happen in the middle of anything",
    "pickle": "runs what it reads",
    "eval": "runs what it reads",
    "exec_": "blocks the loop",
}
LOOPS = {"QApplication", "QCoreApplication", "QEventLoop", "application", "loop"}
DIALOGS = {"QMessageBox", "QInputDialog", "QFileDialog", "QColorDialog", "QFontDialog"}


def test_a_room_imports_what_the_table_grants_it():
    assert broken_in(not_granted) == []


def test_nothing_heavy_is_loaded_before_it_is_needed():
    assert broken_in(loaded_early) == []


def test_only_the_transport_speaks_to_the_network():
    assert broken_in(spoken_elsewhere) == []


def test_no_name_that_was_banned_is_used():
    assert broken_in(banned_names) == []


def test_the_keyring_is_one_that_was_chosen_and_not_whichever_is_configured():
    assert broken_in(keyring_as_it_comes) == []


def test_certificates_and_names_are_always_checked():
    assert broken_in(checks_turned_off) == []


def test_nothing_blocks_the_event_loop_with_a_loop_of_its_own():
    assert broken_in(loops_of_their_own) == []


def test_no_shell_is_started():
    assert broken_in(shells) == []


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
        (spoken_elsewhere, "studios", "def f():\n    import requests"),
        (banned_names, "ui", "from PySide6.QtCore import QThread"),
        (banned_names, "ui", "application.processEvents()"),
        (banned_names, "studios", "context.verify_mode = ssl.CERT_NONE"),
        (banned_names, "studios", "import pickle"),
        (banned_names, "studios", "from pickle import loads"),
        (keyring_as_it_comes, "system", "import keyring"),
        (keyring_as_it_comes, "system", "import keyring.errors"),
        (keyring_as_it_comes, "system", "from keyring import get_password"),
        (keyring_as_it_comes, "system", "from keyring.core import set_password"),
        (checks_turned_off, "studios", "requests.post(url, verify=False)"),
        (checks_turned_off, "studios", "session.verify = False"),
        (checks_turned_off, "studios", "session.trust_env = True"),
        (checks_turned_off, "studios", "context.check_hostname = False"),
        (loops_of_their_own, "ui", "dialog.exec()"),
        (loops_of_their_own, "ui", "QMessageBox(self).exec()"),
        (loops_of_their_own, "ui", "QMessageBox.question(self, '', '')"),
        (loops_of_their_own, "ui", "QInputDialog.getText(self, '', '')"),
        (shells, "system", "subprocess.run('ls', shell=True)"),
        (shells, "system", "os.system('ls')"),
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
        (loops_of_their_own, "start", "application.exec()"),
        (loops_of_their_own, "ui", "QMessageBox.Icon.Warning"),
        (checks_turned_off, "studios", "session.trust_env = False"),
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
