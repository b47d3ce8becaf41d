"""Renaming and deleting files in the browser: what the forms say, what comes back, who may."""

import pytest

from app.domain.access import Rule
from app.services.config import save_setting
from app.services.pages import read_page
from app.services.rules import RuleChange, all_rules, change_rules
from app.services.state import wiki_version
from app.wiki import Wiki
from tests.conftest import ALICE
from tests.web.conftest import NOW, Browser
from tests.web.files import picture, put
from tests.web.writing import text_of, write

MEMBERS_DELETE = (Rule("*", "@ALL", 1), Rule("*", "@user", 16))


def rule(wiki: Wiki, *rules: Rule) -> None:
    """Make these all the rules there are."""
    with wiki.sessions() as session:
        change_rules(session, RuleChange(remove=all_rules(session), add=rules), by=ALICE, now=NOW)


def version(wiki: Wiki) -> int:
    with wiki.sessions() as session:
        return wiki_version(session)


@pytest.fixture
def furnished(people: Wiki) -> Wiki:
    rule(people, *MEMBERS_DELETE)
    put(people, "ns:x.png", picture())
    put(people, "ns:unused.png", picture())
    write(people, "ns:open", "====== The <open> one ======\n{{x.png}}")
    write(people, "secret:closed", "====== Mandragore ======\n{{ns:x.png}}")
    rule(people, *MEMBERS_DELETE, Rule("secret:*", "@ALL", 0))
    return people


# ------------------------------------------------------------------ renaming


def test_renaming_says_which_pages_follow_and_does_it(bob: Browser, furnished: Wiki) -> None:
    page = bob.get("/_file-move/ns:x.png").text
    assert "The &lt;open&gt; one" in page
    assert "Mandragore" not in page
    assert "secret" not in page

    response = bob.post("/_file-move/ns:x.png", {"to": "NS:Better.png", "summary": "clearer"})

    assert (response.status_code, response.location) == (303, "/_detail/ns:better.png")
    assert "called “ns:better.png” now" in bob.get(response.location).text
    assert "{{better.png}}" in text_of(furnished, "ns:open")
    with furnished.sessions() as session:
        assert "{{ns:better.png}}" in read_page(session, "secret:closed", viewer=ALICE).text
    assert bob.get("/_media/ns:x.png").location == "/_media/ns:better.png"


@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        pytest.param("", 400, "at least one letter", id="nothing"),
        pytest.param("ns:x.png", 400, "already", id="its own name"),
        pytest.param("ns:unused.png", 409, "is taken", id="another file's name"),
        pytest.param("ns:x.gif", 400, "keeps its type", id="another type"),
        pytest.param("ns:x\x07.png", 400, "not text", id="no text"),
        pytest.param("a" * 260 + ".png", 400, "250 bytes", id="a long name"),
        pytest.param("a" * 1001, 400, "too long", id="no name at all"),
        pytest.param("secret:x.png", 404, "not open to you", id="a closed place"),
    ],
)
def test_a_name_that_cannot_be_comes_back(bob: Browser, furnished: Wiki, typed: str, status: int, said: str) -> None:
    before = version(furnished)
    bob.get("/_file-move/ns:x.png")

    response = bob.post("/_file-move/ns:x.png", {"to": typed, "summary": "because of <b>"})

    assert response.status_code == status
    assert said in response.text
    assert 'action="/_file-move/ns:x.png"' in response.text
    if "\x07" not in typed and len(typed) < 1000:
        assert f'value="{typed}"' in response.text
        assert "because of &lt;b&gt;" in response.text
    assert version(furnished) == before


def test_an_upload_right_alone_renames_nothing(bob: Browser, eve: Browser, furnished: Wiki) -> None:
    rule(furnished, Rule("*", "@ALL", 1), Rule("*", "@user", 8))
    before = version(furnished)

    for visitor in (bob, eve):
        for what in ("move", "delete"):
            address = f"/_file-{what}/ns:x.png"
            assert visitor.get(address).status_code == 403
            assert visitor.post(address, {"to": "ns:y.png", "although_used": "yes"}).status_code == 403
    assert version(furnished) == before


