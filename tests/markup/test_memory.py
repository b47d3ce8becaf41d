"""What a page costs in memory while it is read and written: so many bytes a character, whatever it holds."""

import tracemalloc

import pytest

from app.domain.wiki_settings import WikiSettings
from app.markup import Facts, parse, render
from app.markup.nodes import Open

SETTINGS = WikiSettings()
SIZE = 128 * 1024
ORDINARY = 40  # bytes a character; real pages take 12
WORST = 250
PAGE = """====== Ivy ======

Ivy is an //evergreen// plant that **climbs** by its roots ((on walls and trees)). See [[garden:walls|walls]] and
[[wp>Hedera]].

  * leaves of two kinds
  * flowers in autumn
    - small, green
    - in umbels

^ Name      ^ Height ^
| Hedera    |   30 m |
| Cymbalaria |  10 cm |

<code>
grow(ivy)
</code>

"""


def peak(text: str) -> int:
    """Bytes, text and patterns that were there before not counted."""
    parse("", SETTINGS)
    tracemalloc.start()
    try:
        render(parse(text, SETTINGS), "ns:page", Facts(), SETTINGS)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_an_ordinary_page_takes_little_memory() -> None:
    assert peak(PAGE * (SIZE // len(PAGE))) < ORDINARY * SIZE


@pytest.mark.parametrize(
    "unit",
    [
        pytest.param("|", id="empty cells"),
        pytest.param("|:::", id="row spans in one row"),
        pytest.param("((a))\n", id="notes that read the same"),
        pytest.param("== a ==\n", id="equal headings"),
        pytest.param("  * a\n", id="one long list"),
        pytest.param("[[a]]\n", id="one paragraph of links"),
        pytest.param("a\n", id="one paragraph of short lines"),
        pytest.param("> a\n>> b\n", id="quotes in and out"),
    ],
)
def test_no_page_takes_much_memory(unit: str) -> None:
    assert peak(unit * (SIZE // len(unit))) < WORST * SIZE


def test_quotes_nest_no_deeper_than_browsers_follow() -> None:
    depths = [sum(type(event) is Open for event in parse(">" * signs, SETTINGS).events) for signs in (3, 100_000)]
    assert depths == [3, 500]
