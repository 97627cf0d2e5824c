"""The workflows are sound, and safe to run, as far as can be told without running them."""

import re
import subprocess
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
TOOLS = Path(sysconfig.get_path("scripts"))


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda each: each.stem)
def test_it_is_a_workflow_by_github_s_own_schema(workflow) -> None:
    command = [TOOLS / "check-jsonschema", "--builtin-schema", "vendor.github-workflows", workflow]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout


def test_it_lets_nobody_else_in() -> None:
    command = [TOOLS / "zizmor", "--offline", "--no-progress", "--persona", "pedantic"]
    ended = subprocess.run([*command, *WORKFLOWS], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda each: each.stem)
def test_it_calls_what_there_is(workflow) -> None:
    text = workflow.read_text()
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for target in re.findall(r"(?:run:|&&|^) *make ([a-z][a-z-]*)", text, re.MULTILINE):
        assert target in targets, f"make {target}"
    for path in re.findall(r"\b(?:packaging|tests)/[\w./-]+\w", text):
        assert (ROOT / path).exists(), path


def test_actions_are_named_by_what_cannot_be_moved() -> None:
    used = [
        each for workflow in WORKFLOWS for each in re.findall(r"uses: (\S+)", workflow.read_text())
    ]
    assert used
    for each in used:
        assert each.startswith("./") or re.search(r"@[0-9a-f]{40}$", each), each
