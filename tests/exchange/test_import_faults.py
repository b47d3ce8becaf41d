"""What goes wrong around an import: archives with additions, killed processes, sources that change, full disks."""

import errno
import gzip
import hashlib
import io
import itertools
import os
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import pytest
from sqlalchemy import event, func, select

from app.domain.errors import BadValue, StorageFailed
from app.exchange.dokuwiki.importing import Options, Progress, import_wiki
from app.exchange.dokuwiki.report import Report
from app.exchange.dokuwiki.sources import Source
from app.exchange.dokuwiki.unpacking import Unpacking
from app.services.texts import unpack
from app.settings import Settings
from app.store.exchange import ImportedFile
from app.store.media import Media, MediaRevision
from app.store.pages import Page, Revision, Text
from app.wiki import Wiki, open_wiki
from tests.exchange.test_importing import FILES, LOG, NOW, bring, outcomes, put
from tests.exchange.wholes import Rows, differences, whole


def test_an_archive_that_a_computer_added_to_comes_whole(wiki: Wiki, tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path, data in FILES.items():
            archive.writestr(f"wiki/{path}", data)
        for path in ("__MACOSX/wiki/data/pages/._start.txt", "__MACOSX/._wiki", ".DS_Store", "wiki/data/.DS_Store"):
            archive.writestr(path, b"\0\5\x16\7")
    (tmp_path / "wiki.zip").write_bytes(packed.getvalue())
    report = bring(wiki, tmp_path / "wiki.zip", Options(verify=True))
    assert report.exit_status == 0
    assert report.accounted == report.walked == len(FILES) + 4
    assert outcomes(report)["data/pages/start.txt"] == "stored"
    assert outcomes(report)["../__MACOSX/._wiki"] == "left"


VERSIONS = 3
PAGES, UPLOADS = 60, 20
PEOPLE = "".join(f"user{number}:{'0' * 32}:User {number}:u{number}@example.org:user\n" for number in range(30))
KILLED = """
import os, random, signal, sys
from pathlib import Path
from sqlalchemy import event
from app.exchange.dokuwiki import importing
from app.settings import Settings
from app.wiki import open_wiki

importing.TOGETHER = 10
home, url, place, seed = sys.argv[1:]
chance, killed = random.Random(int(seed)), 0

def bring(last):
    wiki = open_wiki(Settings(home=Path(home), database_url=url, secret="for tests only, and long"))
    left = [last]

    def die(*_):
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(wiki.engine, "before_cursor_execute", die)
    importing.import_wiki(wiki, Path(place), importing.Options(), lambda _: None, lambda: 1_700_000_000)
    wiki.engine.dispose()

for last in [chance.randrange(20, 110) for _ in range(5)] + [-1]:
    child = os.fork()
    if child == 0:
        bring(last)
        os._exit(0)
    killed += os.WIFSIGNALED(os.waitpid(child, 0)[1])
print(killed)
"""


def make(root: Path) -> Path:
    """Pages that link to each other, with versions, and files and people."""
    for number in range(PAGES):
        log = ""
        for version in range(VERSIONS):
            at = 1_600_000_000 + number + version * 1000
            text = f"====== Page {number} ======\nVersion {version}, see [[page{number * 7 % PAGES}]].\n".encode()
            put(root, f"data/attic/s/page{number}.{at}.txt.gz", gzip.compress(text), at)
            log += f"{at}\t10.0.0.1\t{'E' if version else 'C'}\ts:page{number}\tuser1\tchange\t\t0\n"
        put(root, f"data/meta/s/page{number}.changes", log.encode(), at)
        put(root, f"data/pages/s/page{number}.txt", text, at)
    for number in range(UPLOADS):
        put(root, f"data/media/s/file{number}.txt", b"bytes %d" % number)
    put(root, "conf/users.auth.php", PEOPLE.encode())
    put(root, "conf/acl.auth.php", b"*\t@ALL\t1\ns:*\t@user\t8\n")
    put(root, "conf/local.php", b"<?php\n$conf['title'] = 'Atelier';\n$conf['useacl'] = 1;\n")
    return root


@pytest.fixture
def place(tmp_path: Path) -> Path:
    root = tmp_path / "dokuwiki"
    for path, data in FILES.items():
        put(root, path, data)
    return root


@pytest.fixture(scope="module")
def wiki_of_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("old"))


