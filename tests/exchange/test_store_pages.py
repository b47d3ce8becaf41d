"""Pages of an old wiki with their histories: stored whole, again only what is new, never over changes made here."""

import json
import time
from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app.domain.errors import StorageFailed
from app.domain.viewer import Viewer
from app.exchange.dokuwiki import store_links
from app.exchange.dokuwiki.model import LogLine, Note, OldPage, OldRevision
from app.exchange.dokuwiki.store_links import link_pages, unlinked
from app.exchange.dokuwiki.store_pages import CONFLICT, META_CONFLICT, store_pages
from app.first_start import load_content
from app.markup import Questions
from app.resources import resource_dir
from app.services.facts import load_facts
from app.services.links import backlinks, wanted
from app.services.pages import PageEdit, read_page, save_page
from app.services.state import wiki_version
from app.services.sweeping import sweep
from app.services.texts import load_text
from app.store.blobs import ABANDONED, Blobs
from app.store.links import Link
from app.store.pages import Namespace, Page, Revision, Text
from app.store.rules import SpaceCount
from tests.conftest import ALICE, watched

LONG_AGO = 1_200_000_000


def change(time: int, text: str | None, kind: str = "E", **more: object) -> OldRevision:
    line = LogLine(LONG_AGO + time, "10.0.0.1", kind, "", "marie", f"at {time}", "", 3, number=time)
    said = {key: more.pop(key) for key in list(more) if key in LogLine.__dataclass_fields__}
    old = OldRevision(replace(line, **said), text, deleted=kind == "D")  # type: ignore[arg-type]
    return replace(old, **more)  # type: ignore[arg-type]


def page(name: str, *revisions: OldRevision, **meta: object) -> OldPage:
    return OldPage(name, revisions, dict(meta.items()))


def store(session: Session, blobs: Blobs, *pages: OldPage) -> list[Note]:
    return store_pages(session, pages, blobs=blobs, markup="dokuwiki")


def bring(session: Session, blobs: Blobs, *pages: OldPage) -> list[Note]:
    notes = store(session, blobs, *pages)
    while names := unlinked(session):
        link_pages(session, names)
    return notes


def row(session: Session, name: str) -> Page:
    query = select(Page).where(Page.name == name).execution_options(populate_existing=True)
    return session.execute(query).scalar_one()


def history(session: Session, name: str) -> list[tuple[int, str, str]]:
    """Time, kind and text of each change, oldest first."""
    query = select(Revision).join(Page, Page.id == Revision.page_id).where(Page.name == name)
    rows = session.execute(query.order_by(Revision.time, Revision.seq).execution_options(populate_existing=True))
    return [(each.time - LONG_AGO, each.kind, load_text(session, each.text_id)) for each in rows.scalars()]


def shown(session: Session, name: str) -> str | None:
    return read_page(session, name, viewer=ALICE).text if row(session, name).current_id else None


def edit(session: Session, name: str, text: str) -> None:
    save_page(session, PageEdit(name, text, based_on=row(session, name).current_id), viewer=ALICE, now=LONG_AGO + 1000)


HISTORY = (change(1, "one", "C"), change(2, "two"), change(2, "two!", "e"), change(5, "one", "R", extra="1200000001"))


def test_a_page_comes_with_its_whole_history(session: Session, blobs: Blobs) -> None:
    assert bring(session, blobs, page("a:b", *HISTORY, creator="marie")) == []
    said = [(1, "create", "one"), (2, "edit", "two"), (2, "minor", "two!"), (5, "revert", "one")]
    assert history(session, "a:b") == said
    assert shown(session, "a:b") == "one"
    there = row(session, "a:b")
    assert (there.namespace, there.leaf, there.changed_at) == ("a", "b", LONG_AGO + 5)
    assert json.loads(there.kept) == {"creator": "marie"}
    last = session.get_one(Revision, there.latest_id)
    assert (last.author, last.address, last.summary) == ("marie", "10.0.0.1", "at 5")
    assert (last.extra, last.size_change, last.logged, last.external) == ("1200000001", 3, None, False)
    assert session.execute(select(func.count()).select_from(Text)).scalar_one() == 3


