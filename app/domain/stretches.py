"""Long lists, some at a time: as many as one statement or one transaction takes."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")


def stretches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """``items`` in their order, ``size`` of them together; fewer at the end. No more are held at once."""
    left = iter(items)
    while part := list(islice(left, size)):
        yield part
