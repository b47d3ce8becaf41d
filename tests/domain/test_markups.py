"""Which markup a new page begins in, and the rules as an administrator types them."""

import pytest

from app.domain.markups import as_lines, markup_for, other, read_rules, stored_markup
from app.domain.wiki_settings import WikiSettings

RULES = {"notes": "markdown", "notes:old": "dokuwiki", "wrong": "asciidoc"}


@pytest.mark.parametrize(
    ("name", "default", "markup"),
    [
        pytest.param("a", "dokuwiki", "dokuwiki", id="at the root, the wiki's own"),
        pytest.param("a", "markdown", "markdown", id="the wiki's own may be Markdown"),
        pytest.param("notes", "dokuwiki", "dokuwiki", id="a page beside the namespace is not in it"),
        pytest.param("notes:a", "dokuwiki", "markdown", id="in a namespace that says so"),
        pytest.param("notes:new:deep:a", "dokuwiki", "markdown", id="far below it"),
        pytest.param("notes:old:a", "markdown", "dokuwiki", id="the nearest namespace wins"),
        pytest.param("notesque:a", "dokuwiki", "dokuwiki", id="a namespace whose name begins alike"),
        pytest.param("wrong:a", "markdown", "markdown", id="a markup that is none says nothing"),
    ],
)
def test_what_a_new_page_begins_in(name: str, default: str, markup: str) -> None:
    settings = WikiSettings(markup="markdown" if default == "markdown" else "dokuwiki", markups=RULES)

    assert markup_for(name, settings) == markup


@pytest.mark.parametrize(
    ("lines", "rules", "wrong"),
    [
        pytest.param("", {}, "", id="none"),
        pytest.param(" notes  Markdown \r\n\na:b dokuwiki", {"notes": "markdown", "a:b": "dokuwiki"}, "", id="two"),
        pytest.param(":notes: markdown", {"notes": "markdown"}, "", id="colons around a name are no part of it"),
        pytest.param("notes markdown\nnotes", {}, "notes", id="a line without a markup"),
        pytest.param("notes asciidoc", {}, "notes asciidoc", id="a markup that we do not know"),
        pytest.param("notes old markdown", {}, "notes old markdown", id="a name with a blank"),
    ],
)
def test_rules_as_they_are_typed(lines: str, rules: dict[str, str], wrong: str) -> None:
    assert read_rules(lines) == (rules, wrong)


def test_rules_are_shown_as_they_are_read() -> None:
    rules = {"b": "markdown", "a:c": "dokuwiki"}

    assert as_lines(rules) == "a:c dokuwiki\nb markdown\n"
    assert read_rules(as_lines(rules)) == (rules, "")


@pytest.mark.parametrize("word", ["dokuwiki", "", "textile", "MARKDOWN"])
def test_what_was_stored_and_is_unknown_reads_as_the_oldest(word: str) -> None:
    assert stored_markup(word) == "dokuwiki"


def test_there_are_two() -> None:
    assert (other("dokuwiki"), other("markdown")) == ("markdown", "dokuwiki")