def another(tmp_path: Path, url: str) -> Wiki:
    return open_wiki(Settings(home=tmp_path / "home", database_url=url, secret="for tests only, and long"))


def whole_of(wiki: Wiki) -> dict[str, Rows]:
    with wiki.sessions() as session:
        return whole(session)


def halves(wiki: Wiki) -> list[str]:
    """Pages and files that somebody sees without all of what they came with, as one moment has them."""
    pages = select(Page.name, Page.current_id, func.count(Revision.id), func.count(Revision.text_id))
    pages = pages.outerjoin(Revision, Revision.page_id == Page.id).group_by(Page.id)
    files = select(Media.name, Media.current_id, func.count(MediaRevision.id))
    files = files.outerjoin(MediaRevision, MediaRevision.media_id == Media.id).group_by(Media.id)
    with wiki.sessions() as session:
        bad = [name for name, now, *numbers in session.execute(pages) if not now or numbers != [VERSIONS] * 2]
        session.rollback()
        return bad + [name for name, now, number in session.execute(files) if not now or number != 1]


def test_killed_again_and_again_it_ends_as_if_it_never_was_and_nobody_sees_halves(
    database_url: str, wiki_of_files: Path, sqlite_template: Path, tmp_path: Path
) -> None:
    (tmp_path / "home").mkdir()
    shutil.copy(sqlite_template, tmp_path / "once.db")
    wiki = another(tmp_path, database_url)
    command = [sys.executable, "-c", KILLED, str(tmp_path / "home"), database_url, str(wiki_of_files), "6"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        seen = halves(wiki)
        while process.returncode is None:
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.05)
            seen += halves(wiki)
        assert process.stdout is not None
        assert int(process.stdout.read()) >= 4
    assert (process.returncode, seen) == (0, [])
    once = another(tmp_path, f"sqlite:///{tmp_path}/once.db")
    bring(once, wiki_of_files)
    assert differences(whole_of(once), whole_of(wiki)) == []
    assert len(whole_of(wiki)["people"]) == 30
    for each in (once, wiki):
        each.engine.dispose()


def log_line(at: int, kind: str, user: str = "paul") -> bytes:
    return f"{at}\t10.0.0.1\t{kind}\tstart\t{user}\t\t\t0\n".encode()


def save(place: Path, name: str, text: bytes, at: int) -> None:
    """As the old wiki would: attic, log, page."""
    put(place, f"data/attic/{name}.{at}.txt.gz", gzip.compress(text), at)
    log = place / f"data/meta/{name}.changes"
    put(place, f"data/meta/{name}.changes", (log.read_bytes() if log.exists() else b"") + log_line(at, "E"), at)
    put(place, f"data/pages/{name}.txt", text, at)


def changed_during(wiki: Wiki, place: Path, phase: str, change: Callable[[], None]) -> Report:
    """The report of an import in which the source changed once ``phase`` began."""
    left = [change]

    def tell(progress: Progress) -> None:
        if progress.phase == phase and left:
            left.pop()()

    return import_wiki(wiki, place, Options(), tell, lambda: NOW)


def fresh(tmp_path: Path, template: Path, place: Path) -> dict[str, Rows]:
    """All that a new wiki holds that takes the source as it is now."""
    shutil.copy(template, tmp_path / "fresh.db")
    wiki = another(tmp_path, f"sqlite:///{tmp_path}/fresh.db")
    bring(wiki, place)
    found = whole_of(wiki)
    wiki.engine.dispose()
    return found


def texts(wiki: Wiki, name: str) -> list[str | None]:
    with wiki.sessions() as session:
        query = select(Text.packed).select_from(Revision).join(Page, Page.id == Revision.page_id)
        query = query.outerjoin(Text, Text.id == Revision.text_id).where(Page.name == name)
        rows = session.execute(query.order_by(Revision.time, Revision.seq)).scalars()
        return [None if packed is None else unpack(packed) for packed in rows]