def test_the_right_to_one_place_is_none_to_another(bob: Browser, furnished: Wiki) -> None:
    """What the address names and what the form names are asked each for itself."""
    put(furnished, "read:a.png", picture())
    rule(furnished, *MEMBERS_DELETE, Rule("quiet:*", "@user", 4), Rule("read:*", "@user", 1))
    before = version(furnished)

    assert bob.post("/_file-move/ns:x.png", {"to": "quiet:x.png"}).status_code == 403
    assert bob.post("/_file-move/read:a.png", {"to": "ns:a.png"}).status_code == 403
    assert bob.post("/_file-delete/read:a.png").status_code == 403
    assert version(furnished) == before


def test_a_film_offers_to_take_along_what_belongs_to_it(bob: Browser, furnished: Wiki) -> None:
    for name in ("ns:f.mp4", "ns:f.webm"):
        put(furnished, name, b"film", any_type=True)

    assert "ns:f.webm" in bob.get("/_file-move/ns:f.mp4").text
    bob.post("/_file-move/ns:f.mp4", {"to": "ns:g.mp4", "with_kin": "yes"})

    assert bob.get("/_detail/ns:g.webm").status_code == 200
    assert "with_kin" not in bob.get("/_file-move/ns:x.png").text


def test_an_old_name_leads_to_the_form_of_the_new_one(bob: Browser, furnished: Wiki) -> None:
    bob.post("/_file-move/ns:unused.png", {"to": "ns:used.png"})

    for what in ("move", "delete"):
        assert bob.get(f"/_file-{what}/ns:unused.png").location == f"/_file-{what}/ns:used.png"
        assert bob.post(f"/_file-{what}/ns:unused.png", {"to": "ns:y.png"}).status_code == 404


# ------------------------------------------------------------------ deleting


def test_a_file_in_use_is_deleted_by_those_who_say_so(bob: Browser, furnished: Wiki) -> None:
    page = bob.get("/_file-delete/ns:x.png").text
    assert "The &lt;open&gt; one" in page
    assert "Mandragore" not in page
    assert 'name="although_used"' in page

    response = bob.post("/_file-delete/ns:x.png", {"summary": "not <needed>"})
    assert response.status_code == 409
    assert "say that you delete it all the same" in response.text
    assert "not &lt;needed&gt;" in response.text
    assert bob.get("/_detail/ns:x.png").status_code == 200

    response = bob.post("/_file-delete/ns:x.png", {"summary": "not <needed>", "although_used": "yes"})
    assert (response.status_code, response.location) == (303, "/_files?ns=ns")
    assert "is deleted" in bob.get(response.location).text
    assert bob.get("/_detail/ns:x.png").status_code == 404


def test_a_file_that_nothing_uses_needs_no_tick(bob: Browser, furnished: Wiki) -> None:
    assert 'name="although_used"' not in bob.get("/_file-delete/ns:unused.png").text
    assert bob.post("/_file-delete/ns:unused.png").status_code == 303
    assert bob.post("/_file-delete/ns:unused.png").status_code == 404
    assert bob.get("/_file-delete/ns:unused.png").status_code == 404


def test_use_by_closed_pages_alone_is_told_and_no_more(bob: Browser, furnished: Wiki) -> None:
    write(furnished, "ns:open", "no picture")

    page = bob.get("/_file-delete/ns:x.png").text

    assert "not listed here" in page
    assert "secret" not in page
    assert bob.post("/_file-delete/ns:x.png").status_code == 409


def test_without_the_guard_no_tick_is_asked_for(bob: Browser, furnished: Wiki) -> None:
    with furnished.sessions() as session:
        save_setting(session, "refcheck", False, by=ALICE, now=NOW)

    assert 'name="although_used"' not in bob.get("/_file-delete/ns:x.png").text
    assert bob.post("/_file-delete/ns:x.png").status_code == 303


def test_switched_off_both_refuse(alice: Browser, furnished: Wiki) -> None:
    with furnished.sessions() as session:
        save_setting(session, "disableactions", "media", by=ALICE, now=NOW)

    for what in ("move", "delete"):
        assert alice.get(f"/_file-{what}/ns:x.png").status_code == 403
        assert alice.post(f"/_file-{what}/ns:x.png", {"to": "y.png", "although_used": "yes"}).status_code == 403
