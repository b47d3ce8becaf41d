"""What the report says of a plugin's syntax is what readers of the page see."""

from html import escape

import pytest

from app.exchange.dokuwiki.plugins_met import BEHIND, PLUGINS
from tests.markup.test_syntax import html

SAYS = [(begin, plugin.says) for plugin in PLUGINS for begin in plugin.begins if begin.endswith(">")]


@pytest.mark.parametrize(("begin", "says"), [row for row in SAYS if row[0].startswith("{{") and BEHIND in row[1]])
def test_only_what_stands_behind_the_name_is_shown(begin: str, says: str) -> None:
    assert " ".join(html(f"{begin}words}}}}").split()) == "<p> words </p>", says


@pytest.mark.parametrize("begin", [begin for begin, _ in SAYS if begin.startswith("<")])
def test_tags_are_shown_as_text(begin: str) -> None:
    assert escape(begin) in html(f"{begin}words")