@pytest.mark.parametrize("phase", ["settings", "files", "pages"])
def test_a_page_that_is_saved_during_the_run_comes_with_its_own_change(
    wiki: Wiki, place: Path, phase: str, sqlite_template: Path, tmp_path: Path
) -> None:
    changed_during(wiki, place, phase, lambda: save(place, "start", b"Third", 1_600_000_200))
    assert texts(wiki, "start") == ["First", "See [[ns:other]].", "Third"]
    assert bring(wiki, place).exit_status == 0
    assert differences(fresh(tmp_path, sqlite_template, place), whole_of(wiki)) == []


def test_a_page_that_is_written_to_without_end_is_told_and_comes_with_the_next_run(wiki: Wiki, place: Path) -> None:
    times = itertools.count(1_600_000_200)
    reads = Source.open

    def busy(source: Source, path: str) -> BinaryIO:
        if path == "data/meta/start.changes":
            save(place, "start", b"More", next(times))
        return reads(source, path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Source, "open", busy)
        report = bring(wiki, place)
    assert outcomes(report)["data/pages/start.txt"] == "left"
    assert report.exit_status == 1
    assert bring(wiki, place, Options(verify=True)).exit_status == 0
    assert texts(wiki, "start")[-1] == "More"


def add_user(place: Path, line: bytes) -> None:
    file = place / "conf/users.auth.php"
    put(place, "conf/users.auth.php", (file.read_bytes() if file.exists() else b"") + line, 1_600_000_300)


