"""What the editor's script asks: files as markup, markup as files, and what the form says before it asks."""

import pytest

from app.domain.access import Rule
from app.services.config import save_settings
from app.services.rules import RuleChange, change_rules
from app.wiki import Wiki
from tests.conftest import ALICE
from tests.web.conftest import Browser
from tests.web.files import picture, put
from tests.web.writing import NOW, write


@pytest.mark.parametrize(
    ("query", "written"),
    [
        ("name=a:b.png", "{{a:b.png}}"),
        ("name=a:b.png&text=A+leaf&width=200&align=right&linking=nolink", "{{ a:b.png?200&nolink|A leaf}}"),
        ("name=a:b.png&text=A&hint=B&markup=markdown", '![A](a:b.png "B")'),
        ("name=a:b.png&text=ignored&decoration=yes", "{{a:b.png|}}"),
        ("name=..:b.png&as_typed=yes&width=&height=", "{{..:b.png}}"),
    ],
)
def test_a_file_as_markup(people: Wiki, eve: Browser, query: str, written: str) -> None:
    assert eve.get(f"/_file-syntax/write?{query}").json == {"syntax": written}


@pytest.mark.parametrize("query", ["width=-1", "width=10001", "height=٣", "align=up", "linking=always", "cache=no"])
def test_what_cannot_be_written_is_refused(people: Wiki, eve: Browser, query: str) -> None:
    assert eve.get(f"/_file-syntax/write?name=a.png&{query}").status_code == 400


def test_markup_as_a_file(people: Wiki, bob: Browser) -> None:
    put(people, "garden:leaf.png", picture())
    answer = bob.get("/_file-syntax/read?page=garden:ivy&markup=dokuwiki&text={{leaf.png?20|A%20leaf}}").json
    assert answer is not None
    assert answer["mark"]["name"] == "leaf.png"
    assert (answer["mark"]["width"], answer["mark"]["text"]) == (20, "A leaf")
    assert (answer["file"]["name"], answer["file"]["width"]) == ("garden:leaf.png", 40)
    assert bob.get(answer["file"]["thumb"]).status_code == 200


def test_markup_that_is_no_file(people: Wiki, bob: Browser) -> None:
    assert bob.get("/_file-syntax/read?text={{rss>https://example.org}}").json == {"mark": None, "file": None}


def test_a_file_that_one_may_not_see_is_not_told_of(people: Wiki, eve: Browser) -> None:
    put(people, "shut:leaf.png", picture())
    with people.sessions() as session:
        change_rules(session, RuleChange(add=[Rule("shut:*", "@ALL", 0)]), by=ALICE, now=NOW)
    there = eve.get("/_file-syntax/read?text={{shut:leaf.png}}").json
    missing = eve.get("/_file-syntax/read?text={{shut:other.png}}").json
    assert there is not None
    assert missing is not None
    assert (there["file"], missing["file"]) == (None, None)


@pytest.mark.parametrize("address", ["/_edit/garden:ivy", "/_edit/garden:nowhere", "/_edit/garden:ivy?section=ivy"])
def test_the_form_knows_where_files_go_and_who_may_put_them_there(people: Wiki, bob: Browser, address: str) -> None:
    write(people, "garden:ivy", "====== Ivy ======\n\nwords\n")
    assert 'data-file-space="garden" data-may-upload="yes"' in bob.get(address).text
    with people.sessions() as session:
        change_rules(session, RuleChange(add=[Rule("garden:*", "@ALL", 4)]), by=ALICE, now=NOW)
    page = bob.get(address).text
    assert 'data-file-space="garden" data-may-upload="no"' in page
    assert 'href="/_files?ns=garden"' in page


def test_where_files_are_switched_off_the_form_offers_none(people: Wiki, bob: Browser) -> None:
    with people.sessions() as session:
        save_settings(session, {"disableactions": "media"}, by=ALICE, now=NOW)
    page = bob.get("/_edit/garden:ivy").text
    assert 'data-may-upload="no"' in page
    assert "data-has-files" not in page
    assert "/_files" not in page
