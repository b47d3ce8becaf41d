"""What goes wrong around an import: archives with additions, killed processes, sources that change, full disks."""

import gzip
import io
import shutil
import subprocess
import sys
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.exchange.dokuwiki.importing import Options
from app.settings import Settings
from app.store.media import Media, MediaRevision
from app.store.pages import Page, Revision
from app.wiki import Wiki, open_wiki
from tests.exchange.test_importing import FILES, bring, outcomes, put
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
    command = [sys.executable, "-c", KILLED, tmp_path / "home", database_url, wiki_of_files, "6"]
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
