"""Each revision is in one markup: new pages choose it, a deliberate act changes it, going back goes back in it too."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.errors import AccessDenied, BadValue, EditConflict, NotFound, TextTooLong
from app.domain.markups import Markup
from app.domain.wiki_settings import WikiSettings
from app.services import config
from app.services.conversion import change_markup
from app.services.history import compare, history
from app.services.pages import PageEdit, read_page, revert_page, save_page
from app.services.rendering import body, code_block, preview
from app.services.sections import read_section, with_section
from app.store.pages import Page, Revision
from tests.conftest import ALICE, BOB, EVE, NOW

SETTINGS = WikiSettings()
DOKUWIKI = "====== Ivy ======\n\n**climbs** //walls//\n"
MARKDOWN = "# Ivy\n\n**climbs** *walls*\n"


def save(session: Session, text: str, *, markup: Markup | None = None, base: int | None = None, now: int = NOW) -> int:
    saved = save_page(session, PageEdit("a", text, based_on=base, markup=markup), viewer=BOB, now=now)
    assert saved.revision
    return saved.revision


def change(session: Session, to: Markup, text: str, base: int | None, **more: object) -> int | None:
    given = {"viewer": BOB, "now": NOW + 60, "text": text, "based_on": base} | more
    return change_markup(session, "a", to, **given).revision  # type: ignore[arg-type]  # a test's shorthand


def shown(session: Session, rev: int | None = None) -> str:
    page = read_page(session, "a", viewer=EVE, rev=rev)
    return body(session, page, viewer=EVE, wiki_settings=SETTINGS, secret=b"s", now=NOW).html


@pytest.mark.parametrize(
    ("asked", "default", "markup"),
    [
        pytest.param(None, "dokuwiki", "dokuwiki", id="nothing said"),
        pytest.param(None, "markdown", "markdown", id="as the wiki says"),
        pytest.param("markdown", "dokuwiki", "markdown", id="as the writer says"),
        pytest.param("dokuwiki", "markdown", "dokuwiki", id="as the writer says, against the wiki"),
    ],
)
def test_a_new_page_is_in_the_markup_chosen(session: Session, asked: Markup | None, default: str, markup: str) -> None:
    config.save_setting(session, "markup", default, by=ALICE, now=NOW)

    before = read_page(session, "a", viewer=EVE)
    save(session, MARKDOWN, markup=asked)

    assert before.markup == default
    assert read_page(session, "a", viewer=EVE).markup == markup


def test_a_namespace_may_have_its_own(session: Session) -> None:
    config.save_setting(session, "markups", {"notes": "markdown"}, by=ALICE, now=NOW)

    save_page(session, PageEdit("notes:a", MARKDOWN), viewer=BOB, now=NOW)

    assert read_page(session, "notes:a", viewer=EVE).markup == "markdown"
    assert read_page(session, "notes:b", viewer=EVE).markup == "markdown"
    assert read_page(session, "b", viewer=EVE).markup == "dokuwiki"


def test_an_edit_never_changes_the_markup(session: Session) -> None:
    first = save(session, DOKUWIKI)
    save(session, "**more**", markup="markdown", base=first, now=NOW + 1)
    config.save_setting(session, "markup", "markdown", by=ALICE, now=NOW)
    latest = read_page(session, "a", viewer=EVE).revision
    assert latest
    save(session, "**most**", base=latest.id, now=NOW + 2)

    assert {change.markup for change in history(session, "a", viewer=EVE).items} == {"dokuwiki"}


def test_a_change_of_markup_is_one_revision_that_says_so(session: Session) -> None:
    base = save(session, DOKUWIKI)

    new = change(session, "markdown", MARKDOWN, base)

    page = read_page(session, "a", viewer=EVE)
    assert (page.markup, page.text, page.title) == ("markdown", MARKDOWN, "Ivy")
    assert page.revision
    assert (page.revision.id, page.revision.kind, page.revision.summary) == (new, "edit", "markup changed to Markdown")
    assert read_page(session, "a", viewer=EVE, rev=NOW).markup == "dokuwiki"
    assert session.execute(select(Page.markup)).scalar_one() == "markdown"


def test_the_text_may_stay_and_be_read_otherwise(session: Session) -> None:
    base = save(session, "**bold** //slanted//")

    assert change(session, "markdown", "**bold** //slanted//", base, summary="it always was") is not None

    assert "<em>" not in shown(session)
    assert history(session, "a", viewer=EVE).items[0].summary == "it always was"


def test_a_form_sent_twice_changes_once(session: Session) -> None:
    base = save(session, DOKUWIKI)
    change(session, "markdown", MARKDOWN, base)

    assert change(session, "markdown", MARKDOWN, base) is None
    assert session.execute(select(func.count(Revision.id))).scalar_one() == 2


def test_old_revisions_are_read_in_their_own_markup(session: Session) -> None:
    base = save(session, "//slanted//\n<code>x</code>")
    change(session, "markdown", "//slanted//\n", base)

    assert "<em>slanted</em>" in shown(session, NOW)
    assert "<em>" not in shown(session)
    old, new = (read_page(session, "a", viewer=EVE, rev=rev) for rev in (NOW, None))
    assert code_block(old, 0, SETTINGS)
    assert code_block(new, 0, SETTINGS) is None


def test_going_back_goes_back_in_the_markup_of_then(session: Session) -> None:
    base = save(session, DOKUWIKI)
    change(session, "markdown", MARKDOWN, base)

    revert_page(session, "a", NOW, viewer=BOB, now=NOW + 120)

    page = read_page(session, "a", viewer=EVE)
    assert (page.markup, page.text) == ("dokuwiki", DOKUWIKI)
    assert "<em>walls</em>" in shown(session)


def test_going_back_to_the_same_text_in_another_markup_is_a_change(session: Session) -> None:
    base = save(session, "//slanted//")
    change(session, "markdown", "//slanted//", base)

    assert revert_page(session, "a", NOW, viewer=BOB, now=NOW + 120).revision is not None
    assert "<em>slanted</em>" in shown(session)


def test_a_deleted_page_comes_back_in_its_markup(session: Session) -> None:
    base = save(session, MARKDOWN, markup="markdown")
    gone = save_page(session, PageEdit("a", "", based_on=base), viewer=BOB, now=NOW + 1).revision

    assert read_page(session, "a", viewer=EVE).markup == "markdown"
    assert {revision.markup for revision in history(session, "a", viewer=EVE).items} == {"markdown"}

    revert_page(session, "a", NOW, viewer=BOB, now=NOW + 2)
    assert read_page(session, "a", viewer=EVE).markup == "markdown"
    assert gone is not None


def test_a_deleted_page_may_be_written_again_in_another(session: Session) -> None:
    base = save(session, MARKDOWN, markup="markdown")
    save_page(session, PageEdit("a", "", based_on=base), viewer=BOB, now=NOW + 1)

    save(session, DOKUWIKI, markup="dokuwiki", now=NOW + 2)

    assert read_page(session, "a", viewer=EVE).markup == "dokuwiki"


def test_sections_are_cut_as_the_markup_of_their_revision_has_them(session: Session) -> None:
    text = "before\n\n===== One =====\n\nfirst\n"
    base = save(session, text)
    change(session, "markdown", text, base)
    old, new = (read_page(session, "a", viewer=EVE, rev=rev) for rev in (NOW, None))

    assert read_section(session, old, "one", viewer=EVE)
    assert read_section(session, new, "one", viewer=EVE) is None
    assert with_section(session, "a", "one", "x", based_on=base, viewer=BOB) == "before\n\nx"


def test_a_comparison_knows_both(session: Session) -> None:
    base = save(session, DOKUWIKI)
    change(session, "markdown", MARKDOWN, base)

    comparison = compare(session, "a", viewer=EVE)

    assert comparison.older
    assert (comparison.older.markup, comparison.newer.markup) == ("dokuwiki", "markdown")


def test_a_preview_reads_the_markup_asked_for(session: Session) -> None:
    html = {
        markup: preview(
            session, "a", "//slanted//", markup=markup, viewer=EVE, wiki_settings=SETTINGS, secret=b"s", now=NOW
        ).html
        for markup in ("dokuwiki", "markdown")
    }

    assert "<em>" in html["dokuwiki"]
    assert "<em>" not in html["markdown"]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        pytest.param(" \n", BadValue, id="nothing left"),
        pytest.param("x" * (2 * 1024 * 1024 + 1), TextTooLong, id="more than a page holds"),
    ],
)
def test_texts_that_are_refused(session: Session, text: str, error: type[Exception]) -> None:
    base = save(session, DOKUWIKI)

    with pytest.raises(error):
        change(session, "markdown", text, base)

    assert read_page(session, "a", viewer=EVE).markup == "dokuwiki"


def test_what_changed_meanwhile_is_a_conflict(session: Session) -> None:
    base = save(session, DOKUWIKI)
    save(session, "theirs", base=base, now=NOW + 1)

    for based_on in (base, None, 999):
        with pytest.raises(EditConflict):
            change(session, "markdown", MARKDOWN, based_on)
    assert read_page(session, "a", viewer=EVE).text == "theirs"


def test_a_text_written_before_the_change_is_a_conflict(session: Session) -> None:
    base = save(session, DOKUWIKI)
    change(session, "markdown", MARKDOWN, base)

    with pytest.raises(EditConflict):
        save(session, "//mine//", base=base, now=NOW + 120)


def test_who_may_not_edit_changes_nothing(session: Session) -> None:
    base = save(session, DOKUWIKI)

    with pytest.raises(AccessDenied):
        change(session, "markdown", MARKDOWN, base, viewer=EVE)
    with pytest.raises(NotFound):
        change_markup(session, "b", "markdown", text="x", based_on=None, viewer=BOB, now=NOW)
    with pytest.raises(BadValue):
        change(session, "dokuwiki", "other words", base)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("markup", "textile", id="a markup that is none"),
        pytest.param("markups", {"notes": "textile"}, id="one in a table"),
        pytest.param("markups", {"Not Clean": "markdown"}, id="a namespace that no page lies in"),
        pytest.param("markups", "notes markdown", id="no table"),
    ],
)
def test_settings_that_are_refused(session: Session, name: str, value: object) -> None:
    with pytest.raises(BadValue):
        config.save_setting(session, name, value, by=ALICE, now=NOW)