CHANGES: Mapping[str, Callable[[Path], None]] = {
    "a page is edited": lambda place: save(place, "start", b"Third", 1_600_000_200),
    "a page is edited by hand": lambda place: put(place, "data/pages/start.txt", b"By hand", 1_600_000_200),
    "a page is made": lambda place: save(place, "new", b"New, see [[start]]", 1_600_000_200),
    "a version is put in": lambda place: put(place, "data/attic/start.1600000050.txt", b"Between", 1_600_000_050),
    "a line is put into a log": lambda place: put(
        place, "data/meta/start.changes", LOG.encode().replace(b"\n", b"\n" + log_line(1_600_000_050, "e"), 1)
    ),
    "an account is made": lambda place: add_user(place, b"zoe:%s:Zoe:zoe@example.org:user\n" % (b"1" * 32)),
    "a rule is made": lambda place: put(place, "conf/acl.auth.php", b"*\t@ALL\t0\nns:*\t@user\t16\n"),
    "a setting is another": lambda place: put(place, "conf/local.php", b"<?php\n$conf['title'] = 'Other';\n"),
    "a subscription is made": lambda place: put(place, "data/meta/ns/.mlist", b"paul every 1600000000\n"),
    "a template is made": lambda place: put(place, "data/pages/ns/_template.txt", b"@PAGE@"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_changed_between_two_runs_comes_and_nothing_else_does(
    wiki: Wiki, place: Path, change: Callable[[Path], None], sqlite_template: Path, tmp_path: Path
) -> None:
    add_user(place, b"paul:%s:Paul:paul@example.org:user\n" % (b"0" * 32))
    bring(wiki, place)
    before = whole_of(wiki)
    change(place)
    report = bring(wiki, place, Options(verify=True))
    assert report.verified is not None
    assert report.verified.wrong == 0
    assert differences(fresh(tmp_path, sqlite_template, place), whole_of(wiki)) == []
    assert differences(before, whole_of(wiki)) != []


@pytest.mark.parametrize("data", [b"other bytes", b"BYTES"], ids=["longer", "of the same length"])
def test_what_is_another_and_nobody_logged_is_the_newest_and_the_one_before_stays(
    wiki: Wiki, place: Path, data: bytes
) -> None:
    bring(wiki, place)
    put(place, "data/media/ns/a.txt", data, 1_600_000_200)
    put(place, "data/pages/ns/other.txt", data, 1_600_000_200)
    assert bring(wiki, place, Options(verify=True)).exit_status == 0
    assert texts(wiki, "ns:other") == ["Other", data.decode()]
    with wiki.sessions() as session:
        hashes = list(session.execute(select(MediaRevision.sha256).order_by(MediaRevision.time)).scalars())
    assert hashes == [hashlib.sha256(each).hexdigest() for each in (b"bytes", data)]


def test_copies_with_other_times_are_known_by_their_bytes(wiki: Wiki, place: Path) -> None:
    bring(wiki, place)
    for file in place.rglob("*.*"):
        if file.is_file():
            os.utime(file, (1_600_000_100, 1_600_000_101))
    report = bring(wiki, place)
    kinds = {path: outcome for path, outcome in outcomes(report).items() if path.startswith(("data/pages", "data/me"))}
    assert set(kinds.values()) == {"same"}
    with wiki.sessions() as session:
        hashes = dict(session.execute(select(ImportedFile.path, ImportedFile.sha256)).all())
    assert {path for path, sha256 in hashes.items() if sha256 is None} == {"data/cache/a/b.i"}
    assert hashes["data/media/ns/a.txt"] == hashlib.sha256(b"bytes").hexdigest()


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_line_that_is_left_makes_the_status(wiki: Wiki, place: Path, *, dry_run: bool) -> None:
    put(place, "data/meta/start.changes", LOG.encode() + b"no time at all\n")
    report = bring(wiki, place, Options(dry_run=dry_run))
    assert (report.left, report.left_lines, report.exit_status) == (0, 1, 1)


def test_a_database_that_is_full_ends_the_run_with_a_sentence_and_the_next_completes(
    wiki: Wiki, wiki_of_files: Path, sqlite_template: Path, tmp_path: Path
) -> None:
    with wiki.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

    def few(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages + 30}").close()

    wiki.engine.dispose()
    event.listen(wiki.engine, "connect", few)
    with pytest.raises(StorageFailed, match="full"):
        bring(wiki, wiki_of_files)
    assert halves(wiki) == []
    event.remove(wiki.engine, "connect", few)
    wiki.engine.dispose()
    assert bring(wiki, wiki_of_files).exit_status == 0
    assert differences(fresh(tmp_path, sqlite_template, wiki_of_files), whole_of(wiki)) == []


def test_a_workspace_that_is_full_ends_the_run_and_leaves_nothing_there(wiki: Wiki, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "wiki.zip", "w") as archive:
        for path, data in FILES.items():
            archive.writestr(path, data)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Unpacking, "_copy", full)
        with pytest.raises(OSError, match="No space left"):
            bring(wiki, tmp_path / "wiki.zip")
    assert list((tmp_path / "imports").glob("import-*")) == []
    assert bring(wiki, tmp_path / "wiki.zip").exit_status == 0


def test_another_old_wiki_is_not_mixed_with_the_first(wiki: Wiki, place: Path, tmp_path: Path) -> None:
    bring(wiki, place)
    before = whole_of(wiki)
    put(tmp_path / "second", "data/pages/start.txt", b"of the second wiki")

    for options in (Options(), Options(dry_run=True)):
        with pytest.raises(BadValue, match="Another old wiki came in before"):
            bring(wiki, tmp_path / "second", options)
    assert differences(before, whole_of(wiki)) == []
    said = bring(wiki, tmp_path / "second", Options(same=True))
    assert outcomes(said)["data/pages/start.txt"] == "left", "its history is another one"


def test_an_old_wiki_without_a_secret_is_known_by_what_it_holds(wiki: Wiki, place: Path, tmp_path: Path) -> None:
    bring(wiki, place)
    before = whole_of(wiki)
    moved = place.rename(tmp_path / "moved")
    put(moved, "data/pages/fresh.txt", b"new")
    report = bring(wiki, moved)

    assert report.exit_status == 0
    assert outcomes(report)["data/pages/start.txt"] == "same"
    assert outcomes(report)["data/pages/fresh.txt"] == "stored"
    assert differences(before, whole_of(wiki)) != []


def test_an_old_wiki_with_its_secret_is_known_wherever_it_lies(wiki: Wiki, place: Path, tmp_path: Path) -> None:
    put(place, "data/meta/_htcookiesalt2", b"secret")
    bring(wiki, place)
    report = bring(wiki, place.rename(tmp_path / "moved"))
    assert outcomes(report)["data/pages/start.txt"] == "same"
