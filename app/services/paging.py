"""A stretch of a list that may be long."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

MAX_LIMIT = 200
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Slice(Generic[Item]):
    """``more``: there is a next stretch. ``start``: how many items stood before, where they are counted."""

    items: tuple[Item, ...]
    more: bool
    start: int = 0


def bounded(limit: int) -> int:
    return max(1, min(limit, MAX_LIMIT))


def cut(rows: Sequence[Item], limit: int, start: int = 0) -> Slice[Item]:
    """``rows`` were asked for with ``limit + 1``: the last one only says that there is more."""
    return Slice(tuple(rows[:limit]), len(rows) > limit, start)
