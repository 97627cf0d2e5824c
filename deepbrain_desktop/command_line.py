"""The command line of the window."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from deepbrain_desktop import __version__, product
from deepbrain_desktop.system.console import complain, tell


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for."""

    sandbox: bool = False
    account: str | None = None
    self_test: bool = False
    screenshot: Path | None = None
    remove_my_data: bool = False

    @property
    def is_errand(self) -> bool:
        """Whether it is done without a person, who relies on its exit status."""
        return self.self_test or self.remove_my_data or self.screenshot is not None


def parse(arguments: Sequence[str]) -> Options:
    """Read the arguments. Raises SystemExit after --help, --version and what is none of them."""
    if not arguments:
        return Options()
    import argparse

    class Parser(argparse.ArgumentParser):
        def print_help(self, file: object = None) -> None:  # noqa: ARG002 - standard output
            for line in self.format_help().splitlines():
                tell(line)

        def error(self, message: str) -> NoReturn:
            for line in self.format_usage().splitlines():
                complain(line)
            complain(f"{self.prog}: error: {message}")
            raise SystemExit(2)

    parser = Parser(
        prog=product.IDENTIFIER,
        description=f"{product.NAME}: request, inspect and copy AI Studios session tokens.",
    )
    parser.add_argument(
        "--sandbox", action="store_true", help="try it without an account; only the log is kept"
    )
    parser.add_argument(
        "--account", metavar="NAME", help="select the account with this name or app ID"
    )
    parser.add_argument("--version", action="store_true", help="print the version and exit")
    parser.add_argument(
        "--self-test",
        action="store_true",
        help="check installation, keychain and sandbox, and exit",
    )
    parser.add_argument(
        "--screenshot",
        metavar="FILE",
        type=Path,
        help="request a sandbox token, save a picture of the window and exit",
    )
    parser.add_argument(
        "--remove-my-data",
        action="store_true",
        help="remove accounts, their saved keys, settings and log, and exit",
    )
    found = parser.parse_args(arguments)
    if found.version:
        tell(f"{product.NAME} {__version__}")
        raise SystemExit(0)
    return Options(
        found.sandbox,
        found.account,
        found.self_test,
        found.screenshot,
        found.remove_my_data,
    )
