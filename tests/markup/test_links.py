# ruff: noqa: E501 HTML is read on one line
"""Links of every kind: source and HTML, by rule."""

from dataclasses import replace

import pytest

from app.markup import Facts
from tests.markup.drawing import PLAIN, draw


@pytest.mark.parametrize(
    "source, expected",
    [
        pytest.param(
            "[[start]] [[:start|S]]",
            '<p> <a href="/ns:start" class="wikilink1" title="ns:start" data-wiki-id="ns:start">start</a> <a href="/start" class="wikilink1" title="start" data-wiki-id="start">S</a> </p>',
            id="a page that exists",
        ),
        pytest.param(
            "[[Nothing Here]]",
            '<p> <a href="/ns:nothing_here" class="wikilink2" title="ns:nothing_here" rel="nofollow" data-wiki-id="ns:nothing_here">Nothing Here</a> </p>',
            id="a page that does not",
        ),
        pytest.param(
            "[[ns:]]",
            '<p> <a href="/ns:start" class="wikilink1" title="ns:start" data-wiki-id="ns:start">ns</a> </p>',
            id="a namespace leads to its start page",
        ),
        pytest.param(
            "[[.:x]] [[..:start]]",
            '<p> <a href="/ns:x" class="wikilink2" title="ns:x" rel="nofollow" data-wiki-id="ns:x">x</a> <a href="/start" class="wikilink1" title="start" data-wiki-id="start">..</a> </p>',
            id="a relative page",
        ),
        pytest.param(
            "[[wiki:syntax#Some Part|x]]",
            '<p> <a href="/wiki:syntax#some_part" class="wikilink1" title="wiki:syntax" data-wiki-id="wiki:syntax">x</a> </p>',
            id="a section of a page",
        ),
        pytest.param(
            "[[start?do=x&y=1]]",
            '<p> <a href="/ns:start?do=x&amp;y=1" class="wikilink1" title="ns:start" data-wiki-id="ns:start">start</a> </p>',
            id="a query",
        ),
        pytest.param(
            "[[#Some Part]]",
            '<p> <a href="#some_part" title="ns:page ↵" class="wikilink1">Some Part</a> </p>',
            id="a section of this page",
        ),
        pytest.param(
            "[[]]",
            '<p> <a href="/ns:page" class="wikilink1" title="ns:page" data-wiki-id="ns:page">page</a> </p>',
            id="an empty link leads here",
        ),
        pytest.param(
            "[[http://a.bc/d?e&f|t]]",
            '<p> <a href="http://a.bc/d?e&amp;f" class="urlextern" title="http://a.bc/d?e&amp;f" rel="ugc nofollow">t</a> </p>',
            id="an address",
        ),
        pytest.param("[[foo://a|t]]", "<p> t </p>", id="an unknown scheme is text"),
        pytest.param(
            "[[wp>Foo Bar]] [[wpfr>Été|x]]",
            '<p> <a href="https://en.wikipedia.org/wiki/Foo Bar" class="interwiki iw_wp" title="https://en.wikipedia.org/wiki/Foo Bar">Foo Bar</a> <a href="https://fr.wikipedia.org/wiki/Été" class="interwiki iw_wpfr" title="https://fr.wikipedia.org/wiki/Été">x</a> </p>',
            id="another wiki",
        ),
        pytest.param("[[nope>x]]", "<p> x </p>", id="an unknown shortcut is text"),
        pytest.param(
            "[[user>Ann]] [[user>Bob]]",
            '<p> <a href="/user:ann" class="interwiki iw_user wikilink1" title="/user:ann">Ann</a> <a href="/user:bob" class="interwiki iw_user wikilink2" title="/user:bob" rel="nofollow">Bob</a> </p>',
            id="a shortcut into this wiki",
        ),
        pytest.param(
            "[[a@b.cd|m]]",
            '<p> <a href="mailto:&#97;&#64;&#98;&#46;&#99;&#100;" class="mail" title="&#97;&#64;&#98;&#46;&#99;&#100;">m</a> </p>',
            id="mail",
        ),
        pytest.param(
            "[[\\\\srv\\a b]]",
            '<p> <a href="file://///srv/a b" class="windows" title="\\\\srv\\a b">\\\\srv\\a b</a> </p>',
            id="a share",
        ),
        pytest.param(
            "[[start|{{a.png}}]]",
            '<p> <a href="/ns:start" class="media" title="ns:start" data-wiki-id="ns:start"><img src="/_media/ns:a.png" class="media" loading="lazy" alt="" /></a> </p>',
            id="a picture as title",
        ),
        pytest.param("[[a", "<p> [[a </p>", id="a link without end is text"),
        pytest.param(
            "[[start|**t** <b>]]",
            '<p> <a href="/ns:start" class="wikilink1" title="ns:start" data-wiki-id="ns:start">**t** &lt;b&gt;</a> </p>',
            id="a title is literal",
        ),
        pytest.param(
            "http://a.bc/d. www.a.bc ftp.a.bc",
            '<p> <a href="http://a.bc/d" class="urlextern" title="http://a.bc/d" rel="ugc nofollow">http://a.bc/d</a>. <a href="http://www.a.bc" class="urlextern" title="http://www.a.bc" rel="ugc nofollow">www.a.bc</a> <a href="ftp://ftp.a.bc" class="urlextern" title="ftp://ftp.a.bc" rel="ugc nofollow">ftp.a.bc</a> </p>',
            id="bare addresses",
        ),
        pytest.param(
            "(http://a.bc/d), ",
            '<p> (<a href="http://a.bc/d" class="urlextern" title="http://a.bc/d" rel="ugc nofollow">http://a.bc/d</a>), </p>',
            id="punctuation stays outside",
        ),
        pytest.param("http:// x", "<p> http:// x </p>", id="a scheme alone is text"),
        pytest.param(
            "<a@b.cd> <a@b>",
            '<p> <a href="mailto:&#97;&#64;&#98;&#46;&#99;&#100;" class="mail" title="&#97;&#64;&#98;&#46;&#99;&#100;">&#97;&#64;&#98;&#46;&#99;&#100;</a> &lt;a@b&gt; </p>',
            id="mail in the text",
        ),
        pytest.param(
            "\\\\srv\\share x",
            '<p> <a href="file://///srv/share" class="windows" title="\\\\srv\\share">\\\\srv\\share</a> x </p>',
            id="a bare share",
        ),
    ],
)
def test_links(source: str, expected: str) -> None:
    assert draw(source) == expected


def test_a_page_that_nobody_deleted_keeps_its_title_in_links() -> None:
    facts = Facts(gone={"ns:lost": "What <was>"})
    assert ">What &lt;was&gt;</a>" in draw("[[lost]]", replace(PLAIN, useheading="1"), facts)
    assert ">lost</a>" in draw("[[lost]]", PLAIN, facts)
    assert 'class="wikilink2"' in draw("[[lost]]", replace(PLAIN, useheading="1"), facts)
