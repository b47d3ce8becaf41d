"""Archives that are damaged or made to do harm: never an end of the import, never more than the limits."""

import bz2
import gzip
import io
import lzma
import random
import struct
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from app.exchange.dokuwiki.layout import find_layout
from app.exchange.dokuwiki.model import SourceFile, Unreadable
from app.exchange.dokuwiki.sources import Limits, open_source
from app.exchange.dokuwiki.tars import AFTER_END, CHECK, REST, SPARSE

PAGE = "data/pages/a.txt"
NOISE = random.Random(6).randbytes(20_000)


def tar(*entries: tuple[tarfile.TarInfo, bytes]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for about, content in entries:
            about.size = len(content)
            archive.addfile(about, io.BytesIO(content))
    return target.getvalue()


def entry(name: str, notes: dict[str, str] | None = None, *, link: bool = False) -> tarfile.TarInfo:
    about = tarfile.TarInfo(name)
    about.mtime = 1_700_000_001
    about.pax_headers = notes or {}
    if link:
        about.type, about.linkname = tarfile.SYMTYPE, "/etc/passwd"
    return about


def files(tmp_path: Path, content: bytes, limits: Limits = Limits()) -> list[SourceFile]:  # noqa: B008 it is frozen
    place = tmp_path / "wiki.archive"
    place.write_bytes(content)
    with open_source(place, tmp_path / "work", limits) as source:
        return list(source.files())


def problems(found: list[SourceFile]) -> dict[str, str]:
    return {file.path: file.problem for file in found}


def flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 255]) + content[at + 1 :]


ONE = tar((entry(PAGE), NOISE))
STORED = gzip.compress(ONE, 0)
XZ = lzma.compress(ONE)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(flipped(gzip.compress(ONE), -8), id="the sum itself"),
        pytest.param(flipped(STORED, STORED.find(NOISE[100:200])), id="a byte of a page"),
        pytest.param(gzip.compress(ONE)[:-8], id="the sum is cut off"),
    ],
)
def test_a_check_sum_that_does_not_fit_is_told(tmp_path: Path, content: bytes) -> None:
    assert problems(files(tmp_path, content)) == {PAGE: "", REST: CHECK}


@pytest.mark.parametrize("content", [flipped(XZ, -20), flipped(bz2.compress(ONE), -5)], ids=["xz", "bz2"])
def test_a_check_sum_of_a_block_counts_for_the_files_in_it(tmp_path: Path, content: bytes) -> None:
    assert all(problems(files(tmp_path, content)).values())


def test_a_whole_archive_has_no_problem_whatever_pads_it(tmp_path: Path) -> None:
    for content in (ONE, STORED, XZ, bz2.compress(ONE), ONE + bytes(100_000)):
        assert problems(files(tmp_path, content)) == {PAGE: ""}


@pytest.mark.parametrize("tail", [b"x" * 20_000, bytes(20_000) + b"x", tar((entry("b.txt"), NOISE))])
def test_what_comes_after_the_end_is_told(tmp_path: Path, tail: bytes) -> None:
    assert problems(files(tmp_path, ONE + tail)) == {PAGE: "", REST: AFTER_END}