@pytest.mark.parametrize(
    ("old", "field", "stored"),
    [
        (change(1, "x", address="1" * 70), "address", "1" * 64),
        (change(1, "x", user="u" * 300), "author", "u" * 255),
        (change(1, "x", size_change=2**40), "size_change", None),
        (change(1, "x", summary="a\0b"), "summary", "a\N{REPLACEMENT CHARACTER}b"),
    ],
)
def test_what_does_not_fit_is_kept_as_the_line_it_was(
    session: Session, blobs: Blobs, old: OldRevision, field: str, stored: object
) -> None:
    store(session, blobs, page("a", old))
    there = session.execute(select(Revision)).scalar_one()
    assert getattr(there, field) == stored
    assert there.logged is not None
    assert there.logged.startswith(f"{LONG_AGO + 1}\t")


def test_bytes_that_are_no_utf8_are_kept_and_never_swept(session: Session, blobs: Blobs) -> None:
    store(session, blobs, page("a", change(1, "caf\xe9", "C", original=b"caf\xe9")))
    there = session.execute(select(Revision)).scalar_one()
    sweep(session, blobs, now=time.time() + 2 * ABANDONED)
    assert there.original is not None
    assert b"".join(blobs.read(there.original)) == b"caf\xe9"


def test_links_titles_and_counts_are_those_of_the_texts(session: Session, blobs: Blobs) -> None:
    pages = page("a:b", change(1, "====== Bee ======\n[[:c]] [[:none]]")), page("c", change(1, "[[a:b]]"))
    bring(session, blobs, *pages, page("a:d", change(1, "x"), change(2, "x", "D")))
    assert row(session, "a:b").title == "Bee"
    assert [one.name for one in backlinks(session, "c", viewer=ALICE).items] == ["a:b"]
    assert [one.name for one in wanted(session, viewer=ALICE).items] == ["none"]
    assert session.execute(select(Namespace.name, Namespace.pages)).all() == [("a", 1)]
    assert session.execute(select(SpaceCount.namespace, SpaceCount.pages)).all() == [("a", 1)]
    assert session.execute(select(Link.kind).distinct()).scalars().all() == ["page"]


def test_a_run_that_ended_between_pages_and_links_goes_on(session: Session, blobs: Blobs) -> None:
    store(session, blobs, *(page(name, change(1, "[[:start]]")) for name in ("a", "b", "c")))
    link_pages(session, unlinked(session, limit=1))
    assert unlinked(session) == ["b", "c"]
    edit(session, "b", "saved here")  # it waits no longer
    assert unlinked(session) == ["c"]
    store(session, blobs, page("a", change(1, "[[:start]]")))
    assert unlinked(session) == ["c"]


def test_pages_of_this_wiki_learn_of_those_that_come(session: Session, blobs: Blobs) -> None:
    save_page(session, PageEdit("ns:here", "[[there]]"), viewer=ALICE, now=LONG_AGO)
    assert [one.name for one in wanted(session, viewer=ALICE).items] == ["ns:there"]
    bring(session, blobs, page("ns:there", change(1, "x")))
    assert wanted(session, viewer=ALICE).items == ()
    assert session.execute(select(Namespace.pages)).scalars().all() == [2]


def test_a_second_run_stores_nothing(session: Session, blobs: Blobs) -> None:
    bring(session, blobs, page("a", *HISTORY))
    before, version = row(session, "a").latest_id, wiki_version(session)
    assert bring(session, blobs, page("a", *HISTORY)) == []
    assert (row(session, "a").latest_id, wiki_version(session)) == (before, version)
    assert len(history(session, "a")) == 4


FOUND = change(9, "found", external=True, summary="")
GONE = change(50, None, "D", external=True)
C1, E2 = change(1, "one", "C"), change(2, "two")


