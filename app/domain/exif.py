"""What cameras write into a picture (EXIF): read, and taken out without moving anything else.

    "II" or "MM", 42, where the first directory is; a directory: how many entries, then each of 12 bytes:
    tag, type, count, value or where it lies.

Makers keep notes whose inner addresses nobody knows, so nothing is ever moved: an entry is taken out of its
directory and its value blotted out. Work is bounded by the size of the data: of each tag the first entry counts.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

SIGNATURE = b"Exif\0\0"
DESCRIPTION, MAKE, MODEL, CHANGED, ARTIST, COPYRIGHT = 0x010E, 0x010F, 0x0110, 0x0132, 0x013B, 0x8298
TAKEN, DIGITIZED, COMMENT = 0x9003, 0x9004, 0x9286
XP_TITLE, XP_COMMENT, XP_AUTHOR, XP_KEYWORDS, XP_SUBJECT = 0x9C9B, 0x9C9C, 0x9C9D, 0x9C9E, 0x9C9F
_DETAILS, _PLACE = 0x8769, 0x8825  # directories below the first
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}  # bytes of a value, by its type
_MARKS = {b"ASCII\0\0\0": "", b"UNICODE\0": "utf-16", b"\0" * 8: ""}
_ENTRY = 12
_LATITUDE, _LONGITUDE = 2, 4  # before each: N or S, E or W
_SHARES = (1, 1 / 60, 1 / 3600)  # degrees, minutes, seconds
LONGEST_TEXT = 16 * 1024


class Entry(NamedTuple):
    """``at``: where the entry stands; ``start`` and ``size``: of its value, wherever that is."""

    tag: int
    kind: int
    at: int
    start: int
    size: int


class Tiff:
    """``data``: from "II" or "MM" on. Raises: ValueError: that is not what it is."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        orders: dict[bytes, bool] = {b"II*\0": True, b"MM\0*": False}
        if data[:4] not in orders:
            raise ValueError("no EXIF")
        self._little = orders[data[:4]]
        self.first = self.number(4, 4)

    def number(self, at: int, size: int) -> int:
        return int.from_bytes(self.data[at : at + size], "little" if self._little else "big")

    def written(self, number: int, size: int) -> bytes:
        return number.to_bytes(size, "little" if self._little else "big")

    @property
    def utf16(self) -> str:
        return "utf-16-le" if self._little else "utf-16-be"

    def entries(self, at: int) -> Iterator[Entry]:
        """Of the directory at ``at``; ends where the data end, leaves out what points outside of them."""
        count = self.number(at, 2) if 0 < at <= len(self.data) - 2 else 0
        for place in range(at + 2, min(at + 2 + count * _ENTRY, len(self.data) - _ENTRY + 1), _ENTRY):
            kind = self.number(place + 2, 2)
            size = _SIZES.get(kind, 0) * self.number(place + 4, 4)
            start = place + 8 if size <= 4 else self.number(place + 8, 4)
            if size and start + size <= len(self.data):
                yield Entry(self.number(place, 2), kind, place, start, size)

    def by_tag(self, at: int) -> dict[int, Entry]:
        found: dict[int, Entry] = {}
        for entry in self.entries(at):
            found.setdefault(entry.tag, entry)
        return found

    def below(self, pointer: int) -> Iterator[int]:
        """Where the directories of this tag lie, of the picture's and of its small copy's."""
        for at in self.directories():
            entry = self.by_tag(at).get(pointer)
            if entry is not None and entry.size == 4:
                yield self.number(entry.start, 4)

    def directories(self) -> tuple[int, ...]:
        """The first, and that of the small copy behind it."""
        behind = self.first + 2 + self.number(self.first, 2) * _ENTRY
        second = self.number(behind, 4) if behind + 4 <= len(self.data) else 0
        return (self.first, second) if second not in (0, self.first) else (self.first,)


def read_texts(data: bytes) -> dict[int, str]:
    """Texts and dates by tag, as they stand there. Raises: ValueError."""
    tiff = Tiff(data)
    entries = tiff.by_tag(tiff.first)
    details = entries.get(_DETAILS)
    if details is not None and details.size == 4:
        entries = tiff.by_tag(tiff.number(details.start, 4)) | entries
    read: dict[int, str] = {}
    for tag, entry in entries.items():
        value = data[entry.start : entry.start + min(entry.size, LONGEST_TEXT)]
        if tag in range(XP_TITLE, XP_SUBJECT + 1):
            read[tag] = value.decode("utf-16-le", "replace")
        elif tag == COMMENT:
            read[tag] = _comment(value, tiff.utf16)
        elif entry.kind == 2:
            read[tag] = _text(value)
    return read


