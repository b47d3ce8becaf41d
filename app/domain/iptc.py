"""What newsrooms write into a JPEG (IPTC): texts by number, in a block that image editors keep among others.

    "Photoshop 3.0\\0"  "8BIM" number name size data  "8BIM" …
                              0404: 1C record dataset length text  1C …

Texts are UTF-8 where the block says so (``ESC % G``), else whatever reads: UTF-8 tried, Latin-1 taken.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

SIGNATURE = b"Photoshop 3.0\0"
TEXTS, DIGEST = 0x0404, 0x0425  # the digest is of the texts: programs distrust them where it does not fit
OBJECT_NAME, KEYWORDS, DAY, CLOCK, BYLINE, HEADLINE, COPYRIGHT, CAPTION = 5, 25, 55, 60, 80, 105, 116, 120
PLACES = frozenset({26, 27, 90, 92, 95, 100, 101})
_UTF8 = b"\x1b%G"
_CHARSET = (1, 90)
_READABLE = range(3, 200)  # those of record 2 that are texts; before them its version, behind them a small picture
_LONGEST = 0x7FFF


class Resource(NamedTuple):
    """``name``: as it is stored, its length included."""

    number: int
    name: bytes
    data: bytes


class Dataset(NamedTuple):
    record: int
    number: int
    data: bytes


def resources(block: bytes) -> tuple[Resource, ...]:
    """Of a block behind its signature; reading ends where it makes no sense any more."""
    found: list[Resource] = []
    at = 0
    while block[at : at + 4] == b"8BIM" and at + 12 <= len(block):
        number = int.from_bytes(block[at + 4 : at + 6])
        named = _even(1 + block[at + 6])
        start = at + 6 + named + 4
        size = int.from_bytes(block[start - 4 : start])
        if start > len(block) or start + size > len(block):
            break
        found.append(Resource(number, block[at + 6 : at + 6 + named], block[start : start + size]))
        at = start + _even(size)
    return tuple(found)


def write_resources(found: Iterable[Resource]) -> bytes:
    out = bytearray()
    for one in found:
        out += b"8BIM" + one.number.to_bytes(2) + one.name + len(one.data).to_bytes(4) + one.data
        out += b"\0" * (len(one.data) % 2)
    return bytes(out)


def datasets(data: bytes) -> tuple[Dataset, ...]:
    """Reading ends where it makes no sense any more."""
    found: list[Dataset] = []
    at = 0
    while at + 5 <= len(data) and data[at] == 0x1C:
        length, start = int.from_bytes(data[at + 3 : at + 5]), at + 5
        if length > _LONGEST:  # the low bits say how many bytes the true length has
            width = length & _LONGEST
            if width > 4:
                break
            length, start = int.from_bytes(data[start : start + width]), start + width
        if start + length > len(data):
            break
        found.append(Dataset(data[at + 1], data[at + 2], data[start : start + length]))
        at = start + length
    return tuple(found)


def texts(found: Sequence[Dataset]) -> dict[int, list[str]]:
    """The texts of record 2 by their numbers."""
    is_utf8 = any((one.record, one.number) == _CHARSET and one.data == _UTF8 for one in found)
    read: dict[int, list[str]] = {}
    for one in found:
        if one.record == 2 and one.number in _READABLE:
            read.setdefault(one.number, []).append(_decode(one.data, is_utf8=is_utf8))
    return read


def with_texts(found: Sequence[Dataset], changes: Mapping[int, Sequence[str]]) -> bytes:
    """The data with these texts in place of those of the same numbers; what stays becomes UTF-8, too."""
    is_utf8 = any((one.record, one.number) == _CHARSET and one.data == _UTF8 for one in found)
    first = [one for one in found if one.record == 1 and (one.record, one.number) != _CHARSET]
    kept = [
        one._replace(data=_decode(one.data, is_utf8=is_utf8).encode()) if one.number in _READABLE else one
        for one in found
        if one.record == 2 and one.number not in changes
    ]
    added = [Dataset(2, number, text.encode()) for number, lines in changes.items() for text in lines]
    version = [] if any(one.number == 0 for one in kept) else [Dataset(2, 0, b"\0\4")]
    rest = [one for one in found if one.record > 2]
    second = version + sorted(kept + added, key=lambda one: one.number)
    if not (rest or any(one.number for one in second)):
        return b""
    return b"".join(map(_written, [Dataset(*_CHARSET, _UTF8), *first, *second, *rest]))


def _written(one: Dataset) -> bytes:
    data = one.data
    length = len(data).to_bytes(2) if len(data) <= _LONGEST else b"\x80\4" + len(data).to_bytes(4)
    return bytes((0x1C, one.record, one.number)) + length + data


def _decode(data: bytes, *, is_utf8: bool) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace") if is_utf8 else data.decode("latin-1")


def _even(number: int) -> int:
    return number + number % 2
