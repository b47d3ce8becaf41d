"""Parts of a file that a request asks for (``Range``), and how several of them are sent at once."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

MOST = 16  # parts in one answer: more is no player and no browser
MOST_DIGITS = 18


class Stretch(NamedTuple):
    """Bytes from ``start`` up to, and without, ``stop``."""

    start: int
    stop: int

    @property
    def size(self) -> int:
        return self.stop - self.start


Read = Callable[[Stretch], Iterator[bytes]]


def stretches(header: str, size: int) -> tuple[Stretch, ...] | None:
    """What a ``Range`` asks for of ``size`` bytes, in its order; () where nothing of it is there (416).

    None: send the whole. So is answered what cannot be read, and what would cost more than the whole: too many
    parts, or parts that overlap until they are longer than the file.
    """
    unit, _, text = header.partition("=")
    if unit.strip().lower() != "bytes" or text.count(",") >= MOST:
        return None
    asked = [_stretch(part.strip(), size) for part in text.split(",") if part.strip()]
    if not asked or any(one is None for one in asked):
        return None
    found = tuple(one for one in asked if one is not None and one.size > 0)
    return None if sum(one.size for one in found) > size else found


def _stretch(text: str, size: int) -> Stretch | None:
    """One part, empty where the file ends before it; None where it is not written as one."""
    first, dash, last = text.partition("-")
    if not dash or not (first or last) or not all(_is_number(digits) for digits in (first, last) if digits):
        return None
    if not first:
        return Stretch(max(0, size - int(last)), size)
    start, stop = int(first), int(last) + 1 if last else size
    if last and int(last) < start:
        return None
    return Stretch(start, max(start, min(stop, size)))


def _is_number(digits: str) -> bool:
    return digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS


def content_range(stretch: Stretch, size: int) -> str:
    return f"bytes {stretch.start}-{stretch.stop - 1}/{size}"


class Parts:
    """The body of an answer with several parts (``multipart/byteranges``). ``boundary`` must not occur in the file."""

    def __init__(self, wanted: tuple[Stretch, ...], size: int, mime: str, boundary: str) -> None:
        self._wanted = wanted
        self._heads = [
            f"\r\n--{boundary}\r\nContent-Type: {mime}\r\nContent-Range: {content_range(one, size)}\r\n\r\n".encode()
            for one in wanted
        ]
        self._end = f"\r\n--{boundary}--\r\n".encode()

    @property
    def size(self) -> int:
        return sum(map(len, self._heads)) + sum(one.size for one in self._wanted) + len(self._end)

    def body(self, read: Read) -> Iterator[bytes]:
        for head, stretch in zip(self._heads, self._wanted, strict=True):
            yield head
            yield from read(stretch)
        yield self._end
