"""How pages are written: source and result side by side."""

import re

import pytest

from app.domain.markups import MARKUPS
from app.domain.wiki_settings import WikiSettings
from app.markup.nodes import Markup
from app.markup.samples import GROUPS, OTHERS, samples
from app.web.samples import TITLES
from app.wiki import Wiki
from tests.web.conftest import Browser
from tests.web.writing import write


@pytest.mark.parametrize("markup", MARKUPS)
def test_every_example_stands_beside_its_result(people: Wiki, eve: Browser, markup: Markup) -> None:
    page = eve.get(f"/_syntax?markup={markup}").text

    assert page.count('class="sample"') == len(samples(markup, WikiSettings())) > 25
    assert "<strong>word</strong>" in page or "<strong>bold</strong>" in page
    assert '<table class="inline">' in page
    assert f'href="/_syntax?markup={markup}" aria-current="page"' in page


@pytest.mark.parametrize("markup", MARKUPS)
def test_most_examples_have_a_place_of_their_own(markup: Markup) -> None:
    assert {sample.source for sample in samples(markup, WikiSettings()) if sample.group == OTHERS} == {
        "{{backlinks>.}}",
        "{{backlinks>wiki:syntax#!wiki}}",
        "~~INFO:syntaxplugins~~",
        "{{rss>https://news.example.org/feed.xml 5 author date 1h}}",
    }


@pytest.mark.parametrize("markup", MARKUPS)
def test_no_id_stands_twice(people: Wiki, eve: Browser, markup: Markup) -> None:
    ids = re.findall(r'\sid="([^"]*)"', eve.get(f"/_syntax?markup={markup}").text)
    assert len(ids) == len(set(ids))


def test_what_no_markup_is_called_shows_that_of_new_pages(people: Wiki, eve: Browser) -> None:
    assert 'href="/_syntax?markup=dokuwiki" aria-current="page"' in eve.get("/_syntax?markup=troff").text


def test_the_editor_leads_to_the_examples_of_its_markup(people: Wiki, bob: Browser) -> None:
    write(people, "notes", "*text*", markup="markdown")
    assert 'href="/_syntax?markup=markdown"' in bob.get("/_edit/notes").text


def test_every_group_has_a_title() -> None:
    assert set(TITLES) == {*GROUPS, OTHERS}
