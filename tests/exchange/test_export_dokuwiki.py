"""A wiki written as DokuWiki keeps one: each file as it must be, and the whole read back as the same wiki."""

import gzip
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session, sessionmaker

from app.domain.errors import BadValue
from app.exchange.dokuwiki import php_values
from app.exchange.dokuwiki.conf_files import read_people, read_rules
from app.exchange.dokuwiki.exporting import export_wiki
from app.exchange.dokuwiki.layout import find_layout
from app.exchange.dokuwiki.media_read import old_media
from app.exchange.dokuwiki.model import OldPage, OldPerson, Sorted
from app.exchange.dokuwiki.pages_read import old_page
from app.exchange.dokuwiki.php_source import read_config
from app.exchange.dokuwiki.sources import Source, open_source
from app.exchange.dokuwiki.writing import distinct_times
from app.exchange.export_report import ExportReport
from app.exchange.exported import ExportProgress
from app.exchange.new_folder import MARK
from app.services.media import Upload, put_media
from app.services.pages import PageEdit, save_page
from app.services.texts import store_text
from app.store.accounts import Account
from app.store.blobs import Blobs
from app.store.database import transaction
from app.store.exchange import KeptFile, NamespaceTemplate, Subscription
from app.store.pages import Page, Revision
from app.store.rules import AclRule
from tests.conftest import ALICE, NOW

LATER = NOW + 10_000_000


@dataclass(frozen=True)
class Wiki:
    sessions: sessionmaker[Session]
    blobs: Blobs


@pytest.fixture
def wiki(session: Session, blobs: Blobs) -> Wiki:
    return Wiki(sessionmaker(session.get_bind()), blobs)


def ignore(_progress: ExportProgress) -> None: ...


def export(wiki: Wiki, target: Path) -> ExportReport:
    return export_wiki(wiki, target, ignore, now=LATER)


def write(session: Session, name: str, *texts: str) -> None:
    """One version after the other, a minute apart; "" deletes."""
    for at, text in enumerate(texts):
        based = at and session.execute(select(Page.latest_id).where(Page.name == name)).scalar_one()
        edit = PageEdit(name, text, summary=f"change {at}", based_on=based or None)
        save_page(session, edit, viewer=ALICE, now=NOW + 60 * at)


def texts_of(page: OldPage) -> list[tuple[int, str, str | None]]:
    return [(one.line.time, one.line.kind, one.text) for one in page.revisions]


def sorted_of(source: Source, name: str) -> Sequence[Sorted]:
    layout = find_layout(source)
    return [one for one in map(layout.sort, source.files()) if one.name == name]


def read_page(target: Path, tmp_path: Path, name: str) -> OldPage:
    with open_source(target, tmp_path) as source:
        return old_page(source, name, sorted_of(source, name), LATER)


def test_a_page_is_written_with_every_version(session: Session, wiki: Wiki, tmp_path: Path) -> None:
    write(session, "garden:ivy", "====== Ivy ======\n", "====== Ivy ======\ngreen\n")
    assert export(wiki, tmp_path / "out").exit_status == 0
    data = tmp_path / "out/data"
    current = data / "pages/garden/ivy.txt"
    assert current.read_text() == "====== Ivy ======\ngreen\n"
    assert current.stat().st_mtime == NOW + 60
    old = data / f"attic/garden/ivy.{NOW}.txt.gz"
    assert gzip.decompress(old.read_bytes()) == b"====== Ivy ======\n"
    assert old.stat().st_mtime == NOW
    assert gzip.decompress((data / f"attic/garden/ivy.{NOW + 60}.txt.gz").read_bytes()) == current.read_bytes()
    log = (data / "meta/garden/ivy.changes").read_text().splitlines()
    assert [line.split("\t")[2:6] for line in log] == [
        ["C", "garden:ivy", "alice", "change 0"],
        ["E", "garden:ivy", "alice", "change 1"],
    ]
    everything = data / "meta/_dokuwiki.changes"
    assert everything.read_text().splitlines() == log
    assert everything.stat().st_mtime == NOW + 60


