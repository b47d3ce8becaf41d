"""A whole old wiki comes in: again, after it changed, after a run that was cut off, and without storing anything."""

import errno
import gzip
import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.domain.errors import BadValue, StorageFailed
from app.exchange.dokuwiki.importing import Options, Progress, import_wiki
from app.exchange.dokuwiki.ledger import Ledger
from app.exchange.dokuwiki.report import Report
from app.store.blobs import Blobs
from app.store.exchange import ImportedFile
from app.store.links import Link
from app.store.media import MediaRevision
from app.store.pages import Page, Revision
from app.wiki import Wiki

NOW = 1_700_000_000
LOG = "1600000000\t10.0.0.1\tC\tstart\tmarie\tcreated\t\t5\n1600000100\t10.0.0.1\tE\tstart\tpaul\t\t\t9\n"
FILES: Mapping[str, bytes] = {
    "conf/local.php": b"<?php\n$conf['title'] = 'Atelier';\n",
    "data/pages/start.txt": b"See [[ns:other]].",
    "data/attic/start.1600000000.txt.gz": gzip.compress(b"First"),
    "data/attic/start.1600000100.txt.gz": gzip.compress(b"See [[ns:other]]."),
    "data/meta/start.changes": LOG.encode(),
    "data/pages/ns/other.txt": b"Other",
    "data/media/ns/a.txt": b"bytes",
    "data/cache/a/b.i": b"made again",
}


def put(root: Path, path: str, data: bytes, at: int = 1_600_000_100) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    os.utime(file, (at, at))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    root = tmp_path / "dokuwiki"
    for path, data in FILES.items():
        put(root, path, data)
    return root


def bring(wiki: Wiki, place: Path, options: Options = Options()) -> Report:  # noqa: B008 it is frozen
    return import_wiki(wiki, place, options, lambda _: None, lambda: NOW)


def number(wiki: Wiki, table: type[Page | Revision | MediaRevision | Link | ImportedFile]) -> int:
    with wiki.sessions() as session:
        return session.execute(select(func.count()).select_from(table)).scalar_one()


def outcomes(report: Report) -> dict[str, str]:
    return {file.path: file.outcome for file in report.files()}


def test_pages_files_and_links_come_and_every_file_is_accounted_for(wiki: Wiki, place: Path) -> None:
    report = bring(wiki, place, Options(verify=True))
    assert report.exit_status == 0
    assert report.accounted == report.walked == len(FILES)
    assert report.verified is not None
    assert (report.verified.checked, report.verified.wrong) == (5, 0)
    with wiki.sessions() as session:
        targets = list(session.execute(select(Link.target)).scalars())
        authors = select(Revision.author).join(Page, Page.id == Revision.page_id).where(Page.name == "start")
        assert targets == ["ns:other"]
        assert list(session.execute(authors.order_by(Revision.time)).scalars()) == ["marie", "paul"]
    assert number(wiki, MediaRevision) == 1


def test_a_second_run_stores_nothing(wiki: Wiki, place: Path) -> None:
    bring(wiki, place)
    before = number(wiki, Revision), number(wiki, MediaRevision)
    report = bring(wiki, place)
    assert (number(wiki, Revision), number(wiki, MediaRevision)) == before
    assert {outcome for path, outcome in outcomes(report).items() if path.startswith("data/pages")} == {"same"}


def test_only_what_changed_since_is_stored(wiki: Wiki, place: Path) -> None:
    bring(wiki, place)
    put(place, "data/pages/start.txt", b"Third", at=1_600_000_200)
    put(place, "data/attic/start.1600000200.txt.gz", gzip.compress(b"Third"))
    put(place, "data/meta/start.changes", LOG.encode() + b"1600000200\t10.0.0.1\tE\tstart\tpaul\t\t\t-3\n")
    before = number(wiki, Revision)
    report = bring(wiki, place, Options(verify=True))
    assert number(wiki, Revision) == before + 1
    assert outcomes(report)["data/pages/start.txt"] == "stored"
    assert outcomes(report)["data/pages/ns/other.txt"] == "same"
    assert report.exit_status == 0


def test_a_dry_run_tells_the_same_and_stores_nothing(wiki: Wiki, place: Path) -> None:
    tried = bring(wiki, place, Options(dry_run=True))
    assert (number(wiki, Page), number(wiki, MediaRevision), number(wiki, ImportedFile)) == (0, 0, 0)
    assert outcomes(tried) == outcomes(bring(wiki, place))


class Cut(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("last", ["walk", "settings", "files", "pages", "links"])
def test_a_run_that_was_cut_off_is_completed_by_the_next(wiki: Wiki, place: Path, last: str) -> None:
    def cut(progress: Progress) -> None:
        if progress.phase == last:
            raise Cut

    with pytest.raises(Cut):
        import_wiki(wiki, place, Options(), cut, lambda: NOW)
    report = bring(wiki, place, Options(verify=True))
    assert report.exit_status == 0
    assert report.accounted == len(FILES)
    assert (number(wiki, Page), number(wiki, Revision), number(wiki, MediaRevision), number(wiki, Link)) == (2, 3, 1, 1)


def test_a_run_that_was_cut_off_between_pages_and_ledger_stores_no_page_twice(
    wiki: Wiki, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "settle", lambda *_: (_ for _ in ()).throw(Cut))
        with pytest.raises(Cut):
            bring(wiki, place)
    bring(wiki, place)
    assert (number(wiki, Revision), number(wiki, MediaRevision)) == (3, 1)


def test_a_link_is_never_followed_and_is_told(wiki: Wiki, place: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (place / "data/pages/leak.txt").symlink_to(tmp_path / "secret")
    report = bring(wiki, place)
    assert outcomes(report)["data/pages/leak.txt"] == "left"
    assert report.exit_status == 1
    assert number(wiki, Page) == 2


def test_a_folder_that_is_no_wiki_is_refused(wiki: Wiki, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadValue):
        bring(wiki, tmp_path / "empty")


def test_a_full_disk_ends_the_run_with_a_sentence_and_the_next_completes(
    wiki: Wiki, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Blobs, "keep", full)
        with pytest.raises(StorageFailed, match="No space left"):
            bring(wiki, place)
    assert number(wiki, MediaRevision) == 0
    assert bring(wiki, place, Options(verify=True)).exit_status == 0
    assert number(wiki, MediaRevision) == 1
