"""A backup of a wiki that came from another: what goes out of the restored one is what went out of the first."""

import gzip
import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.exchange.archives import pack, unpack
from app.exchange.dokuwiki.exporting import export_wiki
from app.exchange.dokuwiki.importing import Options, import_wiki
from app.settings import Settings
from app.store.naming import FOR_GOOD
from app.store.tables import METADATA
from app.wiki import Wiki, open_wiki
from tests.exchange.wholes import differences, whole

FIRST, SECOND, NOW = 1_600_000_000, 1_600_000_100, 1_700_000_000
# A kind of thing each that is stored in its own way.
FILES: Mapping[str, bytes] = {
    "conf/local.php": b"<?php\n$conf['title'] = 'Atelier';\n$conf['dformat'] = '%d';\n",
    "conf/users.auth.php": b"ann:$1$Zk4q9LmN$6qPiTsozi49/NWnv5tdaX.:Ann:a@b.example:user\n",
    "conf/acl.auth.php": b"* @ALL 1\nns:* @user 8\n",
    "data/pages/crlf.txt": b"one\r\ntwo\r\n",  # bytes that are not its text
    "data/attic/crlf.1600000100.txt.gz": gzip.compress(b"one\ntwo\n"),
    "data/attic/crlf.1600000000.txt.gz": gzip.compress("naïve".encode("latin-1")),
    "data/meta/crlf.changes": b"1600000000\t10.0.0.1\tC\tcrlf\tann\tcreated\t\t5\n"
    b"1600000100\t10.0.0.1\tE\tcrlf\tann\t\t\t3\tmore\tand more\n",
    "data/meta/crlf.mlist": b"ann every 1600000000\n",
    "data/meta/crlf.foo": b"what an extension wrote",
    "data/pages/ns/_template.txt": b"A new page of @USER@",
    "data/media/ns/a.txt": b"second",
    "data/media_attic/ns/a.1600000000.txt": b"first",
    "data/media_meta/ns/a.txt.changes": b"1600000000\t10.0.0.1\tC\tns:a.txt\tann\t\t\t5\n"
    b"1600000100\t10.0.0.1\tE\tns:a.txt\tann\t\t\t1\n",
}


@pytest.fixture
def old(tmp_path: Path) -> Path:
    root = tmp_path / "dokuwiki"
    for path, data in FILES.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        at = FIRST if ".1600000000." in path else SECOND
        os.utime(file, (at, at))
    return root


def rows_of(wiki: Wiki) -> dict[str, int]:
    with wiki.sessions() as session:
        return {
            table.name: session.execute(select(func.count()).select_from(table)).scalar_one()
            for table in METADATA.sorted_tables
        }


def bytes_of(wiki: Wiki) -> dict[str, bytes]:
    """What each column that names bytes for good names."""
    with wiki.sessions() as session:
        named = {
            str(sha256)
            for column in FOR_GOOD
            for sha256 in session.execute(select(column).where(column.is_not(None))).scalars()
        }
    return {sha256: b"".join(wiki.blobs.read(sha256)) for sha256 in named}


def exported(wiki: Wiki, target: Path) -> dict[str, tuple[bytes, int]]:
    """Each file of the export: bytes and time."""
    assert export_wiki(wiki, target, lambda _: None, now=NOW).left == []
    files = [path for path in target.rglob("*") if path.is_file()]
    return {str(path.relative_to(target)): (path.read_bytes(), int(path.stat().st_mtime)) for path in files}


def test_the_restored_wiki_is_the_first_one(wiki: Wiki, old: Path, tmp_path: Path) -> None:
    assert import_wiki(wiki, old, Options(), lambda _: None, lambda: NOW).exit_status == 0
    archive, home = tmp_path / "all.tar.gz", tmp_path / "other"
    assert pack(wiki, archive) == len(bytes_of(wiki)) == 6
    settings = Settings(home=home, database_url=f"sqlite:///{home}/wiki.db", secret="for tests only, and long")
    unpack(settings, archive)
    again = open_wiki(settings)
    try:
        assert rows_of(again) == rows_of(wiki)
        assert {name for name, number in rows_of(again).items() if number} >= {
            "imported_file",
            "import_run",
            "kept_file",
            "namespace_template",
            "subscription",
        }
        assert bytes_of(again) == bytes_of(wiki)
        with wiki.sessions() as session, again.sessions() as other:
            before = whole(session)
            assert differences(before, whole(other)) == []
        assert exported(again, tmp_path / "two") == exported(wiki, tmp_path / "one")

        report = import_wiki(again, old, Options(verify=True), lambda _: None, lambda: NOW)

        assert report.verified is not None
        assert report.verified.wrong == 0
        assert not any(file.outcome == "stored" for file in report.files() if file.path.startswith("data/"))
        with again.sessions() as other:
            assert differences(before, whole(other)) == []
    finally:
        again.engine.dispose()