def test_what_is_known_of_a_page_is_written_for_php(session: Session, wiki: Wiki, tmp_path: Path) -> None:
    write(session, "ivy", "====== Ivy ======\n", "====== Ivy ======\ngreen\n")
    export(wiki, tmp_path / "out")
    meta = php_values.loads((tmp_path / "out/data/meta/ivy.meta").read_bytes())
    assert isinstance(meta, dict)
    assert meta["persistent"]["date"] == {"created": NOW, "modified": NOW + 60}
    assert meta["persistent"]["last_change"]["date"] == NOW + 60
    assert meta["current"]["title"] == "Ivy"


@pytest.mark.parametrize(
    "texts", [("one",), ("one", "two", "three"), ("one", ""), ("one", "", "again"), ("é ü 日本\n",)], ids=str
)
def test_a_history_is_read_back_the_same(session: Session, wiki: Wiki, tmp_path: Path, texts: tuple[str, ...]) -> None:
    write(session, "日本:ivy", *texts)
    export(wiki, tmp_path / "out")
    found = read_page(tmp_path / "out", tmp_path / "work", "日本:ivy")
    kinds = {"create": "C", "edit": "E", "delete": "D"}
    stored = session.execute(select(Revision).order_by(Revision.time)).scalars().all()
    assert [(line.time, line.kind) for line in (one.line for one in found.revisions)] == [
        (one.time, kinds[one.kind]) for one in stored
    ]
    before = ["", *texts]
    assert [text for _, _, text in texts_of(found)] == [text or before[at] for at, text in enumerate(texts)]
    assert not any(one.external for one in found.revisions)
    assert found.notes == ()


def test_texts_of_one_second_get_times_of_their_own(session: Session, wiki: Wiki, tmp_path: Path) -> None:
    write(session, "ivy", "one")
    latest = session.execute(select(Page.latest_id)).scalar_one()
    save_page(session, PageEdit("ivy", "two", based_on=latest), viewer=ALICE, now=NOW)
    report = export(wiki, tmp_path / "out")
    found = read_page(tmp_path / "out", tmp_path / "work", "ivy")
    assert texts_of(found) == [(NOW, "C", "one"), (NOW + 1, "E", "two")]
    assert [what for what, _ in report.changed] == ["setting:register", "ivy"]


def test_raw_lines_and_bytes_of_an_old_wiki_go_back_as_they_came(session: Session, wiki: Wiki, tmp_path: Path) -> None:
    write(session, "ivy", "a\nb\n")
    original = wiki.blobs.put(io.BytesIO(b"a\r\nb\r\n"), limit=100).sha256
    raw = f"{NOW}\t1.2.3.4\tC\tother:name\talice\tx\t\t"
    with transaction(session):
        row = session.execute(select(Revision)).scalar_one()
        row.logged, row.original = raw, original
        session.execute(select(Page)).scalar_one().kept = '{"date":{"created":5},"plugin":{"0":"x"}}'
    export(wiki, tmp_path / "out")
    data = tmp_path / "out/data"
    assert (data / "pages/ivy.txt").read_bytes() == b"a\r\nb\r\n"
    assert gzip.decompress((data / f"attic/ivy.{NOW}.txt.gz").read_bytes()) == b"a\nb\n"
    assert (data / "meta/ivy.changes").read_text() == raw + "\n"
    meta = php_values.loads((data / "meta/ivy.meta").read_bytes())
    assert isinstance(meta, dict)
    assert meta["persistent"] == {"date": {"created": 5}, "plugin": {0: "x"}}


def test_files_are_written_with_their_older_bytes(session: Session, wiki: Wiki, tmp_path: Path) -> None:
    for at, content in enumerate((b"old", b"new")):
        upload = Upload("a:leaf.gz", io.BytesIO(gzip.compress(content, mtime=0)))
        put_media(session, wiki.blobs, upload, viewer=ALICE, now=NOW + 60 * at)
    assert export(wiki, tmp_path / "out").exit_status == 0
    data = tmp_path / "out/data"
    assert gzip.decompress((data / "media/a/leaf.gz").read_bytes()) == b"new"
    assert (data / "media/a/leaf.gz").stat().st_mtime == NOW + 60
    assert gzip.decompress((data / f"media_attic/a/leaf.{NOW}.gz").read_bytes()) == b"old"
    with open_source(tmp_path / "out", tmp_path / "work") as source:
        found = old_media(source, "a:leaf.gz", sorted_of(source, "a:leaf.gz"), LATER)
    assert [(one.line.time, one.line.kind, one.external) for one in found.revisions] == [
        (NOW, "C", False),
        (NOW + 60, "E", False),
    ]


