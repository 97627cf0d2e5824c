"""The question for a keyring's password on a screen, seen and answered from outside."""

import os
import subprocess


class Prompt:
    """The system's own dialog on an X display that nothing else uses.

    What is typed there can only reach the prompt.
    """

    def __init__(self, display: str) -> None:
        self._environment = os.environ | {"DISPLAY": display}

    @property
    def visible(self) -> bool:
        return self._xdotool("search", "--onlyvisible", "--name", "Unlock").returncode == 0

    def answer(self, password: str) -> None:
        self._xdotool("type", password)
        self._xdotool("key", "Return")

    def dismiss(self) -> None:
        self._xdotool("key", "Escape")

    def _xdotool(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        command = ["xdotool", *arguments]
        return subprocess.run(command, env=self._environment, capture_output=True, check=False)
