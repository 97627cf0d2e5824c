"""make faults: every case of the matrix at full length, and a table of what held, by group."""

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from faults import catalogue  # noqa: E402


class Verdicts:
    """Hears from pytest how each case ended."""

    def __init__(self) -> None:
        self.held: dict[str, bool] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.failed:
            self.held[report.nodeid] = self.held.get(report.nodeid, True) and report.passed


def main() -> int:
    """Try all cases; returns 0 where every one was tried and held."""
    verdicts = Verdicts()
    status = pytest.main([str(HERE), "-q", "--full", *sys.argv[1:]], plugins=[verdicts])
    print(catalogue.table(verdicts.held))
    missing = catalogue.untried(set(verdicts.held))
    if missing:
        print(f"Not tried: {' '.join(sorted(missing))}")
    return int(status) or bool(missing)


if __name__ == "__main__":
    sys.exit(main())
