# ruff: noqa: E501 HTML is read on one line
"""Tables: source and HTML, by rule."""

import pytest

from tests.markup.drawing import draw


@pytest.mark.parametrize(
    "source, expected",
    [
        pytest.param(
            "^ a ^ b ^\n| c | d |",
            '<div class="table sectionedit1"><table class="inline"> <thead> <tr class="row0"> <th class="col0"> a </th><th class="col1"> b </th> </tr> </thead> <tr class="row1"> <td class="col0"> c </td><td class="col1"> d </td> </tr> </table></div> {section_edit}',
            id="rows and heading cells",
        ),
        pytest.param(
            "^ a | b |",
            '<div class="table sectionedit1"><table class="inline"> <tr class="row0"> <th class="col0"> a </th><td class="col1"> b </td> </tr> </table></div> {section_edit}',
            id="a heading column is no table head",
        ),
        pytest.param(
            "| a || b |",
            '<div class="table sectionedit1"><table class="inline"> <tr class="row0"> <td class="col0" colspan="2"> a </td><td class="col2"> b </td> </tr> </table></div> {section_edit}',
            id="an empty cell widens the one before",
        ),
        pytest.param(
            "| a | b |\n| ::: | c |",
            '<div class="table sectionedit1"><table class="inline"> <tr class="row0"> <td class="col0" rowspan="2"> a </td><td class="col1"> b </td> </tr> <tr class="row1"> <td class="col0"> c </td> </tr> </table></div> {section_edit}',
            id="three colons lengthen the one above",
        ),
        pytest.param(
            "| [[#x]] ::: | b :::  |",
            '<div class="table sectionedit1"><table class="inline"> <tr class="row0"> <td class="col0"> <a href="#x" title="ns:page ↵" class="wikilink1">x</a></td><td class="col1"> b ::: </td> </tr> </table></div> {section_edit}',
            id="three colons behind a link in the first row are not seen, behind text they are text and align nothing",
        ),
        pytest.param(
            "|  a  |  b|c  |",
            '<div class="table sectionedit1"><table class="inline"> <tr class="row0"> <td class="col0 centeralign"> a </td><td class="col1 rightalign"> b</td><td class="col2 leftalign">c </td> </tr> </table></div> {section_edit}',
            id="blanks align",
        ),
        pytest.param(
            "| a | b |\n| c |",
            '<div class="table sectionedit1"><table class="inline"> <tr class="row0"> <td class="col0"> a </td><td class="col1"> b </td> </tr> <tr class="row1"> <td class="col0"> c </td><td class="col1"></td> </tr> </table></div> {section_edit}',
            id="short rows are filled up",
        ),
        pytest.param(
            "| a | b",
            '<div class="table sectionedit1"><table class="inline"> <tr class="row0"> <td class="col0"> a </td> </tr> </table></div> {section_edit}',
            id="text behind the last border is lost",
        ),
        pytest.param(
            "| [[a|b]] |",
            '<div class="table sectionedit1"><table class="inline"> <tr class="row0"> <td class="col0"> <a href="/ns:a" class="wikilink2" title="ns:a" rel="nofollow" data-wiki-id="ns:a">b</a> </td> </tr> </table></div> {section_edit}',
            id="a link holds its bar",
        ),
        pytest.param(
            "| **a | b** |",
            '<div class="table sectionedit1"><table class="inline"> <tr class="row0"> <td class="col0"> <strong>a | b</strong> </td> </tr> </table></div> {section_edit}',
            id="bold runs over a border",
        ),
        pytest.param(" | a |", "<p> | a | </p>", id="a blank in front makes it text"),
        pytest.param(
            "| <code>a\nb</code> c |",
            '<div class="table sectionedit1"><table class="inline"> <tr class="row0"> <td class="col0"> <pre class="code">a b</pre> <p> c </p> </td> </tr> </table></div> {section_edit}',
            id="a code block in a cell",
        ),
    ],
)
def test_tables(source: str, expected: str) -> None:
    assert draw(source) == expected