def test_older_versions_of_a_type_that_dokuwiki_does_not_know_are_told(
    session: Session, wiki: Wiki, tmp_path: Path
) -> None:
    for name, versions in (("a.odd", 2), ("b.odd", 2), ("c.rare", 1)):
        for at in range(versions):
            upload = Upload(name, io.BytesIO(bytes([at])), any_type=True)
            put_media(session, wiki.blobs, upload, viewer=ALICE, now=NOW + at)
    report = export(wiki, tmp_path / "out")
    assert [what for what, _ in report.changed if what.startswith("type:")] == ["type:odd"]
    assert (tmp_path / f"out/data/media_attic/a.{NOW}.odd").read_bytes() == b"\0"


def test_people_and_rules_are_written_as_they_are_read(session: Session, wiki: Wiki, tmp_path: Path) -> None:
    people = [
        {"login": "ann", "name": "Ann: 100% #1", "mail": "a@b.example", "password": "$1$x$y", "created_at": 1},
        {"login": "bob", "name": "Bob", "mail": "", "password": "secret-hash", "active": False, "created_at": 1},
        {"login": "cy", "name": "Cy", "mail": "", "password": "", "created_at": 1},
    ]
    with transaction(session):
        session.execute(insert(Account), [{"active": True, **one} for one in people])
        session.add(AclRule(scope="a:*", who="@my%5fgroup", level=8))
    report = export(wiki, tmp_path / "out")
    written = (tmp_path / "out/conf/users.auth.php").read_bytes()
    found = {one.login: one for one in read_people(written, "") if isinstance(one, OldPerson)}
    assert (found["ann"].name, found["ann"].hash) == ("Ann: 100% #1", "$1$x$y")
    assert found["bob"].hash == found["cy"].hash == "!unusable"
    assert {"account:bob", "account:cy"} <= {what for what, _ in report.changed}
    assert written.splitlines()[1] == b"# <?php exit()?>"
    rules = list(read_rules((tmp_path / "out/conf/acl.auth.php").read_bytes(), ""))
    assert ("a:*", "@my%5fgroup", 8) in [(one.scope, one.who, one.level) for one in rules]  # type: ignore[union-attr]


def test_settings_keep_the_rules_in_force_and_registration_shut(wiki: Wiki, tmp_path: Path) -> None:
    export(wiki, tmp_path / "out")
    values, problems = read_config((tmp_path / "out/conf/local.php").read_text())
    assert problems == []
    assert (values["useacl"], values["title"], values["superuser"]) == (1, "Lierre", "@admin")
    assert values["disableactions"] == "register"


def test_what_else_an_old_wiki_held_goes_back(session: Session, wiki: Wiki, tmp_path: Path) -> None:
    kept = wiki.blobs.put(io.BytesIO(b"\0kept"), limit=100).sha256
    with transaction(session):
        session.add(Subscription(login="ann b", target="a:", style="list", since=7))
        session.add(Subscription(login="ann", target=":", style="every", since=8))
        session.add(NamespaceTemplate(namespace="a", deep=True, text="begin"))
        for path in ("data/meta/x.foo", "meta/y.foo", "../out-of-it", "conf/acl.auth.php"):
            session.add(KeptFile(path=path, sha256=kept, size=5, changed_at=9))
    report = export(wiki, tmp_path / "out")
    out = tmp_path / "out"
    assert (out / "data/meta/a/.mlist").read_text() == "ann%20b list 7\n"
    assert (out / "data/meta/.mlist").read_text() == "ann every 8\n"
    assert (out / "data/pages/a/__template.txt").read_text() == "begin"
    assert (out / "data/meta/x.foo").read_bytes() == (out / "data/meta/y.foo").read_bytes() == b"\0kept"
    assert (out / "data/meta/x.foo").stat().st_mtime == 9
    assert not (tmp_path / "out-of-it").exists()
    assert b"kept" not in (out / "conf/acl.auth.php").read_bytes()
    assert [what for what, _ in report.left] == ["../out-of-it", "conf/acl.auth.php"]
    assert report.exit_status == 1