def read_place(data: bytes) -> str:
    """Where the picture was taken, "48.85837, 2.29448"; "?" where that is noted and does not read; "" for nowhere.

    Raises:
        ValueError.
    """
    tiff = Tiff(data)
    place = ""
    for at in tiff.below(_PLACE):
        entries = tiff.by_tag(at)
        if _LATITUDE not in entries or _LONGITUDE not in entries:
            place = place or ("?" if entries.keys() - {0} else "")
            continue
        north, east = _degrees(tiff, entries, _LATITUDE, b"S"), _degrees(tiff, entries, _LONGITUDE, b"W")
        in_range = north is not None and east is not None and abs(north) <= 90 and abs(east) <= 180
        return f"{north:.5f}, {east:.5f}" if in_range else "?"
    return place


def without(data: bytes, tags: Iterable[int]) -> bytes:
    """The same size without the entries of ``tags``, their values blotted out. Raises: ValueError."""
    tiff, wanted = Tiff(data), frozenset(tags)
    spots = {*tiff.directories(), *tiff.below(_DETAILS)}
    return _cut(tiff, sorted(spots), wanted)


def without_place(data: bytes) -> bytes:
    """The same size without where the picture was taken. Raises: ValueError."""
    tiff = Tiff(data)
    inner = bytearray(data)
    for at in tiff.below(_PLACE):
        for start, stop in _merged((entry.start, entry.start + entry.size) for entry in tiff.entries(at)):
            inner[start:stop] = bytes(stop - start)
        stop = min(at + 2 + tiff.number(at, 2) * _ENTRY, len(inner))
        if 0 < at < stop:
            inner[at:stop] = bytes(stop - at)
    return _cut(Tiff(bytes(inner)), Tiff(bytes(inner)).directories(), frozenset({_PLACE}))


def _cut(tiff: Tiff, spots: Iterable[int], wanted: frozenset[int]) -> bytes:
    out = bytearray(tiff.data)
    values: list[tuple[int, int]] = []
    for at in spots:
        gone = [entry for entry in tiff.entries(at) if entry.tag in wanted]
        if not gone:
            continue
        count = min(tiff.number(at, 2), (len(out) - at - 2) // _ENTRY)
        end = at + 2 + count * _ENTRY
        values += [(entry.start, entry.start + entry.size) for entry in gone if entry.size > 4]
        places = {entry.at for entry in gone}
        kept = b"".join(
            tiff.data[place : place + _ENTRY] for place in range(at + 2, end, _ENTRY) if place not in places
        )
        behind = tiff.data[end : end + 4]  # where the next directory is
        body = tiff.written(count - len(gone), 2) + kept + behind
        out[at : end + len(behind)] = body.ljust(end + len(behind) - at, b"\0")
    for start, stop in _merged(values):
        out[start:stop] = bytes(stop - start)
    return bytes(out)


def _merged(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The same places, each once: a thousand entries may name the same."""
    last = 0
    for start, stop in sorted(spans):
        if stop > last:
            yield max(start, last), stop
            last = stop


def _degrees(tiff: Tiff, entries: dict[int, Entry], tag: int, negative: bytes) -> float | None:
    entry = entries[tag]
    if entry.kind != 5 or entry.size != 24:
        return None
    parts = [(tiff.number(entry.start + at, 4), tiff.number(entry.start + at + 4, 4)) for at in (0, 8, 16)]
    if not parts[0][1] or not parts[1][1]:
        return None
    degrees: float = sum(above / below * share for share, (above, below) in zip(_SHARES, parts, strict=True) if below)
    side = entries.get(tag - 1)
    return -degrees if side is not None and tiff.data[side.start : side.start + 1] == negative else degrees


def _comment(value: bytes, utf16: str) -> str:
    mark = _MARKS.get(value[:8])
    if mark is None:
        return ""
    return value[8:].decode(utf16, "replace") if mark else _text(value[8:])


def _text(value: bytes) -> str:
    value = value.partition(b"\0")[0]
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")
