"""What a picture says of itself, by our names, and how that is changed in a JPEG without touching the picture.

Read from IPTC first, then from EXIF, as the old wiki does. Written as IPTC; what EXIF said of the same is taken out,
so that the two never differ. XMP is neither read nor written.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from app.domain import exif, iptc
from app.domain.jpeg_parts import APP1, APP13, LONGEST, Part

FIELDS = ("title", "caption", "author", "copyright", "keywords", "date", "camera", "place")  # as they are shown
EDITABLE = ("title", "caption", "author", "copyright", "keywords", "date")
LONGEST_FIELD = {
    "title": 256,
    "caption": 2000,
    "author": 200,
    "copyright": 300,
    "keywords": 1000,
    "date": 19,
    "camera": 100,
    "place": 60,
}
XMP = b"http://ns.adobe.com/x"  # its main part and what did not fit into that
NO_DATE = "Write a day as 2024-05-31, with a time if you know it: 2024-05-31 14:05."

_NUMBERS = {
    "title": (iptc.HEADLINE, iptc.OBJECT_NAME),
    "caption": (iptc.CAPTION,),
    "author": (iptc.BYLINE,),
    "copyright": (iptc.COPYRIGHT,),
    "keywords": (iptc.KEYWORDS,),
    "date": (iptc.DAY, iptc.CLOCK),
}
_TAGS = {
    "title": (exif.XP_TITLE,),
    "caption": (exif.COMMENT, exif.DESCRIPTION, exif.XP_COMMENT, exif.XP_SUBJECT),
    "author": (exif.ARTIST, exif.XP_AUTHOR),
    "copyright": (exif.COPYRIGHT,),
    "keywords": (exif.XP_KEYWORDS,),
    "date": (exif.TAKEN, exif.DIGITIZED, exif.CHANGED),
}
_CONTROLS = {code: " " for code in (*range(32), *range(127, 160), 0x2028, 0x2029) if code != 10}
_WRITTEN_DATE = re.compile(r"(\d{4})[-:](\d\d)[-:](\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d))?)?", re.ASCII)


def read_fields(parts: Iterable[Part]) -> dict[str, str]:
    """Of a JPEG; what does not read is not there."""
    parts = tuple(parts)
    texts = iptc.texts(iptc.datasets(_newsroom(parts)))
    camera: dict[int, str] = {}
    place = ""
    for data in _exif_of(parts):
        try:
            camera, place = exif.read_texts(data), exif.read_place(data)
        except ValueError:
            continue
        break
    return _fields(texts, camera, place)


def read_exif_fields(data: bytes) -> dict[str, str]:
    """Of a picture that holds EXIF alone, from "II" or "MM" on. Raises: ValueError."""
    data = data.removeprefix(exif.SIGNATURE)
    return _fields({}, exif.read_texts(data), exif.read_place(data))


def clean_field(key: str, value: str) -> str:
    """``value`` as it would be read again: one line (captions may have more), of bounded length.

    Raises:
        ValueError: a date that is none.
    """
    whole = value.encode("utf-8", "replace").decode().replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROLS)
    if key == "caption":
        return (
            "\n".join(" ".join(line.split()) for line in whole[: 4 * LONGEST_FIELD[key]].split("\n"))
            .strip()[:2000]
            .strip()
        )
    line = " ".join(whole[: 4 * LONGEST_FIELD[key]].split())
    if key == "keywords":
        return _joined(line.replace(";", ",").split(","))
    if key == "date":
        if line and not _date(line):
            raise ValueError(NO_DATE)
        return _date(line)
    return line[: LONGEST_FIELD[key]].strip()


def change_fields(parts: Sequence[Part], changes: Mapping[str, str]) -> tuple[Part, ...]:
    """The parts with these fields, clean ones; an empty value removes the field.

    Raises:
        ValueError: they do not fit into a JPEG.
    """
    if "caption" in changes and "title" not in changes:  # what is shown as title may be one only without a caption
        changes = {"title": read_fields(parts).get("title", ""), **changes}
    tags = frozenset(tag for key in changes for tag in _TAGS[key])
    numbers: dict[int, Sequence[str]] = {}
    for key, value in changes.items():
        numbers |= dict.fromkeys(_NUMBERS[key], ()) | _as_texts(key, value)
    kept = [_without_tags(part, tags) for part in parts if not _is_newsroom(part)]
    block = _changed_block(parts, numbers)
    return _placed(kept, [Part(APP13, iptc.SIGNATURE + block[at : at + _ROOM]) for at in range(0, len(block), _ROOM)])


def without_place(parts: Sequence[Part]) -> tuple[Part, ...]:
    """The parts without where the picture was taken, in EXIF and IPTC; XMP goes as a whole where it speaks of it."""
    kept: list[Part] = []
    for part in parts:
        if part.marker == APP1 and part.body.startswith(exif.SIGNATURE):
            kept += _placeless(part)
        elif not (part.marker == APP1 and part.body.startswith(XMP) and _names_place(part.body)):
            kept.append(part)
    block = _changed_block(parts, dict.fromkeys(iptc.PLACES, ()))
    kept = [part for part in kept if not _is_newsroom(part)]
    return _placed(kept, [Part(APP13, iptc.SIGNATURE + block[at : at + _ROOM]) for at in range(0, len(block), _ROOM)])


_ROOM = LONGEST - len(iptc.SIGNATURE)


def _fields(texts: Mapping[int, Sequence[str]], camera: Mapping[int, str], place: str) -> dict[str, str]:
    def first(*values: str) -> str:
        return next((value for value in values if value.strip()), "")

    def of(number: int) -> str:
        return first(*texts.get(number, ()))

    def tag(number: int) -> str:
        return camera.get(number, "")

    raw = {
        # The old wiki's order of what a picture is called: headline, caption, name, then what the camera wrote.
        "title": first(of(iptc.HEADLINE), "" if of(iptc.CAPTION) else first(of(iptc.OBJECT_NAME), tag(exif.XP_TITLE))),
        "caption": first(of(iptc.CAPTION), *map(tag, _TAGS["caption"])),
        "author": first(", ".join(texts.get(iptc.BYLINE, ())), *map(tag, _TAGS["author"])),
        "copyright": first(of(iptc.COPYRIGHT), tag(exif.COPYRIGHT)),
        "keywords": first(",".join(texts.get(iptc.KEYWORDS, ())), tag(exif.XP_KEYWORDS)),
        "date": _earliest(_newsroom_date(of(iptc.DAY), of(iptc.CLOCK)), *map(tag, _TAGS["date"])),
        "camera": _camera(tag(exif.MAKE), tag(exif.MODEL)),
        "place": place,
    }
    clean = {key: value if key == "date" else clean_field(key, value) for key, value in raw.items()}
    return {key: value for key, value in clean.items() if value}


def _camera(make: str, model: str) -> str:
    make, model = make.strip(), model.strip()
    return model if model.lower().startswith(make.lower()) else f"{make} {model}"


def _joined(words: Iterable[str]) -> str:
    """Each word once, with commas between; what is too long ends at a word."""
    kept, room = [], LONGEST_FIELD["keywords"]
    for word in dict.fromkeys(stripped for word in words if (stripped := word.strip())):
        room -= len(word) + 2
        if room < 0:
            break
        kept.append(word)
    return ", ".join(kept)


def _date(text: str) -> str:
    """``2024-05-31 14:05:00``, or the day alone; "" for what is no date."""
    found = _WRITTEN_DATE.fullmatch(text.strip())
    if found is None:
        return ""
    year, month, day, hour, minute, second = (int(part) for part in found.groups("0"))
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)  # of a clock whose zone nobody knows
    except ValueError:
        return ""
    return moment.isoformat(" ")[: 19 if found[4] else 10]


def _newsroom_date(day: str, clock: str) -> str:
    """``20240531`` and ``140500+0200``: the time as the clock showed it."""
    time = f" {clock[:2]}:{clock[2:4]}:{clock[4:6]}" if clock else ""
    written = f"{day[:4]}-{day[4:6]}-{day[6:8]}"
    return _date(written + time) or _date(written)


def _earliest(*dates: str) -> str:
    """Of the same day the one that knows the time."""
    return min(filter(None, map(_date, dates)), key=lambda date: date.ljust(19, "~"), default="")


def _as_texts(key: str, value: str) -> dict[int, Sequence[str]]:
    if not value:
        return {}
    if key == "keywords":
        return {iptc.KEYWORDS: value.split(", ")}
    if key == "date":
        day, _, clock = value.partition(" ")
        clocks = {iptc.CLOCK: [clock.replace(":", "")]} if clock else {}
        return {iptc.DAY: [day.replace("-", "")], **clocks}
    return {_NUMBERS[key][0]: [value]}


def _is_newsroom(part: Part) -> bool:
    return part.marker == APP13 and part.body.startswith(iptc.SIGNATURE)


def _blocks(parts: Iterable[Part]) -> bytes:
    """What did not fit into one part goes on in the next."""
    return b"".join(part.body.removeprefix(iptc.SIGNATURE) for part in parts if _is_newsroom(part))


def _newsroom(parts: Iterable[Part]) -> bytes:
    return b"".join(one.data for one in iptc.resources(_blocks(parts)) if one.number == iptc.TEXTS)


def _changed_block(parts: Iterable[Part], numbers: Mapping[int, Sequence[str]]) -> bytes:
    parts = tuple(parts)
    data = iptc.with_texts(iptc.datasets(_newsroom(parts)), numbers)
    others = [one for one in iptc.resources(_blocks(parts)) if one.number not in (iptc.TEXTS, iptc.DIGEST)]
    return iptc.write_resources([*others, *([iptc.Resource(iptc.TEXTS, b"\0\0", data)] if data else [])])


def _placed(kept: Sequence[Part], added: Sequence[Part]) -> tuple[Part, ...]:
    """``added`` behind what names the file's kind (APP0) and what the camera wrote, which readers expect first."""
    at = next((place for place, part in enumerate(kept) if part.marker not in (0xE0, APP1)), len(kept))
    return (*kept[:at], *added, *kept[at:])


def _exif_of(parts: Iterable[Part]) -> Iterable[bytes]:
    return (
        part.body[len(exif.SIGNATURE) :]
        for part in parts
        if part.marker == APP1 and part.body.startswith(exif.SIGNATURE)
    )


def _without_tags(part: Part, tags: frozenset[int]) -> Part:
    if part.marker != APP1 or not part.body.startswith(exif.SIGNATURE):
        return part
    try:
        return part._replace(body=exif.SIGNATURE + exif.without(part.body[len(exif.SIGNATURE) :], tags))
    except ValueError:  # nothing that reads stands in it
        return part


def _placeless(part: Part) -> list[Part]:
    """One whose place cannot be taken out is left out as a whole."""
    try:
        data = exif.without_place(part.body[len(exif.SIGNATURE) :])
        return [] if exif.read_place(data) else [part._replace(body=exif.SIGNATURE + data)]
    except ValueError:
        return []


def _names_place(packet: bytes) -> bool:
    return any(word in packet for word in (b"GPS", b"Location", b"City", b"Country"))
