"""Pages for any program that reads Markdown: where each link leads, and what stands where only a wiki knows."""

from dataclasses import dataclass, field

import pytest

from app.domain.markups import Markup
from app.domain.wiki_settings import WikiSettings
from app.markup import parse
from app.markup.conversion import convert
from app.markup.portable import pointed, slugs, without_wiki

SETTINGS = WikiSettings(base_url="https://wiki.example")


@dataclass
class Places:
    """A wiki that has everything, each thing where its name says."""

    settings: WikiSettings = field(default=SETTINGS)

    def page(self, target: str) -> tuple[str, str]:
        path, mark, anchor = target.partition("#")
        return f"{path.strip(':').replace(':', '/')}.md{mark}{anchor}", path.rpartition(":")[2]

    def named(self, name: str) -> str:
        return f"{name.replace(':', '/')}.md"

    def section(self, anchor: str) -> str:
        return f"#{anchor.lower().replace(' ', '-')}"

    def file(self, source: str) -> str:
        return f"_media/{source.replace(':', '/')}"


def made(source: str, markup: Markup = "dokuwiki", lost: list[str] | None = None) -> str:
    document = parse(source, SETTINGS, markup)
    if markup == "markdown":
        return pointed(document, Places())
    told = [] if lost is None else lost
    return convert(without_wiki(document, Places(), told), "markdown", SETTINGS).text.rstrip("\n")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("[[a:b|the *page*]]", r"[the \*page\*](a/b.md)"),
        ("[[a:b]]", "[b](a/b.md)"),
        ("[[a:b#Top|x]]", "[x](a/b.md#Top)"),
        ("[[a:b?do=index|x]]", "[x](a/b.md)"),
        ("[[#The end|x]]", "[x](#the-end)"),
        ("[[https://example.org/x(y)|a]]", "[a](https://example.org/x%28y%29)"),
        ("https://example.org/a_b", r"[https://example.org/a_b](https://example.org/a_b)"),
        ("[[https://example.org/?a=1&copy;=2|a]]", "[a](https://example.org/?a=1&amp;copy;=2)"),
        ("[[wp>Ivy]]", "[Ivy](https://en.wikipedia.org/wiki/Ivy)"),
        ("[[this>a:b|x]]", "[x](https://wiki.example/a:b)"),
        ("[[me@example.org|me]]", "[me](mailto:me@example.org)"),
        (r"[[\\server\a b|s]]", "[s](file://///server/a%20b)"),
        ("[[a|{{b.png|B}}]]", "[![B](_media/b.png)](a.md)"),
        ("{{ n:a.png?100x20 |A [boat]}}", r"![A \[boat\]](_media/n/a.png)"),
        ("{{a.png?linkonly|A}}", "[A](_media/a.png)"),
        ("{{a.pdf}}", "[a.pdf](_media/a.pdf)"),
        ("{{n:a.pdf#page=2|p}}", "[p](_media/n/a.pdf#page=2)"),
        ("{{https://example.org/a.png|A}}", "![A](https://example.org/a.png)"),
        ("^ a ^\n| [[b|x]] |", "| a |\n| --- |\n| [x](b.md) |"),
        ("* [[a]]".rjust(9), "- [a](a.md)"),
        ("((see [[a]]))", "[^1]\n\n[^1]: see [a](a.md)"),
        ("> [[a]]", "> [a](a.md)"),
        ("~~NOTOC~~\n\ntext", "text"),
        ("%%[[a]]%% and ''x''", "\\[[a]] and `x`"),
        ("<code>\n[[a]]\n</code>", "```\n[[a]]\n```"),
    ],
)
def test_pages_of_dokuwiki(source: str, expected: str) -> None:
    assert made(source) == expected


def test_what_only_a_wiki_knows_is_shown_as_source_and_told() -> None:
    lost: list[str] = []
    assert made("{{rss>https://example.org/feed 5}}\n\nx", lost=lost) == (
        "```\n{{rss>https://example.org/feed 5}}\n```\n\nx"
    )
    assert lost == ["rss: {{rss>https://example.org/feed 5}}"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("[x](a/b) and  **y**  \n\n\n* z\n", "[x](a/b.md) and  **y**  \n\n\n* z\n".replace("a/b.md", "./a/b.md")),
        ("[[a:b|the page]]", "[the page](a/b.md)"),
        ("[[a:b]]", "[b](a/b.md)"),
        ("[[wp>Ivy|x]]", "[x](https://en.wikipedia.org/wiki/Ivy)"),
        ("[x](wp>Ivy)", "[x](https://en.wikipedia.org/wiki/Ivy)"),
        ("[x](https://example.org/a_(b))", "[x](https://example.org/a_(b))"),
        ("[x](mailto:me@example.org)", "[x](mailto:me@example.org)"),
        ('[x](/a "hint")', '[x](a.md "hint")'),
        ("[x](<a b>)", "[x](<a%20b.md>)"),
        ("[x](#top)", "[x](#top)"),
        ("![x](a.png?100)", "![x](_media/a.png)"),
        ("![x](https://example.org/a.png)", "![x](https://example.org/a.png)"),
        ("{{ a.png?100|A}} b", "![A](_media/a.png) b"),
        ("[[a|{{b.png|B}}]]", "[![B](_media/b.png)](a.md)"),
        ("[![B](b.png)](a)", "[![B](_media/b.png)](a.md)"),
        ("[x][y]\n\n[y]: a\n", "[x][y]\n\n[y]: a.md\n"),
        ("| a |\n| --- |\n| [[b\\|x]] {{c.png\\|y}} |\n", "| a |\n| --- |\n| [x](b.md) ![y](_media/c.png) |\n"),
        ("`[[a]]` and `[x](a)`", "`[[a]]` and `[x](a)`"),
        ("```\n[[a]] {{b.png}} [x](a)\n```\n", "```\n[[a]] {{b.png}} [x](a)\n```\n"),
        (r"\[[a]] \[x](a)", r"\[[a]] \[x](a)"),
        ("[^1]\n\n[^1]: a\n", "[^1]\n\n[^1]: a\n"),
        ("nothing\r\n", "nothing\n"),
    ],
)
def test_pages_of_markdown_stay_but_for_their_links(source: str, expected: str) -> None:
    assert made(source, "markdown") == expected


@pytest.mark.parametrize("markup", ["dokuwiki", "markdown"])
@pytest.mark.parametrize(
    "target", ["javascript://a%0aalert(1)", "javascript:alert(1)", "vbscript:x", "data:text/html,x"]
)
def test_no_link_runs_anything(target: str, markup: Markup) -> None:
    found = made(f"[[{target}|x]]", markup)
    assert f"({target.partition(':')[0]}:" not in found


def test_headings_have_the_names_that_other_programs_give_them() -> None:
    source = "====== What's new? ======\n\n===== 1. Été & co =====\n\n==== a ====\n\n==== a ====\n"
    assert slugs(parse(source, SETTINGS), SETTINGS) == {
        "what_s_new": "whats-new",
        "ete_co": "1-été--co",
        "a": "a",
        "a1": "a-1",
    }


@pytest.mark.parametrize("piece", ["[[", "{{", "](", "[[a|", "{{a|", "[[a]]", "![a](b)", "[x]: a\n", "[[a|{{b}}]]"])
def test_many_references_take_little_time(piece: str) -> None:
    """In time that grows with the text: this would never end otherwise."""
    made(piece * 5000, "markdown")
