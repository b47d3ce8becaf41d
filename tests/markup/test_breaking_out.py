"""No page ends the element that holds it, as browsers read HTML: they close elements that no tag of the page closes."""

from importlib import import_module
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.wiki_settings import WikiSettings
from app.markup import Facts, parse, render
from app.markup.sanitize import sanitize

WIKI = WikiSettings(base_url="https://wiki.example.org")
# Those with rules of their own in the standard.
TAGS = "a b blockquote caption center dd details div dl dt h1 h2 li p pre rt ruby summary table tbody td th tr ul"


def tree(html: str) -> Any:
    """As a browser would build it: the parser of the standard, which bleach brings along."""
    return import_module("bleach._vendor.html5lib").parse(html, namespaceHTMLElements=False)


def whole(html: str) -> str:
    return "".join(part for part in sanitize([html], WIKI) if isinstance(part, str))


def page(text: str) -> str:
    rendered = render(parse(text, WIKI, "markdown"), "a:b", Facts(), WIKI)
    return "".join(part for part in rendered.parts if isinstance(part, str))


def stays_inside(html: str) -> bool:
    """Whether what follows the page in the same element is still in it, and the page in no other."""
    body = tree(f"<!doctype html><main><div>{html}<hr id=last></div><hr id=after></main>").find("body")
    main = body.find("main")
    inside = [child.tag for child in body] == ["main"] and [child.tag for child in main] == ["div", "hr"]
    return inside and main.find("div")[-1].get("id") == "last"


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<ul><li><div><li>x</li></div></li></ul>", id="an item in an item"),
        pytest.param("<dl><dt><div><dt>x</dt></div></dt></dl>", id="a term in a term"),
        pytest.param("<dl><dd><div><p><dt>x</dt></p></div></dd></dl>", id="a term in what is said of another"),
        pytest.param("<h6><div><h2><h2>x</h2></h2></div></h6>", id="headings in a heading"),
        pytest.param("<table><div><table></table></div></table>", id="a table between the rows of another"),
        pytest.param("<table><tr><div><table></table></div></tr></table>", id="a table between cells"),
        pytest.param(
            "<summary><a><div><summary><div></div><a></a></summary></div></a></summary>", id="links around blocks"
        ),
    ],
)
def test_nested_elements_end_only_themselves(html: str) -> None:
    assert not stays_inside(html)  # untouched
    assert stays_inside(whole(html))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("- <li>x</li>", id="an item in an item of the page's"),
        pytest.param("- a <li>x</li> b", id="an item amid the words of one"),
        pytest.param("1. > <li>x</li>\n\n<li>", id="an item in a quote in an item"),
        pytest.param("<h3><div><h1><h1>x</h1></h1></div></h3>", id="headings in one block"),
        pytest.param("# a <h2><div><h2>x</h2></div></h2> b", id="headings in one of the page's"),
        pytest.param("<table><div>\n\n| a |\n|---|\n| b |\n\n</div></table>", id="a table of the page's in a raw one"),
        pytest.param("<a href='/x'>\n\n<div>\n\n[y](z)\n\n</div></a>", id="a link of the page's in a raw one"),
    ],
)
def test_pages_stay_in_their_place(text: str) -> None:
    assert stays_inside(page(text))


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<ul><li>a<ol><li>b</li></ol></li><li>c</li></ul>", id="lists in a list"),
        pytest.param("<dl><dt>a</dt><dd>b<dl><dt>c</dt><dd>d</dd></dl></dd></dl>", id="terms"),
        pytest.param("<table><tr><td><table><tr><td>a</td></tr></table></td></tr></table>", id="a table in a cell"),
        pytest.param("<h2>a</h2><h3>b</h3>", id="headings in a row"),
        pytest.param('<a href="/a">a</a> <a href="/b">b</a>', id="links in a row"),
    ],
)
def test_what_browsers_nest_as_it_is_written_stays(html: str) -> None:
    assert whole(html) == html


@given(st.lists(st.sampled_from([f"<{end}{tag}>" for tag in TAGS.split() for end in ("", "", "/")]), max_size=25))
@settings(max_examples=150, deadline=None)
def test_no_mixture_of_tags_breaks_out(tags: list[str]) -> None:
    assert stays_inside(whole("x".join(tags)))
