"""Words that nobody may save: patterns of an administrator, one a line, tried on the lines of a text."""

import re
from collections.abc import Iterator
from functools import lru_cache

from app.domain.patterns import Fault, fault_of

STRETCH, SHARED = 500, 100  # signs that are looked at together, so that no pattern takes long; and of two neighbours
MOST_PATTERNS = 500


def patterns_of(lines: str) -> tuple[str, ...]:
    """The patterns that a setting of several lines holds; ``#`` begins a remark."""
    return tuple(line.strip() for line in lines.splitlines() if line.strip() and not line.lstrip().startswith("#"))


def fault_in(lines: str) -> tuple[str, Fault]:
    """The first pattern that cannot be taken, and why; two times "" where all can."""
    for pattern in patterns_of(lines):
        if fault := fault_of(pattern):
            return pattern, fault
    return "", ""


def blocked_in(lines: str, *texts: str) -> str:
    """The first thing in ``texts`` that a pattern of ``lines`` means, in any case of letters; "" for none."""
    if not lines:
        return ""
    for pattern in _compiled(lines):
        for text in texts:
            for stretch in _stretches(text):
                if (found := pattern.search(stretch)) and found[0]:
                    return found[0]
    return ""


def _stretches(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        for start in range(0, max(len(line) - SHARED, 1), STRETCH - SHARED):
            yield line[start : start + STRETCH]


@lru_cache(maxsize=8)
def _compiled(lines: str) -> tuple[re.Pattern[str], ...]:
    good = (pattern for pattern in patterns_of(lines) if not fault_of(pattern))
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in good)
