"""The text being read, and what is remembered about it so that no search is made twice."""

import re
from bisect import bisect_left


class Source:
    """``text`` begins and ends with a newline, so that every line has one before it and one behind it."""

    __slots__ = ("_places", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._places: dict[str, list[int]] = {}

    def after(self, closer: str, at: int) -> int:
        """The first place, from ``at`` on, where the regular expression ``closer`` matches; -1: none.

        All places are looked up at the first call, so that ten thousand openers without a closer cost one search.
        """
        places = self._places.get(closer)
        if places is None:
            places = self._places[closer] = _places(closer, self.text)
        number = bisect_left(places, at)
        return places[number] if number < len(places) else -1


def _places(closer: str, text: str) -> list[int]:
    """Overlapping ones included: ``}}}`` holds ``}}`` twice."""
    search = re.compile(closer).search
    places = []
    match = search(text)
    while match:
        places.append(match.start())
        match = search(text, match.start() + 1)
    return places
