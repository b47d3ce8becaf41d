import csv
import io

import pytest

from app.services.csv_cells import csv_line, plain_cell, safe_cell


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-5", "@SUM(A1)", "\t=1", "\r=1", "'quoted", "'=1"])
def test_what_a_spreadsheet_would_calculate_begins_with_an_apostrophe(text: str) -> None:
    assert safe_cell(text).startswith(f"'{text[0]}")
    assert plain_cell(safe_cell(text)) == text


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("x;=cmd", "x;'=cmd"),
        ("x\t@A", "x\t'@A"),
        ("a\n-1", "a\n'-1"),
        ("x;'=1", "x;''=1"),
        ("=1;=2", "'=1;'=2"),
        ("a;b", "a;b"),
        ("a; =b", "a; =b"),
    ],
)
def test_other_separators_begin_no_formula_either(text: str, safe: str) -> None:
    assert safe_cell(text) == safe
    assert plain_cell(safe) == text


@pytest.mark.parametrize("text", ["", "ivy", "a=b", " =1", "O'Brien", "12"])
def test_everything_else_stays_as_it_is(text: str) -> None:
    assert safe_cell(text) == text
    assert plain_cell(text) == text


def test_a_line_is_read_back_cell_by_cell() -> None:
    cells = ["=cmd", 'says "hello"', "two\nlines", "a,b", ""]

    read = next(csv.reader(io.StringIO(csv_line(cells), newline="")))
    assert [plain_cell(cell) for cell in read] == cells
