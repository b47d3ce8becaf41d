"""How many frames a GIF has, from its blocks: no pixel is unpacked."""

from typing import Protocol

MAX_STEPS = 4_000_000  # blocks that are walked over: about a second; a picture of 50 MiB has 200,000


class Bytes(Protocol):
    """A file that is not read into memory will do."""

    def __getitem__(self, at: int, /) -> int: ...


def count_frames(data: Bytes, most: int) -> int:
    """At most ``most + 1``, which also stands for more blocks than are worth walking over. 0: it is no GIF.

    A file that is cut off has the frames that are there.
    """
    frames, steps = 0, 0
    try:
        at = 13 + _table(data[10])
        while frames <= most and steps < MAX_STEPS and data[at] in (0x21, 0x2C):
            if data[at] == 0x2C:
                frames += 1
                at += 11 + _table(data[at + 9])
            else:
                at += 2
            while data[at] and steps < MAX_STEPS:
                at, steps = at + data[at] + 1, steps + 1
            at, steps = at + 1, steps + 1
    except IndexError:
        return frames
    return frames if steps < MAX_STEPS else most + 1


def _table(flags: int) -> int:
    """Bytes of the colour table that follows."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0
