"""Subscriptions, templates and unknown files of an old wiki: what is stored, and what is told."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.exchange.dokuwiki import store_rest
from app.exchange.dokuwiki.model import FileKind, Note
from app.exchange.dokuwiki.store_kept import keep_files
from app.services.media_health import named_of
from app.store.blobs import local_blobs
from app.store.exchange import KeptFile, NamespaceTemplate, Subscription
from tests.exchange.old_conf import OldConf


def sort(old: OldConf, kind: FileKind, path: str, content: str, name: str) -> OldConf:
    old.put(kind, path, content, at=7)
    old.sorted[-1] = replace(old.sorted[-1], name=name)
    return old


def rest(session: Session, old: OldConf, place: Path, *, dry_run: bool = False) -> list[Note]:
    run = old.run(local_blobs(place), dry_run=dry_run)
    kept = [one for one in old.sorted if one.kind == "kept"]
    return store_rest.bring(session, run, old.sorted) + keep_files(session, run, kept)


def test_subscriptions_of_pages_namespaces_and_all(session: Session, tmp_path: Path) -> None:
    old = sort(OldConf(), "subscription", "data/meta/start.mlist", "ann every 5\n", "start")
    sort(old, "subscription", "data/meta/docs/.mlist", "bob digest 6\n", "docs")
    sort(old, "subscription", "data/meta/.mlist", "carl list 7\n", "")
    assert rest(session, old, tmp_path) == rest(session, old, tmp_path) == []
    rows = session.execute(select(Subscription).order_by(Subscription.login)).scalars()
    assert [(row.target, row.login, row.style, row.since) for row in rows] == [
        ("start", "ann", "every", 5),
        ("docs:", "bob", "digest", 6),
        (":", "carl", "list", 7),
    ]


@pytest.mark.parametrize(
    ("text", "row", "outcomes"),
    [
        ("ann every 5\nann digest 9\n", ("ann", "digest", 9), ["changed"]),
        ("ann\n", ("ann", "every", 0), []),
        ("a%2db digest\n", ("a-b", "digest", 0), []),
        ("joe%20doe every 5 more\n\n", ("joe doe", "every", 5), []),
        ("иван every 5\n", ("иван", "every", 5), []),
        ("ann every x\n", ("ann", "every", 0), []),
        ("x" * 300 + " every 5\nann every 6\n", ("ann", "every", 6), ["left"]),
        ("ann weekly 5\nbob every 6\n", ("bob", "every", 6), ["left"]),
    ],
)
def test_lines_of_subscriptions(
    session: Session, tmp_path: Path, text: str, row: tuple[str, str, int], outcomes: list[str]
) -> None:
    old = sort(OldConf(), "subscription", "data/meta/start.mlist", text, "start")
    assert [note.outcome for note in rest(session, old, tmp_path)] == outcomes
    (stored,) = session.execute(select(Subscription)).scalars()
    assert (stored.login, stored.style, stored.since) == row


def test_templates_and_files_that_nothing_reads(session: Session, tmp_path: Path) -> None:
    old = sort(OldConf(), "template", "data/pages/docs/_template.txt", "== @PAGE@ ==\r\n", "docs")
    sort(old, "template", "data/pages/__template.txt", "deep", "")
    sort(old, "kept", "data/meta/x.foo", "bytes", "x")
    assert [note.path for note in rest(session, old, tmp_path)] == ["data/meta/x.foo"]
    rows = session.execute(select(NamespaceTemplate).order_by(NamespaceTemplate.namespace)).scalars()
    assert [(row.namespace, row.deep, row.text) for row in rows] == [
        ("", True, "deep"),
        ("docs", False, "== @PAGE@ ==\n"),
    ]
    kept = session.execute(select(KeptFile)).scalar_one()
    assert (kept.path, kept.size, kept.changed_at) == ("data/meta/x.foo", 5, 7)
    assert b"".join(local_blobs(tmp_path).read(kept.sha256)) == b"bytes"
    assert named_of(session, [kept.sha256]) == {kept.sha256}  # so that nobody sweeps them


def test_a_trial_of_the_rest_stores_nothing(session: Session, tmp_path: Path) -> None:
    old = sort(OldConf(), "kept", "data/meta/x.foo", "bytes", "x")
    sort(old, "subscription", "data/meta/start.mlist", "ann every 5\n", "start")
    rest(session, old, tmp_path, dry_run=True)
    assert session.execute(select(KeptFile)).all() == []
    assert session.execute(select(Subscription)).all() == []


def test_kept_files_are_read_once_and_again_where_they_changed(session: Session, tmp_path: Path) -> None:
    old = sort(OldConf(), "kept", "data/meta/x.foo", "bytes", "x")
    sort(old, "kept", "data/meta/" + "n" * 1000, "bytes", "x")
    assert [note.outcome for note in rest(session, old, tmp_path)] == ["left", "stored"]
    old.unreadable.add("data/meta/x.foo")
    assert [note.outcome for note in rest(session, old, tmp_path)] == ["left", "stored"]  # as it was: nobody opens it
    changed = sort(OldConf(), "kept", "data/meta/x.foo", "other bytes", "x")
    rest(session, changed, tmp_path)
    assert session.execute(select(KeptFile.size)).scalar_one() == len("other bytes")


def test_what_is_gone_there_goes_and_what_cannot_be_read_stays(session: Session, tmp_path: Path) -> None:
    old = sort(OldConf(), "subscription", "data/meta/start.mlist", "ann every 5\nbob every 5\n", "start")
    sort(old, "subscription", "data/meta/.mlist", "carl list 7\n", "")
    sort(old, "template", "data/pages/docs/_template.txt", "one", "docs")
    sort(old, "template", "data/pages/__template.txt", "two", "")
    rest(session, old, tmp_path)
    old.unreadable |= set(old.contents)
    rest(session, old, tmp_path)
    rest(session, old, tmp_path)
    assert (count(session, Subscription), count(session, NamespaceTemplate)) == (3, 2)
    left = sort(OldConf(), "subscription", "data/meta/start.mlist", "ann every 5\n", "start")
    sort(left, "template", "data/pages/docs/_template.txt", "one", "docs")
    rest(session, left, tmp_path)
    assert [row.login for row in session.execute(select(Subscription)).scalars()] == ["ann"]
    assert [row.namespace for row in session.execute(select(NamespaceTemplate)).scalars()] == ["docs"]


def count(session: Session, table: type[Subscription | NamespaceTemplate]) -> int:
    return session.execute(select(func.count()).select_from(table)).scalar_one()
