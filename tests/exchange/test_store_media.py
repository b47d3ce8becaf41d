"""Files of an old wiki, stored with their histories; and the ledger of what was seen."""

import hashlib

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from app.exchange.dokuwiki.ledger import OF_MEDIA, OF_PAGES, Ledger
from app.exchange.dokuwiki.media_read import old_media
from app.exchange.dokuwiki.model import FileKind, Note, OldMedia, Sorted, SourceFile
from app.exchange.dokuwiki.store_media import store_media
from app.store.blobs import Blobs
from app.store.exchange import ImportedFile
from app.store.media import Media, MediaRevision
from tests.conftest import watched
from tests.exchange.in_memory import Files

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><script>alert(1)</script></svg>'
LOG = "100\t10.0.0.1\tC\twiki:a.svg\tmarie\tcreated\t\t3\n200\t10.0.0.1\tE\twiki:a.svg\tpaul\t\t\t90\n"


def old_wiki(log: str = LOG) -> Files:
    files = Files()
    files.put("media", "data/media/wiki/a.svg", SVG, at=200)
    files.put("media_attic", "data/media_attic/wiki/a.100.svg", b"old", at=100, rev=100)
    files.put("media_log", "data/media_meta/wiki/a.svg.changes", log)
    return files


def read(files: Files) -> OldMedia:
    return old_media(files, "wiki:a.svg", files.sorted, 1000)


def stored(session: Session) -> list[MediaRevision]:
    return list(session.execute(select(MediaRevision).order_by(MediaRevision.time, MediaRevision.seq)).scalars())


def test_the_bytes_and_who_changed_them_come_as_they_are(session: Session, blobs: Blobs) -> None:
    files = old_wiki()
    assert store_media(session, files, [read(files)], blobs=blobs) == []
    first, second = stored(session)
    assert (first.time, first.author, first.kind, first.address) == (100, "marie", "create", "10.0.0.1")
    assert (second.author, second.kind, second.sha256) == ("paul", "edit", hashlib.sha256(SVG).hexdigest())
    assert b"".join(blobs.read(hashlib.sha256(SVG).hexdigest())) == SVG
    row = session.execute(select(Media)).scalar_one()
    assert (row.name, row.current_id, row.size, row.changed_at) == ("wiki:a.svg", second.id, len(SVG), 200)


def test_many_files_take_as_many_statements_as_one(session: Session, blobs: Blobs, engine: Engine) -> None:
    def statements(number: int) -> int:
        files = Files()
        names = [f"all{number}:{at}.txt" for at in range(number)]
        for name in names:
            files.put("media", f"data/media/{name.replace(':', '/')}", b"text", at=200)
        read = [old_media(files, name, [one], 1000) for name, one in zip(names, files.sorted, strict=True)]
        with watched(engine) as sent:
            store_media(session, files, read, blobs=blobs)
        return sent.count

    statements(2)
    assert statements(100) <= statements(1) + 10


def test_a_second_time_nothing_is_stored(session: Session, blobs: Blobs) -> None:
    files = old_wiki()
    store_media(session, files, [read(files)], blobs=blobs)
    store_media(session, files, [read(files)], blobs=blobs)
    assert len(stored(session)) == 2


def test_what_was_changed_here_is_not_written_over(session: Session, blobs: Blobs) -> None:
    files = old_wiki()
    store_media(session, files, [read(files)], blobs=blobs)
    row = session.execute(select(Media)).scalar_one()
    session.add(MediaRevision(media_id=row.id, time=250, kind="edit", sha256="0" * 64))
    session.commit()
    files = old_wiki(LOG + "300\t10.0.0.1\tD\twiki:a.svg\tpaul\t\t\t-90\n")
    notes = store_media(session, files, [read(files)], blobs=blobs)
    assert [(note.path, note.outcome) for note in notes] == [("wiki:a.svg", "left")]
    assert [revision.time for revision in stored(session)] == [100, 200, 250]


