"""What was imported is read back and compared with the source."""

import bz2
import gzip
import hashlib
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from app.exchange.dokuwiki.model import FileKind, Sorted, SourceFile
from app.exchange.dokuwiki.report import Verified
from app.exchange.dokuwiki.verifying import verify
from app.services.media import Upload, put_media
from app.services.pages import PageEdit, save_page
from app.store.blobs import Blobs, local_blobs
from app.store.database import transaction
from app.store.exchange import ImportedFile, KeptFile
from app.store.pages import Revision, Text
from tests.conftest import ALICE, NOW

GREEN = gzip.compress(b"green", mtime=0)
PACK: dict[str, Callable[[bytes], bytes]] = {"gz": gzip.compress, "z2": bz2.compress}
FILES: dict[str, tuple[FileKind, str, int | None, bytes]] = {
    "data/pages/ivy.txt": ("page", "ivy", None, b"climbs!"),
    "data/attic/ivy.1.txt.gz": ("attic", "ivy", NOW, gzip.compress(b"climbs")),
    "data/attic/ivy.2.txt.bz2": ("attic", "ivy", NOW + 60, bz2.compress(b"climbs!")),
    "data/media/leaf.gz": ("media", "leaf.gz", None, GREEN),
    "data/media_attic/leaf.1.gz": ("media_attic", "leaf.gz", NOW, GREEN),
    "data/meta/x.foo": ("kept", "", None, b"kept"),
    "data/cache/y": ("disposable", "", None, b"made anew"),
}


class Memory:
    """Files of a source by path."""

    def __init__(self) -> None:
        self.contents = {path: file[3] for path, file in FILES.items()}

    def open(self, path: str) -> BinaryIO:
        return io.BytesIO(self.contents[path])

    def sorted(self) -> Sequence[Sorted]:
        return [
            Sorted(SourceFile(path, len(raw), 0), kind, name, rev) for path, (kind, name, rev, raw) in FILES.items()
        ]


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return local_blobs(tmp_path / "media")


@pytest.fixture
def imported(session: Session, blobs: Blobs) -> sessionmaker[Session]:
    """A wiki that holds all of ``FILES``, as an import notes it."""
    save_page(session, PageEdit("ivy", "climbs"), viewer=ALICE, now=NOW)
    save_page(session, PageEdit("ivy", "climbs!", based_on=1), viewer=ALICE, now=NOW + 60)
    put_media(session, blobs, Upload("leaf.gz", io.BytesIO(GREEN)), viewer=ALICE, now=NOW)
    kept = blobs.put(io.BytesIO(b"kept"), limit=100)
    with transaction(session):
        session.add(KeptFile(path="data/meta/x.foo", sha256=kept.sha256, size=4, changed_at=1))
        for path, (kind, _name, _rev, raw) in FILES.items():
            key = hashlib.sha256(path.encode()).hexdigest()
            row = ImportedFile(
                wiki="w", path_key=key, path=path, run_id=1, kind=kind, size=len(raw), changed_at=0, outcome="stored"
            )
            session.add(row)
    return sessionmaker(session.get_bind())


def names(found: Verified) -> dict[str, str]:
    return {one.path: one.why for one in found.differences}


def test_everything_is_as_it_was(imported: sessionmaker[Session], blobs: Blobs) -> None:
    source = Memory()

    assert verify(imported, blobs, source, source.sorted(), "w") == Verified(6)


@pytest.mark.parametrize("path", [path for path, file in FILES.items() if file[0] != "disposable"])
def test_each_other_byte_is_found(imported: sessionmaker[Session], blobs: Blobs, path: str) -> None:
    source = Memory()
    source.contents[path] = PACK.get(path[-2:], bytes)(b"other")

    found = verify(imported, blobs, source, source.sorted(), "w")

    assert (found.checked, found.wrong) == (6, 1)
    assert names(found) == {path: "the wiki holds other bytes"}


def test_a_source_that_is_damaged_meanwhile_is_named(imported: sessionmaker[Session], blobs: Blobs) -> None:
    source = Memory()
    source.contents["data/attic/ivy.1.txt.gz"] = b"no archive"

    found = verify(imported, blobs, source, source.sorted(), "w")

    assert names(found) == {"data/attic/ivy.1.txt.gz": "it can no longer be read in the source"}


def test_what_the_wiki_lost_is_named(imported: sessionmaker[Session], blobs: Blobs) -> None:
    source = Memory()
    blobs.remove(hashlib.sha256(GREEN).hexdigest())
    with imported() as session, transaction(session):
        session.execute(update(Text).where(Text.sha256 == hashlib.sha256(b"climbs").hexdigest()).values(packed=b"x"))
        session.execute(update(Revision).where(Revision.time == NOW + 60).values(text_id=None))

    found = verify(imported, blobs, source, source.sorted(), "w")

    assert names(found) == {
        "data/pages/ivy.txt": "it is not in the wiki",
        "data/attic/ivy.1.txt.gz": "what the wiki holds of it is damaged",
        "data/attic/ivy.2.txt.bz2": "it is not in the wiki",
        "data/media/leaf.gz": "what the wiki holds of it is damaged",
        "data/media_attic/leaf.1.gz": "what the wiki holds of it is damaged",
    }


def test_what_was_left_out_is_not_compared(imported: sessionmaker[Session], blobs: Blobs) -> None:
    source = Memory()
    with imported() as session, transaction(session):
        session.execute(update(ImportedFile).where(ImportedFile.kind == "page").values(outcome="left"))
    source.contents["data/pages/ivy.txt"] = b"other"

    assert verify(imported, blobs, source, source.sorted(), "w") == Verified(5)