@pytest.mark.parametrize(
    ("first", "second", "kinds", "text"),
    [
        ((C1,), (C1, E2), ["create", "edit"], "two"),
        ((C1, E2), (C1, E2, change(3, "two", "D")), ["create", "edit", "delete"], None),
        ((C1, change(2, "one", "D")), (C1, change(2, "one", "D"), change(3, "x", "C")), None, "x"),
        ((E2,), (C1, E2), ["create", "edit"], "two"),  # an older one came to light
        ((C1, change(2, None)), (C1, E2), ["create", "edit"], "two"),  # its text could not be read before
        ((C1, change(2, "tow")), (C1, E2), ["create", "edit"], "two"),  # changed in the same second
        ((C1, GONE), (C1, change(70, None, "D", external=True)), ["create", "delete"], None),
        ((C1, GONE), (C1,), ["create"], "one"),  # the file had only been missing
        ((C1, GONE), (C1, E2), ["create", "edit"], "two"),  # written before the import that found it gone
        ((C1, FOUND), (C1, replace(FOUND, external=False)), ["create", "edit"], "found"),
        ((C1, FOUND), (C1, E2), ["create", "edit"], "two"),  # put back
        ((C1, FOUND), (C1, change(12, "y")), ["create", "edit", "edit"], "y"),
        ((C1, E2), (E2,), ["create", "edit"], "two"),  # the old wiki forgot the oldest
    ],
)
def test_a_second_run_takes_what_changed(
    session: Session,
    blobs: Blobs,
    first: Sequence[OldRevision],
    second: Sequence[OldRevision],
    kinds: Sequence[str] | None,
    text: str | None,
) -> None:
    bring(session, blobs, page("ns:a", *first))
    assert bring(session, blobs, page("ns:a", *second)) == []
    assert bring(session, blobs, page("ns:a", *second)) == []
    assert kinds is None or [kind for _, kind, _ in history(session, "ns:a")] == kinds
    assert shown(session, "ns:a") == text
    counted = session.execute(select(Namespace.pages)).scalars().all()
    assert counted == ([] if text is None else [1])


@pytest.mark.parametrize(("last", "title"), [(GONE, "Old"), (replace(GONE, external=False), "")])
def test_a_page_that_nobody_deleted_is_still_called_what_it_was(
    session: Session, blobs: Blobs, last: OldRevision, title: str
) -> None:
    old = replace(page("a", C1, last), title="Old")
    for _ in range(2):
        bring(session, blobs, old, page("b", change(1, "[[a]]", "C")))
        facts = load_facts(session, Questions(frozenset({"a", "b"}), frozenset(), frozenset()))
        assert (row(session, "a").title, dict(facts.gone), sorted(facts.pages)) == (
            title,
            {"a": title} if title else {},
            ["b"],
        )


def test_a_change_that_was_logged_since_is_told_as_the_log_tells_it(session: Session, blobs: Blobs) -> None:
    bring(session, blobs, page("a", C1, FOUND))
    bring(session, blobs, page("a", C1, replace(FOUND, external=False, line=replace(FOUND.line, summary="said"))))
    last = session.get_one(Revision, row(session, "a").latest_id, populate_existing=True)
    assert (last.external, last.summary) == (False, "said")


def test_a_page_that_was_changed_here_is_never_overwritten(session: Session, blobs: Blobs) -> None:
    bring(session, blobs, page("a", C1))
    edit(session, "a", "of here")
    assert bring(session, blobs, page("a", C1)) == []
    assert bring(session, blobs, page("a", C1, E2)) == [Note("a", "left", CONFLICT, 2)]
    assert shown(session, "a") == "of here"
    assert [kind for _, kind, _ in history(session, "a")] == ["create", "edit"]


def test_metadata_that_changed_alone_is_told_where_the_page_was_changed_here(session: Session, blobs: Blobs) -> None:
    old = replace(page("a", C1, user="ann"), meta_path="data/meta/a.meta")
    bring(session, blobs, old)
    edit(session, "a", "of here")
    assert bring(session, blobs, old) == []
    assert bring(session, blobs, replace(old, meta={"user": "bob"})) == [
        Note("data/meta/a.meta", "left", META_CONFLICT)
    ]
    assert row(session, "a").kept == '{"user": "ann"}'