@pytest.mark.parametrize("time", ["inf", "-inf", "nan", "1e400"])
def test_times_that_cannot_be(tmp_path: Path, time: str) -> None:
    found = files(tmp_path, tar((entry(PAGE, {"mtime": time}), b"x"), (entry("data/pages/b.txt"), b"y")))
    assert [(file.changed_at // 10**9, file.problem) for file in found] == [(0, ""), (1_700_000_001, "")]


def test_notes_about_notes_without_end(tmp_path: Path) -> None:
    note = tarfile.TarInfo("note")
    note.type, note.size = tarfile.XHDTYPE, 19
    chain = (note.tobuf(tarfile.USTAR_FORMAT) + b"19 comment=abcdefg\n".ljust(512, b"\0")) * 3000
    assert list(problems(files(tmp_path, ONE[: 512 + 20_480] + chain + ONE))) == [PAGE, REST]
    with pytest.raises(Unreadable):
        files(tmp_path, chain + ONE)


@pytest.mark.parametrize("link_first", [True, False])
@pytest.mark.parametrize("below", ["", "wiki/"])
def test_each_file_has_a_path_of_its_own(tmp_path: Path, below: str, *, link_first: bool) -> None:
    twice = [(entry(below + PAGE), b"x"), (entry(below + PAGE, link=True), b"")]
    found = files(tmp_path, tar(*(reversed(twice) if link_first else twice)))
    assert [(file.path, bool(file.problem)) for file in found] == [(PAGE, False), (f"{PAGE} [2]", True)]


def sparse(size: int, lists: int) -> bytes:
    """The head of a file of one hole, and ``lists`` blocks that say where it is none."""
    about = tarfile.TarInfo("data/pages/s.txt")
    about.type = tarfile.GNUTYPE_SPARSE
    head = bytearray(about.tobuf(tarfile.GNU_FORMAT))
    head[482] = bool(lists)
    head[483:495] = b"%011o\0" % size
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    block = (b"%011o\0" % 1) * 42
    return bytes(head) + b"".join(block.ljust(504) + bytes([at < lists - 1]) + bytes(7) for at in range(lists))


@pytest.mark.parametrize("content", [sparse(1 << 40, 0), sparse(1, 20_000)], ids=["a hole", "a list of holes"])
def test_holes_fill_neither_disk_nor_memory(tmp_path: Path, content: bytes) -> None:
    packed = gzip.compress(ONE[: 512 + 20_480] + content + ONE, 1)
    tracemalloc.start()
    try:
        assert problems(files(tmp_path, packed)) == {PAGE: "", REST: SPARSE}
        assert tracemalloc.get_traced_memory()[1] < 10 << 20
    finally:
        tracemalloc.stop()


def test_holes_in_the_newer_way(tmp_path: Path) -> None:
    notes = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "s", "GNU.sparse.realsize": "9"}
    content = tar((entry(PAGE), b"x"), (entry("data/pages/s.txt", notes), b"1\n0\n9\n".ljust(512, b"\0")))
    assert problems(files(tmp_path, content)) == {PAGE: "", REST: SPARSE}


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_an_archive_may_not_grow_more_than_so_many_times(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    found = files(tmp_path, pack(tar((entry(PAGE), bytes(5 << 20)))), Limits(small=1 << 20))
    assert [file.path for file in found] == [REST]


def test_a_zip_that_tells_its_length_in_two_ways(tmp_path: Path) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for number in range(100):
            archive.writestr(f"data/pages/p{number}.txt", "x")
    whole = target.getvalue()
    end = whole.rfind(b"PK\5\6")
    length, start = struct.unpack("<LL", whole[end + 12 : end + 20])

    def record(length: int) -> bytes:
        return struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 100, 100, length, start + 56)

    body = whole[:start] + record(10) + whole[start:end] + record(length)
    unknown = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    content = body + struct.pack("<4sLQL", b"PK\6\7", 0, start, 1) + unknown
    assert len(files(tmp_path, content)) == 100
    with pytest.raises(Unreadable):
        files(tmp_path, content, Limits(index=1000))


def test_a_wiki_of_links_is_told_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "real" / "pages").mkdir(parents=True)
    (tmp_path / "wiki").mkdir()
    (tmp_path / "wiki" / "data").symlink_to(tmp_path / "real")
    with open_source(tmp_path / "wiki", tmp_path / "work") as source, pytest.raises(Unreadable, match="Links are not"):
        find_layout(source)


def test_an_archive_in_an_archive_is_a_file_like_others(tmp_path: Path) -> None:
    content = b"page"
    for _ in range(6):  # each unpacks to many of the next, if anybody did
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(10):
                archive.writestr(f"data/media/{number}.zip", content)
        content = target.getvalue()
    found = files(tmp_path, content)
    assert [file.path for file in found] == [f"data/media/{number}.zip" for number in range(10)]
    assert sum(file.size for file in found) < 1 << 20
