"""Cells of tables that people open in a spreadsheet: none of them is taken for a formula."""

import csv
import io
import re
from collections.abc import Iterable

# Some programs part cells at other signs than commas: another cell begins behind them.
_INSIDE = re.compile(r"([;\t\n])(?=[=+\-@'])")
_MADE_SAFE = re.compile(r"([;\t\n])'(?=[=+\-@'])")
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "'")  # the apostrophe, so that reading takes off what writing added


def safe_cell(text: str) -> str:
    """``text`` with an apostrophe in front where a spreadsheet would calculate it."""
    inside = _INSIDE.sub(r"\1'", text)
    return f"'{inside}" if text.startswith(_DANGEROUS) else inside


def plain_cell(text: str) -> str:
    """What ``safe_cell`` was given; a cell that somebody else wrote stays as it is."""
    whole = text[1:] if text.startswith("'") and text[1:].startswith(_DANGEROUS) else text
    return _MADE_SAFE.sub(r"\1", whole)


def csv_line(cells: Iterable[str]) -> str:
    """One line of a file, its end included."""
    line = io.StringIO()
    csv.writer(line).writerow([safe_cell(cell) for cell in cells])
    return line.getvalue()