def test_bytes_that_are_gone_are_told_and_leave_no_half_file(session: Session, wiki: Wiki, tmp_path: Path) -> None:
    with transaction(session):
        session.add(KeptFile(path="data/meta/x.foo", sha256="0a" * 32, size=5, changed_at=9))
    report = export(wiki, tmp_path / "out")
    assert [what for what, _ in report.left] == ["data/meta/x.foo"]
    assert not (tmp_path / "out/data/meta/x.foo").exists()


def test_every_folder_that_dokuwiki_needs_is_there_and_the_mark_is_gone(wiki: Wiki, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    export(wiki, tmp_path / "out")
    assert {folder.name for folder in (tmp_path / "out/data").iterdir() if folder.is_dir()} == {
        *("attic", "cache", "index", "locks", "log", "media", "media_attic", "media_meta", "meta", "pages", "tmp")
    }
    assert not (tmp_path / "out" / MARK).exists()
    for place in ("data", "conf"):
        assert b"Require all denied" in (tmp_path / "out" / place / ".htaccess").read_bytes()


def test_two_exports_are_the_same_to_the_second(session: Session, wiki: Wiki, tmp_path: Path) -> None:
    write(session, "ivy", "one", "two")
    for name in ("one", "two"):
        export(wiki, tmp_path / name)
    found, again = (
        {
            path.relative_to(tmp_path / name): (path.read_bytes(), path.stat().st_mtime)
            for path in files(tmp_path / name)
        }
        for name in ("one", "two")
    )
    assert found == again
    assert found[Path("conf/local.php")][1] == LATER


def files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def test_nobody_else_may_open_what_is_written(wiki: Wiki, tmp_path: Path) -> None:
    export(wiki, tmp_path / "out")
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o700


def test_a_folder_with_something_in_it_is_left_alone(wiki: Wiki, tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.mkdir()
    (target / "mine.txt").write_text("mine")
    with pytest.raises(BadValue):
        export(wiki, target)
    with pytest.raises(BadValue):
        export(wiki, target / "mine.txt")
    assert [path.name for path in target.iterdir()] == ["mine.txt"]


def test_an_export_that_broke_off_is_marked(session: Session, wiki: Wiki, tmp_path: Path) -> None:
    write(session, "ivy", "one")

    def stop(_progress: ExportProgress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_wiki(wiki, tmp_path / "out", stop, now=LATER)
    assert (tmp_path / "out" / MARK).exists()


def test_a_page_whose_current_text_is_gone_is_told(session: Session, wiki: Wiki, tmp_path: Path) -> None:
    write(session, "ivy", "one")
    with transaction(session):
        session.execute(select(Revision)).scalar_one().text_id = None
    assert [what for what, _ in export(wiki, tmp_path / "out").left] == ["ivy"]


def test_versions_of_one_second_that_share_a_text_stay_in_it(session: Session, wiki: Wiki, tmp_path: Path) -> None:
    write(session, "ivy", "one")
    with transaction(session):
        page = session.execute(select(Page)).scalar_one()
        first = session.execute(select(Revision)).scalar_one()
        text = store_text(session, "one").id
        gone = Revision(page_id=page.id, time=NOW, seq=first.seq + 1, kind="delete", text_id=text, size_change=-3)
        session.add(gone)
        session.flush()
        page.current_id, page.latest_id = None, gone.id
    export(wiki, tmp_path / "out")
    found = read_page(tmp_path / "out", tmp_path / "work", "ivy")
    assert texts_of(found) == [(NOW, "C", "one"), (NOW, "D", "one")]


@pytest.mark.parametrize(
    ("times", "fit", "wanted"),
    [
        ([1, 2, 3], False, [1, 2, 3]),
        ([1, 1, 3], False, [1, 2, 3]),
        ([1, 1, 1, 2], False, [1, 2, 3, 4]),
        ([1, 1, 2], True, [1, 1, 2]),
        ([], False, []),
    ],
)
def test_times_ascend(times: list[int], wanted: list[int], *, fit: bool) -> None:
    assert distinct_times(times, lambda _start, _stop: fit) == wanted
