"""A JPEG as its parts: what stands before the picture data, and where these begin.

    FFD8  FFE1 length body  FFED length body  …  FFDA (from here on nothing is touched)

Only the beginning of a file is needed. Whatever it holds, the work is one walk over it.
"""

from collections.abc import Iterable
from typing import NamedTuple

START = b"\xff\xd8"
SCAN = 0xDA
APP1, APP13 = 0xE1, 0xED
LONGEST = 65533  # bytes of a body: its length counts itself
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})  # have no length


class Part(NamedTuple):
    """``marker``: its second byte. ``body``: without its length."""

    marker: int
    body: bytes


class Parts(NamedTuple):
    """``rest``: where the picture data begin, in bytes from the start of the file."""

    parts: tuple[Part, ...]
    rest: int


def split(head: bytes) -> Parts:
    """``head``: the beginning of the file, at least up to its picture data.

    Raises:
        ValueError: this is no JPEG, or its picture data are not reached.
    """
    if not head.startswith(START):
        raise ValueError("no JPEG")
    parts: list[Part] = []
    at = len(START)
    while True:
        marker, at = _marker(head, at)
        if marker == SCAN:
            return Parts(tuple(parts), at - 2)
        if marker in _ALONE or marker in (0xD8, 0xD9):
            raise ValueError("the parts of this JPEG are out of order")
        length = int.from_bytes(head[at : at + 2])
        if length < 2 or at + length > len(head):
            raise ValueError("a part of this JPEG is cut off")
        parts.append(Part(marker, head[at + 2 : at + length]))
        at += length


def join(parts: Iterable[Part]) -> bytes:
    """What ``split`` took apart, up to the picture data. Raises: ValueError: a body is too long."""
    out = bytearray(START)
    for part in parts:
        if len(part.body) > LONGEST:
            raise ValueError("a part is too long for a JPEG")
        out += bytes((0xFF, part.marker)) + (len(part.body) + 2).to_bytes(2) + part.body
    return bytes(out)


def _marker(head: bytes, at: int) -> tuple[int, int]:
    """The marker at ``at``, which any number of FF may precede, and where it ends."""
    if head[at : at + 1] != b"\xff":
        raise ValueError("the parts of this JPEG are out of order")
    while head[at : at + 1] == b"\xff":
        at += 1
    if at >= len(head):
        raise ValueError("this JPEG ends too early")
    return head[at], at + 1
