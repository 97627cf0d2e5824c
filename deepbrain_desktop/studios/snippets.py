"""The forms in which a session token is taken along, correct and runnable as they stand.

The vendor's own samples post to another address and lack line continuations; these follow the
reference of Start Session (``POST /api/v2/sessions/start``). Running one starts a session, which
is billed; each says so.
"""

import json
import shlex
from enum import Enum

from deepbrain_desktop.studios.credentials import Secret

VARIABLE = "AISTUDIOS_SESSION_TOKEN"
START_PATH = "/api/v2/sessions/start"
_AVATAR = "YOUR_AVATAR_ID"


class Form(Enum):
    """One form; values are stable names."""

    TOKEN = "token"  # noqa: S105 - a name
    HEADER = "header"
    ENVIRONMENT = "environment"
    CURL = "curl"
    PYTHON = "python"
    NODE = "node"
    CLAIMS = "claims"


CODE_FORMS = (Form.CURL, Form.PYTHON, Form.NODE)
"""Forms that carry a placeholder unless they are asked for with the token."""


def snippet(form: Form, origin: str, token: Secret | None) -> str:
    """Text of a form for a server's origin.

    Without ``token``, code takes it from the environment variable AISTUDIOS_SESSION_TOKEN. Raises
    ValueError where the form is the token itself and there is none, and for CLAIMS, which is made
    of the decoded token and not of this one.
    """
    if form in CODE_FORMS:
        return _CODE[form](origin + START_PATH, token)
    if token is None or form is Form.CLAIMS:
        raise ValueError(form)
    text = token.reveal()
    return {
        Form.TOKEN: text,
        Form.HEADER: f"Authorization: Bearer {text}",
        Form.ENVIRONMENT: f"{VARIABLE}={shlex.quote(text)}",
    }[form]


def _curl(url: str, token: Secret | None) -> str:
    header = f'"Authorization: Bearer ${VARIABLE}"'
    if token is not None:
        header = shlex.quote(f"Authorization: Bearer {token.reveal()}")
    body = shlex.quote(json.dumps({"avatar_id": _AVATAR}))
    return (
        # No "#": the shell of macOS, zsh, takes it for a command where code is pasted.
        f": 'Starts a session: billing begins.'\n"
        f"curl --request POST {shlex.quote(url)} \\\n"
        f"  --header {header} \\\n"
        f"  --header 'Content-Type: application/json' \\\n"
        f"  --data {body}\n"
    )


def _python(url: str, token: Secret | None) -> str:
    value = f'os.environ["{VARIABLE}"]' if token is None else json.dumps(token.reveal())
    imports = "import os\n\nimport requests" if token is None else "import requests"
    return (
        f"{imports}\n\n"
        f"token = {value}\n"
        f"# Starts a session: billing begins.\n"
        f"answer = requests.post(\n"
        f"    {json.dumps(url)},\n"
        f'    headers={{"Authorization": f"Bearer {{token}}"}},\n'
        f'    json={{"avatar_id": "{_AVATAR}"}},\n'
        f"    timeout=20,\n"
        f")\n"
        f"print(answer.status_code, answer.json())\n"
    )


def _node(url: str, token: Secret | None) -> str:
    value = f"process.env.{VARIABLE}" if token is None else json.dumps(token.reveal())
    return (
        f"const token = {value};\n"
        f"\n"
        f"async function startSession() {{\n"
        f"  // Starts a session: billing begins.\n"
        f"  const answer = await fetch({json.dumps(url)}, {{\n"
        f'    method: "POST",\n'
        f"    headers: {{\n"
        f"      Authorization: `Bearer ${{token}}`,\n"
        f'      "Content-Type": "application/json",\n'
        f"    }},\n"
        f'    body: JSON.stringify({{ avatar_id: "{_AVATAR}" }}),\n'
        f"  }});\n"
        f"  console.log(answer.status, await answer.json());\n"
        f"}}\n"
        f"\n"
        f"startSession();\n"
    )


_CODE = {Form.CURL: _curl, Form.PYTHON: _python, Form.NODE: _node}
