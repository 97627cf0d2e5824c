"""What nobody may write, and what may be written in named places only: read from the source."""

import ast
from collections.abc import Iterator

import pytest
from source import MODULES, Module, broken_in, imported_names, in_full, origins

BANNED_NAMES = {
    # TLS
    "CERT_NONE": "checks no certificate",
    "CERT_OPTIONAL": "may check no certificate",
    "_create_unverified_context": "checks no certificate",
    "_create_stdlib_context": "checks no certificate",
    "PROTOCOL_TLS": "checks no certificate",
    "_create_default_https_context": "changes the check for all",
    "disable_warnings": "hides that no certificate is checked",
    # keyring
    "get_keyring": "may bring a keyring that writes plain text",
    "set_keyring": "changes the keyring for all",
    "load_keyring": "brings a keyring by its name",
    # the event loop
    "QThread": "ends the process when it is destroyed while it runs",
    "QThreadPool": "waits at exit",
    "ThreadPoolExecutor": "waits at exit",
    "ProcessPoolExecutor": "waits at exit",
    "processEvents": "lets anything happen in the middle of anything",
    "exec_": "blocks the loop",
    # code out of data, and other programs
    "import_module": "loads what a text names",
    "breakpoint": "stops the program, or runs what PYTHONBREAKPOINT names",
    "mktemp": "names a file that somebody else may make first",
    "QProcess": "starts another program",
    # rich text: what is foreign is shown as plain text
    "AutoText": "guesses whether a text is markup",
    "RichText": "takes a text for markup",
    "MarkdownText": "takes a text for markup",
    "setHtml": "takes a text for markup",
    "insertHtml": "takes a text for markup",
    "appendHtml": "takes a text for markup",
    "setMarkdown": "takes a text for markup",
    "QTextBrowser": "shows markup",
    "QTextEdit": "guesses whether a text is markup",
    "QErrorMessage": "shows markup",
    "QToolTip": "guesses whether a text is markup",
    "setWhatsThis": "guesses whether a text is markup",
    "setOpenExternalLinks": "opens what a text links to",
    "setOpenLinks": "opens what a text links to",
}
BUILT_IN = {"eval", "exec", "compile", "__import__", "input", "setattr", "vars"}

NOWHERE: frozenset[str] = frozenset()
PLACES = {
    # what may be imported: by which modules, and by no others
    "requests": {"studios.failures", "studios.transport"},
    "urllib3": {"studios.failures", "studios.transport", "studios.wire"},
    "truststore": {"studios.transport", "self_test"},
    "ssl": {
        "studios.failures",
        "studios.sandbox",
        "studios.transport",
        "system.versions",
        "self_test",
    },
    "socket": {
        "background",
        "studios.failures",
        "studios.sandbox",
        "studios.wire",
        "system.display",
        "system.screen_lock",
        "system.session_bus",
        "system.secret_service",
        "system.signals",
    },
    "http.client": {"studios.failures", "studios.wire"},
    "builtins": {"plain_imports"},
    "ctypes": {"system.console", "system.display", "system.hardening"},
    "PySide6.QtNetwork": {"system.instance"},
    "PySide6.QtWidgets.QMessageBox": {"ui.dialogs"},
    "PySide6.QtWidgets.QInputDialog": {"ui.dialogs"},
    **dict.fromkeys(
        (
            *("asyncio", "ftplib", "http.server", "imaplib", "poplib", "smtplib", "socketserver"),
            *("telnetlib", "urllib.request", "xmlrpc", "webbrowser"),
            *("multiprocessing", "pdb", "pty", "subprocess"),
            *("code", "codeop", "marshal", "pickle", "runpy", "shelve"),
            *("importlib.machinery", "importlib.util", "posix", "warnings"),
            # of an exception its own words
            *("traceback.TracebackException", "traceback.format_exc", "traceback.format_exception"),
            *("traceback.format_exception_only", "traceback.print_exc", "traceback.print_last"),
            "traceback.print_exception",
        ),
        NOWHERE,
    ),
}