def test_bytes_that_cannot_be_read_are_told_and_the_rest_comes(session: Session, blobs: Blobs) -> None:
    files = old_wiki()
    files.unreadable.add("data/media_attic/wiki/a.100.svg")
    notes = store_media(session, files, [read(files)], blobs=blobs)
    assert notes == [Note("data/media_attic/wiki/a.100.svg", "left", "No right to read it.")]
    assert [revision.sha256 is None for revision in stored(session)] == [True, False]


def one(kind: FileKind, path: str, name: str, *, size: int = 1, why: str = "") -> Sorted:
    return Sorted(SourceFile(path, size, 5), kind, name, why=why)


@pytest.fixture
def sessions(session: Session) -> sessionmaker[Session]:
    return sessionmaker(session.get_bind(), expire_on_commit=False)


def run(sessions: sessionmaker[Session], files: list[Sorted]) -> Ledger:
    ledger = Ledger(sessions, "f" * 64)
    ledger.begin("place", 10)
    assert list(ledger.walk(files, lambda _: None)) == ([len(files)] if files else [])
    return ledger


def outcomes(session: Session) -> dict[str, str]:
    session.rollback()
    return dict(session.execute(select(ImportedFile.path, ImportedFile.outcome)).all())


PAGE = [one("page", "data/pages/a.txt", "a"), one("attic", "data/attic/a.12.txt.gz", "a")]


def test_what_was_settled_is_the_same_the_next_time(session: Session, sessions: sessionmaker[Session]) -> None:
    ledger = run(sessions, PAGE)
    [(name, files)] = ledger.waiting(OF_PAGES)
    assert (name, [file.rev for file in files]) == ("a", [None, 12])
    assert ledger.count(OF_MEDIA) == 0
    ledger.settle(files, [], {})
    assert set(outcomes(session).values()) == {"stored"}
    assert run(sessions, PAGE).count(OF_PAGES) == 0
    assert set(outcomes(session).values()) == {"same"}


@pytest.mark.parametrize(
    "second",
    [
        pytest.param([one("page", "data/pages/a.txt", "a", size=2), PAGE[1]], id="changed"),
        pytest.param([PAGE[1]], id="gone"),
    ],
)
def test_a_page_of_which_one_file_changed_or_went_waits_whole(
    session: Session, sessions: sessionmaker[Session], second: list[Sorted]
) -> None:
    run(sessions, PAGE).settle(PAGE, [], {})
    [(_, files)] = run(sessions, second).waiting(OF_PAGES)
    assert [file.file.path for file in files] == [file.file.path for file in second]
    assert len(outcomes(session)) == len(second)


def test_a_run_that_was_cut_off_is_gone_on_with(sessions: sessionmaker[Session]) -> None:
    run(sessions, PAGE)
    assert run(sessions, PAGE).count(OF_PAGES) == 1


def test_notes_go_to_files_and_lines(session: Session, sessions: sessionmaker[Session]) -> None:
    files = [*PAGE, one("page_log", "data/meta/a.changes", "a")]
    told = [Note("a", "left", "no line", 3), Note("data/attic/a.12.txt.gz", "left", "broken")]
    run(sessions, files).settle(files, told, {})
    assert outcomes(session) == {
        "data/pages/a.txt": "stored",
        "data/attic/a.12.txt.gz": "left",
        "data/meta/a.changes": "changed",
    }
    lines = select(ImportedFile.lines).where(ImportedFile.kind == "page_log")
    assert session.execute(lines).scalar_one() == '[[3, "left", "no line"]]'


def test_paths_that_are_no_text_come_back_whole(sessions: sessionmaker[Session]) -> None:
    path = b"data/pages/\xe9.txt".decode("utf-8", "surrogateescape")
    [(_, [file])] = run(sessions, [one("page", path, "e")]).waiting(OF_PAGES)
    assert file.file.path == path


def test_a_renamed_file_is_changed_with_the_reason(session: Session, sessions: sessionmaker[Session]) -> None:
    files = [one("page", "data/pages/B.txt", "b", why="its name became b")]
    run(sessions, files).settle(files, [], {})
    assert outcomes(session) == {"data/pages/B.txt": "changed"}