def test_a_page_that_was_made_here_is_never_overwritten(session: Session, blobs: Blobs) -> None:
    save_page(session, PageEdit("a", "of here"), viewer=ALICE, now=LONG_AGO)
    assert bring(session, blobs, page("a", C1)) == [Note("a", "left", CONFLICT, 1)]
    assert shown(session, "a") == "of here"


@pytest.mark.parametrize("name", ["x" * 251, "lib:exe", "Not_Clean"])
def test_what_can_have_no_name_here_is_told_and_the_rest_comes(session: Session, blobs: Blobs, name: str) -> None:
    (note,) = bring(session, blobs, page(name, C1), page("a", C1))
    assert (note.path, note.outcome) == (name, "left")
    assert note.why
    assert shown(session, "a") == "one"


def test_metadata_without_a_page_are_kept_and_are_no_page(session: Session, blobs: Blobs) -> None:
    bring(session, blobs, page("ns:a", creator="marie"), page("ns:b"))
    assert json.loads(row(session, "ns:a").kept) == {"creator": "marie"}
    assert session.execute(select(Page.name)).scalars().all() == ["ns:a"]
    assert session.execute(select(Namespace)).all() == []


def test_nothing_is_half_there_when_the_second_of_two_fails(
    session: Session, blobs: Blobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr("app.exchange.dokuwiki.store_pages.came_or_went", fail)
        with pytest.raises(RuntimeError):
            store(session, blobs, page("a", *HISTORY))
    assert [session.execute(select(each)).all() for each in (Page, Revision, Text)] == [[], [], []]
    assert bring(session, blobs, page("a", *HISTORY)) == []


def test_a_disk_that_is_full_is_told(session: Session, blobs: Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(blobs, "put", full)
    with pytest.raises(StorageFailed, match="No space left"):
        store(session, blobs, page("a", change(1, "caf\xe9", original=b"caf\xe9")))
    assert session.execute(select(Page)).all() == []


def test_a_hundred_pages_take_as_many_statements_as_one(engine: Engine, session: Session, blobs: Blobs) -> None:
    def statements(prefix: str, number: int) -> int:
        pages = [page(f"{prefix}:p{at}", change(1, f"[[:{prefix}]] {at}"), change(2, f"{at}")) for at in range(number)]
        with watched(engine) as sent:
            bring(session, blobs, *pages)
        return sent.count

    bring(session, blobs, page("first", C1))
    assert statements("many", 100) <= statements("one", 1) + 10


def test_links_are_stored_together_however_many_ask(session: Session, blobs: Blobs) -> None:
    names = [f"p{at}" for at in range(store_links.BATCH + 5)]
    bring(session, blobs, *(page(name, change(1, "[[hub]]")) for name in names))
    assert [one.links for one in wanted(session, viewer=ALICE).items] == [len(names)]
    bring(session, blobs, page("hub", C1))
    assert wanted(session, viewer=ALICE).items == ()


def test_an_untouched_page_of_the_starting_content_gives_way(session: Session, blobs: Blobs) -> None:
    load_content(session, blobs, resource_dir("content"))
    assert bring(session, blobs, page("start", *HISTORY)) == []

    assert shown(session, "start") == "one"
    assert [kind for _, kind, _ in history(session, "start")] == ["create", "edit", "minor", "revert"]
    assert bring(session, blobs, page("start", *HISTORY)) == []


def test_a_page_of_the_starting_content_that_somebody_changed_stays(session: Session, blobs: Blobs) -> None:
    load_content(session, blobs, resource_dir("content"))
    save_page(
        session, PageEdit("start", "ours", based_on=row(session, "start").current_id), viewer=ALICE, now=LONG_AGO * 2
    )
    notes = bring(session, blobs, page("start", *HISTORY))

    assert {note.why for note in notes} == {CONFLICT}
    assert shown(session, "start") == "ours"


def test_only_what_every_new_wiki_has_gives_way(session: Session, blobs: Blobs) -> None:
    save_page(session, PageEdit("start", "ours alone"), viewer=Viewer(is_admin=True), now=LONG_AGO + 1000)
    notes = bring(session, blobs, page("start", *HISTORY))

    assert {note.why for note in notes} == {CONFLICT}
    assert shown(session, "start") == "ours alone"
