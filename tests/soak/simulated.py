"""A computer and a service whose clocks a simulation moves: working, sleeping, set wrong."""

from dataclasses import dataclass

START = 1_791_788_400.0
"""Monday 2026-10-12, 09:00 in Berlin; summer time ends there on the 25th."""


@dataclass
class Clocks:
    """The service's time is the true one; the others follow it as well as they can."""

    service: float = START
    wall_error: float = 0.0
    """Seconds by which this computer's clock is ahead."""
    lost: float = 0.0
    """Seconds that the elapsed clock stood still, as it does in a machine that was suspended."""

    def true(self) -> float:
        return self.service

    def wall(self) -> float:
        return self.service + self.wall_error

    def elapsed(self) -> float:
        return self.service - START - self.lost + 1_000.0

    def run(self, seconds: float) -> None:
        """Let time pass, awake or asleep: the elapsed clock counts on."""
        self.service += seconds

    def stand_still(self, seconds: float) -> None:
        """Let time pass that the elapsed clock does not see."""
        self.service += seconds
        self.lost += seconds
