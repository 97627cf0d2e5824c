"""What is known of one request and its answer, none of it secret."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Exchange:
    """One POST to the service: where to, how long it took, and what came back, if anything did."""

    origin: str
    """Scheme, host and port it went to."""
    seconds: float
    """From the call to its last byte, or to its failure."""
    status: int | None = None
    """HTTP status."""
    code: int | None = None
    """``code`` of the envelope."""
    message: str | None = None
    """The service's own words on why it gave no token; foreign, at most 300 characters."""
    clock_offset: float | None = None
    """Seconds the service's clock is ahead of this one's (Date header, grain one second)."""

    @property
    def host(self) -> str:
        """Host and, where it is not the scheme's own, port."""
        return self.origin.partition("://")[2]