KEYRINGS = {
    "keyring.backend.KeyringBackend",
    "keyring.backends.SecretService",
    "keyring.backends.kwallet.DBusKeyring",
    "keyring.backends.Windows.WinVaultKeyring",
    "keyring.backends.macOS",
}

REVEALING = {
    # where a secret is taken out of its cover, and how often at most; more is to be thought about
    "rehearsal": 1,
    "session.flaws": 1,
    "session.issuing": 1,
    "session.keys": 1,
    "session.requests": 2,
    "studios.client": 1,
    "studios.envelope": 1,
    "studios.snippets": 4,
    "system.keychain": 3,
    "ui.credentials_form": 2,
    "ui.intents": 1,
    "ui.token_view": 1,
}
FORKING = {"system.display"}
PRINTING = {"studios.sandbox", "system.console"}

LOOPS = {"QApplication", "QCoreApplication", "QEventLoop", "application", "loop"}
DIALOGS = {"QMessageBox", "QInputDialog", "QFileDialog", "QColorDialog", "QFontDialog"}
LOGGERS = {"_log", "log", "_logger", "logger", "logging"}
LEVELS = {"debug", "info", "warning", "error", "critical", "exception", "log"}
TIPS = {"setToolTip", "setStatusTip"}
TIP_ROLES = {"ToolTipRole", "StatusTipRole", "WhatsThisRole"}
TIP_PROPERTIES = {"toolTip", "statusTip", "whatsThis"}
CHECKS = {"verify": True, "check_hostname": True, "trust_env": False}
"""What decides whether a certificate is checked, or by whom; and as what it may be set."""
STREAMS = {"stdout", "stderr", "__stdout__", "__stderr__"}


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
            case ast.Name(id=name) if name in BUILT_IN:
                yield f"line {node.lineno}: {name}"


def _uses(module: Module, *, imported: bool = False) -> Iterator[tuple[int, str]]:
    """Names as they are used, in full; ``imported``: only those that begin with an imported one."""
    known = origins(module.tree)
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Name | ast.Attribute):
            text = ast.unparse(node)
            if not imported or text.partition(".")[0] in known:
                yield node.lineno, in_full(text, known)


def imported_elsewhere(module: Module) -> Iterator[str]:
    for line, name in (*imported_names(module.tree), *_uses(module, imported=True)):
        for banned, places in PLACES.items():
            if f"{name}.".startswith(f"{banned}.") and module.name not in places:
                yield f"line {line}: {name}"


def keyring_as_it_comes(module: Module) -> Iterator[str]:
    for line, name in imported_names(module.tree):
        if name.partition(".")[0] in ("keyring", "keyrings") and name not in KEYRINGS:
            yield f"line {line}: {name}"


def checks_turned_off(module: Module) -> Iterator[str]:
    left_on = {id(target) for target in _checks_left_on(module)}
    for node in ast.walk(module.tree):
        match node:
            case ast.keyword(
                arg="verify" | "check_hostname" | "assert_hostname", value=value
            ) if not (isinstance(value, ast.Constant) and value.value):
                yield f"line {node.lineno}"
            case ast.keyword(arg="cert_reqs" | "ca_certs" | "ca_cert_dir" | "assert_fingerprint"):
                yield f"line {node.lineno}"
            case ast.Attribute(attr="verify_mode" | "verify_flags", ctx=ast.Store()):
                yield f"line {node.lineno}"
            case ast.Attribute(attr=name, ctx=ast.Store()) if name in CHECKS:
                if id(node) not in left_on:
                    yield f"line {node.lineno}"
            case ast.Dict(keys=keys):
                named = {each.value for each in keys if isinstance(each, ast.Constant)}
                if named & {*CHECKS, "cert_reqs", "assert_hostname"}:
                    yield f"line {node.lineno}"


