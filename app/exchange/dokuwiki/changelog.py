"""Lines of change logs, as the old wiki reads and writes them: eight columns with tabs between."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import BinaryIO

from app.exchange.dokuwiki.model import LogLine, Note

COLUMNS = 8
KIND_OF = {"C": "create", "E": "edit", "e": "minor", "D": "delete", "R": "revert"}  # letter to our word
LETTER_OF = {kind: letter for letter, kind in KIND_OF.items()}
LONGEST_LINE = 64 * 1024  # bytes; a longer one is no line of a log
LONGEST_SUMMARY = 255  # characters that the old wiki keeps
NO_ID = "This line names no page."
NOT_UTF8 = "This line is no UTF-8; it is read as Latin-1."
TOO_LONG = "This line is too long for a change log."
_NUMBER = re.compile(r"[ \t\n\r\v\f]*+([+-]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][+-]?[0-9]{1,3})?)")
_LARGEST = 2**63 - 1


def read_line(line: str, number: int = 0) -> LogLine | None:
    """One line, with or without its end; None: it names no page. Columns that are missing read as empty."""
    columns = line.rstrip("\n").split("\t", COLUMNS - 1)
    if len(columns) < 4 or not columns[3]:
        return None
    time, address, kind, name, user, summary, extra, size = columns + [""] * (COLUMNS - len(columns))
    change = whole(size) if size else None
    found = LogLine(whole(time), address, kind, name, user, summary, extra, change, number)
    raw = line.removesuffix("\n")
    return found if write_line(found) == raw else replace(found, raw=raw)


def write_line(line: LogLine) -> str:
    """The line without its end, as the old wiki would write it today; ``raw`` where that is kept."""
    if line.raw is not None:
        return line.raw
    change = "" if line.size_change is None else str(line.size_change)
    kind, summary, extra = (_bare(text) for text in (line.kind, line.summary, line.extra))
    summary = summary[:LONGEST_SUMMARY]
    return "\t".join((str(line.time), line.address, kind, line.name, line.user, summary, extra, change))


def read_log(lines: Iterable[bytes], path: str) -> Iterator[LogLine | Note]:
    """A whole log, line by line; what is no line is told, empty ones are passed over. ``lines``: ``bounded_lines``."""
    for number, raw in enumerate(lines, 1):
        if not raw.strip(b"\r\n"):
            continue
        if len(raw) > LONGEST_LINE:
            yield Note(path, "left", TOO_LONG, number)
            continue
        text = as_text(raw)
        if text.encode() != raw:
            yield Note(path, "changed", NOT_UTF8, number)
        found = read_line(text, number)
        yield Note(path, "left", NO_ID, number) if found is None else found


def bounded_lines(stream: BinaryIO) -> Iterator[bytes]:
    """The lines of a file with their ends; of one that is longer than ``LONGEST_LINE`` a little more than that."""
    while line := stream.readline(LONGEST_LINE + 1):
        yield line
        while line and not line.endswith(b"\n"):
            line = stream.readline(LONGEST_LINE)


def as_text(raw: bytes) -> str:
    """UTF-8, else Latin-1, as the old wiki reads files."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def whole(text: str) -> int:
    """A number as PHP reads text: what stands in front counts, fractions are cut off, anything else is 0."""
    found = _NUMBER.match(text)
    if not found:
        return 0
    digits = found[1]
    if digits.lstrip("+-").isdigit():
        return max(-_LARGEST - 1, min(_LARGEST, int(digits[:40])))
    value = float(digits[:400])
    return int(value) if abs(value) <= _LARGEST else 0


def _bare(text: str) -> str:
    return text.replace("\t", "").replace("\n", "")
