"""Days that people type into filters. A day is the reader's, from midnight to midnight."""

from datetime import date, datetime, time, timedelta

from app.web.i18n import current_timezone


def read_day(text: str) -> date | None:
    """From YYYY-MM-DD; None for anything else."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1970 < found.year < 9000 else None


def begins(text: str) -> int | None:
    """The first second of a typed day."""
    day = read_day(text)
    return _midnight(day) if day else None


def ends(text: str) -> int | None:
    """The first second after a typed day."""
    day = read_day(text)
    return _midnight(day + timedelta(days=1)) if day else None


def _midnight(day: date) -> int:
    return int(datetime.combine(day, time(), current_timezone()).timestamp())
