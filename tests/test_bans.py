"""What nobody may write, and what may be written in named places only: read from the source."""

import ast
from collections.abc import Iterator

import pytest
from source import MODULES, Module, broken_in

BANNED_NAMES = {
    # TLS
    "CERT_NONE": "checks no certificate",
    "CERT_OPTIONAL": "may check no certificate",
    "_create_unverified_context": "checks no certificate",
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
BUILT_IN = {"eval", "exec", "compile", "__import__", "input", "vars"}

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
            "traceback.TracebackException",
        ),
        NOWHERE,
    ),
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


def imported_elsewhere(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        match node:
            case ast.Import(names=names):
                targets = {name.name for name in names}
            case ast.ImportFrom(module=str(origin), names=names):
                targets = {f"{origin}.{name.name}" for name in names}
            case _:
                continue
        for target in sorted(targets):
            for banned, places in PLACES.items():
                if f"{target}.".startswith(f"{banned}.") and module.name not in places:
                    yield f"line {node.lineno}: {target}"


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
            case ast.keyword(arg="cert_reqs" | "ca_certs" | "ca_cert_dir" | "assert_fingerprint"):
                yield f"line {node.lineno}"
            case ast.Attribute(attr="verify_mode" | "verify_flags", ctx=ast.Store()):
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


def other_programs(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        match node:
            case ast.keyword(arg="shell"):
                yield f"line {node.lineno}"
            case ast.Attribute(value=ast.Name(id="os"), attr=name) if (
                name in ("system", "popen", "forkpty", "startfile")
                or (name == "fork" and module.name not in FORKING)
                or name.startswith(("exec", "spawn", "posix_spawn"))
            ):
                yield f"line {node.lineno}: os.{name}"


def perhaps_markup(module: Module) -> Iterator[str]:
    """Find texts that a label or a tool tip would look for markup in, unless all are our own."""
    for node in ast.walk(module.tree):
        match node:
            case ast.Call(func=ast.Name(id="QLabel")):
                yield f"line {node.lineno}: QLabel, not TextLabel"
            case ast.ClassDef(bases=bases) if module.name != "ui.plain_text":
                if any(ast.unparse(each).rpartition(".")[2] == "QLabel" for each in bases):
                    yield f"line {node.lineno}: {node.name} is a QLabel, not a TextLabel"
            case ast.Call(func=ast.Attribute(attr=name), args=[text]) if name in TIPS:
                if not _is_plain(text):
                    yield f"line {node.lineno}: {ast.unparse(node)}"
            case ast.If(
                test=ast.Compare(comparators=[ast.Attribute(attr=role)]), body=[*_, last]
            ) if role in ("ToolTipRole", "StatusTipRole", "WhatsThisRole"):
                if not isinstance(last, ast.Return) or not _is_plain(last.value):
                    yield f"line {last.lineno}: {role}"


def _is_plain(text: ast.expr | None) -> bool:
    match text:
        case ast.Constant(value=str(words)):
            return "<" not in words
        case ast.Call(func=ast.Name(id="plain_tip")):
            return True
    return False


def revealed(module: Module) -> Iterator[int]:
    """Lines where a Secret's method ``reveal`` is taken."""
    for node in ast.walk(module.tree):
        match node:
            case ast.Attribute(attr="reveal", value=value) if ast.unparse(value) != "self":
                yield node.lineno


def revealed_elsewhere(module: Module) -> Iterator[str]:
    lines = list(revealed(module))
    if len(lines) > REVEALING.get(module.name, 0):
        yield f"lines {lines}"


def printed(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        match node:
            case (
                ast.Call(func=ast.Name(id="print"))
                | ast.Attribute(attr="write", value=ast.Attribute(attr="stdout" | "stderr"))
            ) if module.name not in PRINTING:
                yield f"line {node.lineno}"


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
    return text in LOGGERS or text.startswith("logging.getLogger(")


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
