"""Many files deleted at once: as far as rights go, each on its own, and none that pages need without a word."""

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.domain.access import Rule
from app.services.media_list import all_media
from app.services.media_many import delete_many, plan_deletion
from app.services.pages import PageEdit, save_page
from app.services.rules import RuleChange, change_rules
from app.store.blobs import Blobs
from tests.conftest import ALICE, BOB, EVE, NOW, watched
from tests.services.test_media_list import put


def left(session: Session) -> list[str]:
    return [file.name for file in all_media(session, viewer=ALICE)]


def test_each_goes_but_what_pages_use(session: Session, blobs: Blobs) -> None:
    for name in ("a.pdf", "b:c.pdf", "used.pdf"):
        put(session, blobs, name, b"x")
    save_page(session, PageEdit("p", "====== Paper ======\n{{used.pdf}}"), viewer=BOB, now=NOW)
    names = ["used.pdf", "a.pdf", "b:c.pdf", "a.pdf", "never.pdf"]

    plan = plan_deletion(session, names, viewer=ALICE)
    done = delete_many(session, names, viewer=ALICE, now=NOW + 1)

    assert [(one.name, one.used, one.pages) for one in plan] == [
        ("a.pdf", False, ()),
        ("b:c.pdf", False, ()),
        ("used.pdf", True, (("p", "Paper"),)),
    ]
    assert (done.gone, done.used) == (("a.pdf", "b:c.pdf"), ("used.pdf",))
    assert left(session) == ["used.pdf"]
    again = delete_many(session, names, although_used=True, viewer=ALICE, now=NOW + 2)
    assert (again.gone, left(session)) == (("used.pdf",), [])


def test_a_page_that_may_not_be_read_is_not_named_and_counts_all_the_same(session: Session, blobs: Blobs) -> None:
    put(session, blobs, "a:x.pdf", b"x")
    save_page(session, PageEdit("shut:p", "{{a:x.pdf}}"), viewer=BOB, now=NOW)
    rules = [Rule("shut:*", "@ALL", 0), Rule("shut:*", "@user", 0), Rule("a:*", "@user", 16)]
    change_rules(session, RuleChange(add=rules), by=ALICE, now=NOW)

    (one,) = plan_deletion(session, ["a:x.pdf"], viewer=BOB)

    assert (one.used, one.pages) == (True, ())
    assert delete_many(session, ["a:x.pdf"], viewer=BOB, now=NOW).used == ("a:x.pdf",)


def test_nothing_is_said_or_done_where_the_right_is_missing(session: Session, blobs: Blobs) -> None:
    put(session, blobs, "a:x.pdf", b"x")
    put(session, blobs, "b:x.pdf", b"x")
    change_rules(session, RuleChange(add=[Rule("b:*", "@user", 16)]), by=ALICE, now=NOW)
    names = ["a:x.pdf", "b:x.pdf", "never.pdf"]

    assert [one.name for one in plan_deletion(session, names, viewer=BOB)] == ["b:x.pdf"]
    assert plan_deletion(session, names, viewer=EVE) == ()
    assert delete_many(session, names, although_used=True, viewer=BOB, now=NOW).gone == ("b:x.pdf",)
    assert left(session) == ["a:x.pdf"]


def test_looking_costs_the_same_for_many(session: Session, blobs: Blobs, engine: Engine) -> None:
    names = [f"a:{number}.pdf" for number in range(20)]
    for name in names:
        put(session, blobs, name, b"x")

    def asked(some: list[str]) -> int:
        with watched(engine) as statements:
            plan_deletion(session, some, viewer=ALICE)
        return statements.count

    asked(names)
    assert asked(names) == asked(names[:1])
