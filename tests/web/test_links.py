"""Who links to a page."""

import re
from html import unescape
from urllib.parse import unquote

from app.wiki import Wiki
from tests.web.conftest import Browser
from tests.web.writing import NOW, write


def test_backlinks_show_titles_and_the_words_around_each_link(eve: Browser, wiki: Wiki) -> None:
    write(wiki, "from", "====== A source ======\n\nSome words before [[a|the target]] and some <b>after</b> it.")

    page = eve.get("/_backlinks/a").text

    assert "A source" in page
    assert "words before" in page
    assert "and some &lt;b&gt;after" in page


def test_many_backlinks_are_read_in_stretches_in_natural_order(eve: Browser, wiki: Wiki) -> None:
    for number in range(60):
        write(wiki, f"source{number}", "[[a]]")

    first = eve.get("/_backlinks/a").text
    further = re.search(r'href="(/_backlinks/a\?after=[^"]+)"', first)
    assert further
    second = eve.get(unescape(further.group(1))).text

    names = re.findall(r'class="wikilink1" href="/source(\d+)"', first + second)
    assert [int(name) for name in names] == list(range(60))
    assert re.search(r'class="count">60<', first)


def test_a_page_nobody_links_to_says_how_to_change_that(eve: Browser) -> None:
    response = eve.get("/_backlinks/nowhere")

    assert response.status_code == 200
    assert "[[nowhere]]" in response.text


def test_links_of_a_deleted_page_are_gone(eve: Browser, wiki: Wiki) -> None:
    write(wiki, "from", "[[a]]")
    write(wiki, "from", "", now=NOW + 1)

    assert "/from" not in unquote(eve.get("/_backlinks/a").text)