def _checks_left_on(module: Module) -> Iterator[ast.Attribute]:
    for node in ast.walk(module.tree):
        match node:
            case ast.Assign(
                targets=[ast.Attribute(attr=name) as target], value=ast.Constant(value=value)
            ) if name in CHECKS and value is CHECKS[name]:
                yield target


def loops_of_their_own(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        match node:
            case ast.Attribute(attr="exec", value=value) if ast.unparse(value) not in LOOPS:
                yield f"line {node.lineno}: {ast.unparse(node)}"
    for line, name in _uses(module):
        match name.split("."):
            case [*_, dialog, call] if dialog in DIALOGS and call[0].islower():
                yield f"line {line}: {name}"


def other_programs(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        match node:
            case ast.keyword(arg="shell"):
                yield f"line {node.lineno}"
    for line, name in (*imported_names(module.tree), *_uses(module)):
        call = name.removeprefix("os.")
        if call != name and (
            call in ("system", "popen", "forkpty", "startfile")
            or (call == "fork" and module.name not in FORKING)
            or call.startswith(("exec", "spawn", "posix_spawn"))
        ):
            yield f"line {line}: {name}"


def perhaps_markup(module: Module) -> Iterator[str]:
    """Find texts that a label or a tool tip would look for markup in, unless all are our own."""
    known = origins(module.tree)
    for node in ast.walk(module.tree):
        match node:
            case ast.Call(func=func) if _is_label(func, known):
                yield f"line {node.lineno}: QLabel, not TextLabel"
            case ast.ClassDef(bases=bases) if module.name != "ui.plain_text":
                if any(_is_label(each, known) for each in bases):
                    yield f"line {node.lineno}: {node.name} is a QLabel, not a TextLabel"
            case ast.Call(func=ast.Attribute(attr=name), args=[*_, text]) if name in TIPS:
                if not _is_plain(text):
                    yield f"line {node.lineno}: {ast.unparse(node)}"
            case ast.keyword(arg=name, value=text) if name in TIP_PROPERTIES:
                if not _is_plain(text):
                    yield f"line {node.value.lineno}: {name}"
            case ast.Call(
                func=ast.Attribute(attr="setProperty"), args=[ast.Constant(value=name), _]
            ):
                if name in TIP_PROPERTIES:
                    yield f"line {node.lineno}: {name}"
            case ast.Call(args=arguments):
                if any(
                    isinstance(each, ast.Attribute) and each.attr in TIP_ROLES for each in arguments
                ):
                    yield f"line {node.lineno}: {ast.unparse(node)}"
            case ast.If(
                test=ast.Compare(comparators=[ast.Attribute(attr=role)]), body=[*_, last]
            ) if role in TIP_ROLES:
                if not isinstance(last, ast.Return) or not _is_plain(last.value):
                    yield f"line {last.lineno}: {role}"


def _is_label(expression: ast.expr, known: dict[str, str]) -> bool:
    return in_full(ast.unparse(expression), known).rpartition(".")[2] == "QLabel"


def _is_plain(text: ast.expr | None) -> bool:
    match text:
        case ast.Constant(value=str(words)):
            return "<" not in words
        case ast.Call(func=ast.Name(id="plain_tip")):
            return True
    return False


def revealed(module: Module) -> Iterator[int]:
    """Lines where a Secret's method ``reveal`` is taken, or what it takes the text from."""
    for node in ast.walk(module.tree):
        match node:
            case ast.Attribute(attr="reveal", value=value) if ast.unparse(value) != "self":
                yield node.lineno
            case ast.Attribute(attr="_held") | ast.Constant(value="_held" | "reveal") if (
                module.name != "studios.credentials"
            ):
                yield node.lineno


def revealed_elsewhere(module: Module) -> Iterator[str]:
    lines = list(revealed(module))
    if len(lines) > REVEALING.get(module.name, 0):
        yield f"lines {lines}"


def printed(module: Module) -> Iterator[str]:
    for line, name in (*imported_names(module.tree), *_uses(module)):
        printing = name == "print" or name.rpartition(".")[2] in STREAMS
        if printing and module.name not in PRINTING:
            yield f"line {line}: {name}"


def logged_at_length(module: Module) -> Iterator[str]:
    """Find log entries that are not our own words, or that bring an exception's along."""
    for node in ast.walk(module.tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=logger, attr=level), args=args, keywords=keywords
            ) if level in LEVELS and _is_logger(logger):
                words = args[1:2] if level == "log" else args[:1]
                if level == "exception" or keywords:
                    yield f"line {node.lineno}: more than its words"
                if not all(isinstance(each, ast.Constant) for each in words):
                    yield f"line {node.lineno}: words made up on the spot"


def _is_logger(expression: ast.expr) -> bool:
    text = ast.unparse(expression)
    return text.rpartition(".")[2] in LOGGERS or text.startswith("logging.getLogger(")


def test_no_name_that_was_banned_is_used():
    assert broken_in(banned_names) == []


def test_network_other_programs_and_raw_memory_are_reached_from_named_places_only():
    assert broken_in(imported_elsewhere) == []


def test_the_keyring_is_one_that_was_chosen_and_not_whichever_is_configured():
    assert broken_in(keyring_as_it_comes) == []


def test_certificates_and_names_are_always_checked():
    assert broken_in(checks_turned_off) == []


def test_nothing_blocks_the_event_loop_with_a_loop_of_its_own():
    assert broken_in(loops_of_their_own) == []


def test_no_other_program_is_started():
    assert broken_in(other_programs) == []


def test_no_foreign_text_is_taken_for_markup():
    assert broken_in(perhaps_markup) == []


def test_secrets_are_revealed_in_named_places_only():
    assert broken_in(revealed_elsewhere) == []


def test_only_what_is_there_to_print_prints():
    assert broken_in(printed) == []


def test_the_log_gets_our_own_words_only():
    assert broken_in(logged_at_length) == []


def test_places_that_may_do_what_others_may_not_are_there():
    named = set().union(*PLACES.values(), FORKING, PRINTING, REVEALING)
    assert named <= {module.name for module in MODULES}


@pytest.mark.parametrize(
    ("check", "room", "source"),
    [
        (imported_elsewhere, "studios.client", "def f():\n    import requests"),
        (imported_elsewhere, "studios.client", "from requests import post"),
        (imported_elsewhere, "studios.client", "import urllib3"),
        (imported_elsewhere, "studios.client", "import urllib.request"),
        (imported_elsewhere, "studios.client", "from urllib import request"),
        (imported_elsewhere, "studios.client", "from urllib.request import urlopen"),
        (imported_elsewhere, "studios.client", "import http.client"),
        (imported_elsewhere, "studios.client", "from http import client"),
        (imported_elsewhere, "studios.client", "from http.client import HTTPSConnection"),
        (imported_elsewhere, "studios.client", "import socket"),
        (imported_elsewhere, "studios.client", "from socket import create_connection"),
        (imported_elsewhere, "studios.client", "from PySide6.QtNetwork import QSslSocket"),
        (imported_elsewhere, "studios.client", "from PySide6 import QtNetwork"),
        (imported_elsewhere, "studios.client", "import subprocess"),
        (imported_elsewhere, "studios.client", "import ctypes.util"),
        (imported_elsewhere, "studios.client", "import pickle"),
        (imported_elsewhere, "studios.client", "from pickle import loads"),
        (imported_elsewhere, "studios.client", "import marshal"),
        (imported_elsewhere, "ui.main_window", "from PySide6.QtWidgets import QMessageBox"),
        (imported_elsewhere, "crashes", "from traceback import TracebackException"),
        (banned_names, "ui", "from PySide6.QtCore import QThread"),
        (banned_names, "ui", "application.processEvents()"),
        (banned_names, "ui", "label.setTextFormat(Qt.TextFormat.RichText)"),
        (banned_names, "ui", "label.setTextFormat(Qt.AutoText)"),
        (banned_names, "ui", "view.setHtml(text)"),
        (banned_names, "ui", "from PySide6.QtWidgets import QTextBrowser"),
        (banned_names, "ui", "field.setWhatsThis(text)"),
        (banned_names, "studios", "context = ssl._create_unverified_context()"),
        (banned_names, "studios", "mode = ssl.CERT_NONE"),
        (banned_names, "studios", "tempfile.mktemp()"),
        (banned_names, "studios", "eval(text)"),
        (banned_names, "studios", "exec(text)"),
        (banned_names, "studios", "__import__(name)"),
        (banned_names, "studios", "importlib.import_module(name)"),
        (banned_names, "studios", "breakpoint()"),
        (keyring_as_it_comes, "system", "import keyring"),
        (keyring_as_it_comes, "system", "import keyring.errors"),
        (keyring_as_it_comes, "system", "from keyring import get_password"),
        (keyring_as_it_comes, "system", "from keyring.core import set_password"),
        (checks_turned_off, "studios", "requests.post(url, verify=False)"),
        (checks_turned_off, "studios", "session.verify = False"),
        (checks_turned_off, "studios", "session.trust_env = True"),
        (checks_turned_off, "studios", "context.check_hostname = False"),
        (checks_turned_off, "studios", "context.verify_mode = mode"),
        (checks_turned_off, "studios", "PoolManager(cert_reqs='NONE')"),
        (checks_turned_off, "studios", "PoolManager(assert_hostname=False)"),
        (loops_of_their_own, "ui", "dialog.exec()"),
        (loops_of_their_own, "ui", "QMessageBox(self).exec()"),
        (loops_of_their_own, "ui", "QMessageBox.question(self, '', '')"),
        (loops_of_their_own, "ui", "QInputDialog.getText(self, '', '')"),
        (other_programs, "system", "run('ls', shell=True)"),
        (other_programs, "system", "os.system('ls')"),
        (other_programs, "system", "os.execv(path, arguments)"),
        (other_programs, "system", "os.posix_spawnp(path, arguments, environment)"),
        (other_programs, "system.clock", "os.fork()"),
        (perhaps_markup, "ui.page", "QLabel(text)"),
        (perhaps_markup, "ui.page", "class Words(QLabel): pass"),
        (perhaps_markup, "ui.page", "class Words(QtWidgets.QLabel): pass"),
        (perhaps_markup, "ui.page", "button.setToolTip(name)"),
        (perhaps_markup, "ui.page", "button.setToolTip(f'{name}')"),
        (perhaps_markup, "ui.page", "button.setToolTip('<b>')"),
        (perhaps_markup, "ui.page", "if role == Qt.ItemDataRole.ToolTipRole:\n    return name"),
        (revealed_elsewhere, "ui.page", "text = key.reveal()"),
        (revealed_elsewhere, "ui.page", "found = map(Secret.reveal, keys)"),
        (revealed_elsewhere, "studios.client", "key.reveal(), key.reveal()"),
        (printed, "ui.page", "print(key)"),
        (printed, "ui.page", "sys.stderr.write(key)"),
        (logged_at_length, "ui.page", "_log.info(f'{key}')"),
        (logged_at_length, "ui.page", "_log.log(level, 'a' + key)"),
        (logged_at_length, "ui.page", "_log.exception('failed')"),
        (logged_at_length, "ui.page", "_log.error('failed', exc_info=True)"),
        (logged_at_length, "ui.page", "logging.getLogger(__name__).warning(str(error))"),
        (imported_elsewhere, "ui.page", "import urllib\nurllib.request.urlopen(address)"),
        (imported_elsewhere, "ui.page", "import http as web\nweb.client.HTTPSConnection(host)"),
        (imported_elsewhere, "ui.page", "from PySide6 import QtWidgets\nQtWidgets.QMessageBox()"),
        (imported_elsewhere, "ui.page", "import traceback\ntraceback.print_exc()"),
        (imported_elsewhere, "ui.page", "from traceback import format_exc"),
        (imported_elsewhere, "ui.page", "import builtins\nbuiltins.eval(text)"),
        (imported_elsewhere, "ui.page", "import importlib.util"),
        (keyring_as_it_comes, "system", "from keyring.backend import get_all_keyring"),
        (keyring_as_it_comes, "system", "from keyring.backends.chainer import ChainerBackend"),
        (keyring_as_it_comes, "system", "import keyring as ring"),
        (keyring_as_it_comes, "system", "import keyrings.alt.file"),
        (checks_turned_off, "studios", "first = session.verify = False"),
        (checks_turned_off, "studios", "session.verify: bool = False"),
        (checks_turned_off, "studios", "session.verify = not True"),
        (checks_turned_off, "studios", "requests.post(url, verify=not True)"),
        (checks_turned_off, "studios", "options = {'verify': False}"),
        (banned_names, "studios", "setattr(session, 'verify', False)"),
        (banned_names, "studios", "context = ssl._create_stdlib_context()"),
        (banned_names, "studios", "context = ssl.SSLContext(ssl.PROTOCOL_TLS)"),
        (loops_of_their_own, "ui", "QTimer.singleShot(0, dialog.exec)"),
        (
            loops_of_their_own,
            "ui",
            "from PySide6 import QtWidgets as W\nW.QMessageBox.question(self, '', '')",
        ),
        (
            loops_of_their_own,
            "ui",
            "from PySide6.QtWidgets import QFileDialog as F\nF.getOpenFileName(self)",
        ),
        (other_programs, "system", "from os import system"),
        (other_programs, "system", "import os as o\no.system('ls')"),
        (perhaps_markup, "ui.page", "from PySide6 import QtWidgets\nQtWidgets.QLabel(text)"),
        (perhaps_markup, "ui.page", "from PySide6.QtWidgets import QLabel as L\nL(text)"),
        (perhaps_markup, "ui.page", "item.setToolTip(0, name)"),
        (perhaps_markup, "ui.page", "QPushButton(toolTip=name)"),
        (perhaps_markup, "ui.page", "button.setProperty('toolTip', name)"),
        (perhaps_markup, "ui.page", "item.setData(Qt.ItemDataRole.ToolTipRole, name)"),
        (revealed_elsewhere, "ui.page", "text = getattr(key, 'reveal')()"),
        (revealed_elsewhere, "ui.page", "text = key._held()"),
        (printed, "ui.page", "map(print, keys)"),
        (printed, "ui.page", "from sys import stderr\nstderr.write(key)"),
        (printed, "ui.page", "sys.stdout.writelines(keys)"),
        (logged_at_length, "ui.page", "self._log.info(f'{key}')"),
    ],
)
def test_a_breach_is_found(check, room, source):
    assert list(check(Module(room, ast.parse(source))))


@pytest.mark.parametrize(
    ("check", "room", "source"),
    [
        (imported_elsewhere, "studios.wire", "import socket"),
        (imported_elsewhere, "studios.client", "from urllib.parse import urlsplit"),
        (imported_elsewhere, "studios.client", "import sslkeys"),
        (imported_elsewhere, "studios.client", "code = envelope.code"),
        (keyring_as_it_comes, "system", "from keyring.backends import SecretService"),
        (loops_of_their_own, "start", "application.exec()"),
        (loops_of_their_own, "ui", "QMessageBox.Icon.Warning"),
        (checks_turned_off, "studios", "session.trust_env = False"),
        (perhaps_markup, "ui.page", "TextLabel(text)"),
        (perhaps_markup, "ui.page", "button.setToolTip(plain_tip(name))"),
        (perhaps_markup, "ui.page", "button.setToolTip('Copy as…')"),
        (revealed_elsewhere, "ui.page", "self.reveal.setText('Show')"),
        (logged_at_length, "ui.page", "_log.info('ended: %s', outcome)"),
        (logged_at_length, "ui.page", "dialog.error(text)"),
    ],
)
def test_what_is_no_breach_is_let_be(check, room, source):
    assert not list(check(Module(room, ast.parse(source))))
