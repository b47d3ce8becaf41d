"""Raw tags around other blocks.

<details>            the heading stands in the element: it begins no section, whose own element would cross it

## More

</details>
"""

from collections.abc import Sequence
from itertools import accumulate
from xml.etree.ElementTree import Element

from app.markup.allowed import VOID
from app.markup.nodes import Event, Html

Parts = dict[Element, list[Event]]


def enclosed(children: Sequence[Element], raw: Parts) -> set[Element]:
    """Those of the page's blocks that stand between a raw tag in one block and its end in another.

    ``raw``: the events of the blocks of raw HTML among ``children``.
    """
    turns = [0] * (len(children) + 1)
    opened: list[tuple[str, int]] = []
    count: dict[str, int] = {}
    for number, child in enumerate(children):
        for event in raw.get(child, ()):
            if not isinstance(event, Html) or event.name in VOID:
                continue
            if not event.closing:
                opened.append((event.name, number))
                count[event.name] = count.get(event.name, 0) + 1
            elif count.get(event.name):
                start = _matching(opened, count, event.name)
                turns[start] += 1
                turns[number] -= 1
    return {child for child, depth in zip(children, accumulate(turns), strict=False) if depth > 0}


def _matching(opened: list[tuple[str, int]], count: dict[str, int], wanted: str) -> int:
    """Where the tag was opened that ends now; those opened since are never closed."""
    while True:
        name, number = opened.pop()
        count[name] -= 1
        if name == wanted:
            return number
