"""Moments and spans of time in words."""

import time
from datetime import UTC, datetime, timedelta


def clock_span(seconds: float) -> str:
    """Write a span as a clock counts it down: ``54:12``, ``3:05:00``, ``2 d 03:05:00``."""
    whole = max(0, int(seconds))
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days:,} d {hours:02}:{minutes:02}:{rest:02}"
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def rough_span(seconds: float) -> str:
    """Write a span as one would say it: ``54 minutes``."""
    whole = max(0, int(seconds))
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if whole >= 2 * size or (whole >= size and unit != "day"):
            amount = whole // size
            return f"{amount:,} {unit}{'' if amount == 1 else 's'}"
    return f"{whole} second{'' if whole == 1 else 's'}"


def short_span(seconds: float) -> str:
    """Write a span for a narrow place: ``54 min``."""
    words = rough_span(seconds)
    for long, short in ((" minute", " min"), (" second", " s"), (" hour", " h"), (" day", " d")):
        if long in words:
            return words.partition(long)[0] + short
    return words


def relative(moment: float, now: float) -> str:
    """Where a moment lies from now: ``in 54 minutes``, ``3 minutes ago``, ``now``."""
    away = moment - now
    if abs(away) < 1:
        return "now"
    return f"in {rough_span(away)}" if away > 0 else f"{rough_span(-away)} ago"


def utc(moment: float, *, with_date: bool = True) -> str:
    """Write a moment in UTC, ``2026-11-22 07:04:12Z``; empty where the calendar ends."""
    found = _utc(moment)
    if found is None:
        return ""
    return found.strftime("%Y-%m-%d %H:%M:%SZ" if with_date else "%H:%M:%SZ")


def utc_beside(moment: float) -> str:
    """Write a moment in UTC beside its local form: the date only where that is another one."""
    return utc(moment, with_date=utc(moment)[:10] != local(moment)[:10])


def local(moment: float, *, with_date: bool = True) -> str:
    """Write a moment on the wall clock with its offset, ``2026-11-22 16:04:12 (UTC+9)``."""
    found = _utc(moment)
    if hasattr(time, "tzset"):
        # The computer may have been set to another zone since: a journey.
        time.tzset()
    try:
        here = None if found is None else found.astimezone()
    except (ValueError, OverflowError, OSError):
        here = None
    if here is None:
        return utc(moment, with_date=with_date)
    text = here.strftime("%Y-%m-%d %H:%M:%S" if with_date else "%H:%M:%S")
    return f"{text} ({_offset(here.utcoffset() or timedelta())})"


def is_today(moment: float, now: float) -> bool:
    """Whether two moments share their date on the wall clock."""
    return local(moment)[:10] == local(now)[:10] != ""


def _utc(moment: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(moment, UTC)
    except (ValueError, OverflowError, OSError, TypeError):
        return None


def _offset(offset: timedelta) -> str:
    minutes = round(offset.total_seconds() / 60)
    if minutes == 0:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    sign = "+" if minutes > 0 else "−"
    return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")
