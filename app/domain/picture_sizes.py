"""How large a picture is made, and which part of it is shown. Only arithmetic: ``pictures`` sees the picture itself."""

from dataclasses import dataclass

MAX_SIDE = 2000  # pixels; what is asked to be larger is sent as it is


@dataclass(frozen=True, slots=True)
class Size:
    """What somebody asks for, in pixels; 0: what follows from the other side and the proportions.

    Both sides: cut to these proportions around the middle. With ``fit``: the whole picture within both.
    """

    width: int
    height: int
    fit: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """Show ``box`` (left, top, right, bottom in pixels of the source) as ``width`` by ``height`` pixels."""

    box: tuple[int, int, int, int]
    width: int
    height: int


def plan(width: int, height: int, size: Size) -> Plan | None:
    """What to make of a picture of ``width`` by ``height`` pixels; None: nothing, it is sent as it is.

    Nothing is ever enlarged: the browser does that as well, from fewer bytes.
    """
    asked = (size.width, size.height)
    if min(width, height) < 1 or min(asked) < 0 or max(asked) < 1 or max(asked) > MAX_SIDE:
        return None
    made = _cut(width, height, size) if min(asked) and not size.fit else _whole(width, height, size)
    return None if (made.width, made.height) == (width, height) else made


def _whole(width: int, height: int, size: Size) -> Plan:
    box = (0, 0, width, height)
    asked_width, asked_height = min(size.width or width, width), min(size.height or height, height)
    if asked_width * height <= asked_height * width:  # the width is what binds
        return Plan(box, asked_width, _share(height, asked_width, width))
    return Plan(box, _share(width, asked_height, height), asked_height)


def _cut(width: int, height: int, size: Size) -> Plan:
    if width * size.height >= height * size.width:  # too wide: something goes left and right
        wide, high = _share(height, size.width, size.height), height
    else:
        wide, high = width, _share(width, size.height, size.width)
    wide, high = min(wide, width), min(high, height)
    left, top = (width - wide) // 2, (height - high) // 2
    return Plan((left, top, left + wide, top + high), min(size.width, wide), min(size.height, high))


def _share(of: int, part: int, whole: int) -> int:
    """``of * part / whole``, rounded to the nearest and at least 1."""
    return max(1, (2 * of * part + whole) // (2 * whole))
