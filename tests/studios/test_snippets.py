import json
import os
import secrets
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from deepbrain_desktop.studios.credentials import PRODUCTION_ORIGIN, Secret
from deepbrain_desktop.studios.snippets import CODE_FORMS, START_PATH, VARIABLE, Form, snippet

ODD = "a'b\"c$d`e\\f!g"
"""Printable ASCII that a shell or a language might take for its own."""


@pytest.fixture(params=["plain", "odd"])
def token(request):
    return Secret(secrets.token_urlsafe(24) + (ODD if request.param == "odd" else ""))


@pytest.fixture
def service():
    """A server on loopback that notes the one request it gets."""
    heard = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append((self.path, dict(self.headers), json.loads(body)))
            answer = b'{"code": 1000, "data": null, "message": null}'
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        server.heard = heard
        server.origin = f"http://127.0.0.1:{server.server_port}"
        yield server
        server.shutdown()
        thread.join()


RUNNERS = {
    Form.CURL: ("bash", ["bash", "-s"]),
    Form.PYTHON: (sys.executable, [sys.executable, "-"]),
    Form.NODE: ("node", ["node", "-"]),
}


@pytest.mark.parametrize("with_token", [True, False])
@pytest.mark.parametrize("form", CODE_FORMS)
def test_code_runs_as_it_stands_and_starts_a_session(form, with_token, token, service):
    program, command = RUNNERS[form]
    needed = "curl" if form is Form.CURL else program
    if not shutil.which(program) or not shutil.which(needed):
        pytest.skip(f"{needed} is not installed")
    code = snippet(form, service.origin, token if with_token else None)
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    if not with_token:
        environment[VARIABLE] = token.reveal()
    ended = subprocess.run(
        command,
        input=code,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    ((path, headers, body),) = service.heard
    assert path == "/api/v2/sessions/start"
    assert headers["Authorization"] == f"Bearer {token.reveal()}"
    assert headers["Content-Type"] == "application/json"
    assert set(body) == {"avatar_id"}


@pytest.mark.skipif(not shutil.which("bash"), reason="bash is not installed")
def test_nothing_of_the_curl_form_is_an_error_where_a_shell_takes_no_comments(token):
    """As zsh, the shell of macOS, does not take any from whoever types or pastes."""
    stand_in = "curl() { printf '%s\\n' called; }\n"
    ended = subprocess.run(
        ["bash", "--norc", "-i", "+O", "interactive_comments"],
        input=stand_in + snippet(Form.CURL, PRODUCTION_ORIGIN, token),
        env={"PATH": os.environ["PATH"]},
        start_new_session=True,  # or it would take the terminal
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.stdout == "called\n"
    assert "not found" not in ended.stderr


@pytest.mark.parametrize("form", CODE_FORMS)
def test_code_carries_the_token_only_when_it_is_asked_to(form, token):
    assert VARIABLE in snippet(form, PRODUCTION_ORIGIN, None)
    with_token = snippet(form, PRODUCTION_ORIGIN, token)
    assert VARIABLE not in with_token
    assert token.reveal()[:24] in with_token


@pytest.mark.parametrize("form", CODE_FORMS)
def test_code_says_that_it_costs_money(form):
    code = snippet(form, PRODUCTION_ORIGIN, None)
    assert "billing begins" in code
    assert PRODUCTION_ORIGIN + START_PATH in code
    assert "odin" not in code


def test_the_token_is_taken_as_it_is(token):
    assert snippet(Form.TOKEN, PRODUCTION_ORIGIN, token) == token.reveal()


def test_the_header_is_one_line(token):
    line = snippet(Form.HEADER, PRODUCTION_ORIGIN, token)
    assert line == f"Authorization: Bearer {token.reveal()}"


@pytest.mark.skipif(not shutil.which("bash"), reason="bash is not installed")
def test_a_shell_reads_the_environment_line_as_it_was_meant(token):
    line = snippet(Form.ENVIRONMENT, PRODUCTION_ORIGIN, token)
    script = f'{line}\nprintf %s "${VARIABLE}"'
    ended = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    assert ended.stdout == token.reveal()


@pytest.mark.parametrize("form", [Form.TOKEN, Form.HEADER, Form.ENVIRONMENT])
def test_without_a_token_there_is_nothing_to_take(form):
    with pytest.raises(ValueError, match=str(form)):
        snippet(form, PRODUCTION_ORIGIN, None)


def test_claims_are_not_made_of_the_token(token):
    with pytest.raises(ValueError, match="CLAIMS"):
        snippet(Form.CLAIMS, PRODUCTION_ORIGIN, token)
