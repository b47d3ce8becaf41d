"""A DokuWiki on a disk: walked and read without following anything out of it, unpacked within limits."""

import bz2
import gzip
import io
import lzma
import os
import random
import socket
import struct
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from app.exchange.dokuwiki import sources
from app.exchange.dokuwiki.model import SourceFile, Unreadable
from app.exchange.dokuwiki.sources import Limits, Source, open_source
from app.exchange.dokuwiki.unpacking import SECOND

AT = 1_600_000_000
SMALL = Limits(files=20, size=100_000, file=60_000, depth=5, refusals=3, index=2000)
FILES = {"data/pages/start.txt": b"climbs", "conf/local.php": b"<?php"}


def folder(root: Path, files: Mapping[str, bytes] = FILES) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (AT, AT))
    return root


def tar(files: Mapping[str, bytes | tarfile.TarInfo]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, content in files.items():
            about = content if isinstance(content, tarfile.TarInfo) else tarfile.TarInfo(name)
            if isinstance(content, bytes):
                about.size = len(content)
            about.mtime = AT
            archive.addfile(about, io.BytesIO(content) if isinstance(content, bytes) else None)
    return packed.getvalue()


def special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    about = tarfile.TarInfo(name)
    about.type, about.linkname = kind, target
    return about


def zipped(files: Mapping[str, bytes], mode: int = 0) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            about = zipfile.ZipInfo(name, (2020, 9, 13, 12, 26, 40))
            about.external_attr = mode << 16
            archive.writestr(about, content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def looked_at(
    tmp_path: Path, content: bytes, limits: Limits = SMALL
) -> tuple[dict[str, bytes], dict[str, str], Mapping[str, SourceFile]]:
    """What an archive gives, and what it does not with the reason."""
    place = tmp_path / "wiki.archive"
    place.write_bytes(content)
    with open_source(place, tmp_path / "space", limits) as source:
        files = {file.path: file for file in source.files()}
        good = {path: source.read(path, 10**6) for path, file in files.items() if not file.problem}
        return good, {path: file.problem for path, file in files.items() if file.problem}, files


def test_a_folder_is_walked_in_order_with_times(tmp_path: Path) -> None:
    with open_source(folder(tmp_path / "w"), tmp_path / "space") as source:
        assert list(source.files()) == [
            SourceFile("conf/local.php", 5, AT * SECOND),
            SourceFile("data/pages/start.txt", 6, AT * SECOND),
        ]
        assert source.read("data/pages/start.txt", 6) == b"climbs"
        assert source.is_folder("data/pages")
        assert not source.is_file("data/pages")
        assert source.is_file("conf/local.php")


def test_nothing_but_plain_files_is_opened(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"passwords")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "page.txt").write_bytes(b"passwords")
    pages = folder(tmp_path / "w") / "data" / "pages"
    (pages / "link.txt").symlink_to(tmp_path / "secret")
    (pages / "loop").symlink_to(pages)
    (pages / "out").symlink_to(tmp_path / "outside")
    os.mkfifo(pages / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as listening, open_source(tmp_path / "w", tmp_path / "space") as source:
        here = Path.cwd()
        os.chdir(pages)  # the name of a socket must be short
        listening.bind("door")
        os.chdir(here)
        found = {file.path.rpartition("/")[2]: file.problem for file in source.files()}

        assert found == {
            "local.php": "",
            "start.txt": "",
            "link.txt": sources.LINK,
            "loop": sources.LINK,
            "out": sources.LINK,
            "pipe.txt": sources.NO_FILE,
            "door": sources.NO_FILE,
        }
        for path in ("link.txt", "out/page.txt", "loop/start.txt", "pipe.txt", "../../../secret", "gone.txt", ""):
            with pytest.raises(Unreadable):
                source.read(f"data/pages/{path}", 100)


def test_a_folder_that_became_a_link_meanwhile_is_not_followed(tmp_path: Path) -> None:
    outside = folder(tmp_path / "outside", {"start.txt": b"passwords"})
    with open_source(folder(tmp_path / "w"), tmp_path / "space") as source:
        (path,) = [file.path for file in source.files() if file.path.endswith(".txt")]
        (tmp_path / "w/data/pages").rename(tmp_path / "old")
        (tmp_path / "w/data/pages").symlink_to(outside)

        with pytest.raises(Unreadable, match="link"):
            source.read(path, 100)


def test_names_that_are_no_text_and_files_that_are_too_long(tmp_path: Path) -> None:
    root = folder(tmp_path / "w")
    Path(os.fsdecode(os.fsencode(root) + b"/data/pages/caf\xe9.txt")).write_bytes(b"x")
    with (root / "data/pages/huge.txt").open("wb") as sparse:
        sparse.truncate(2**40)
    with open_source(root, tmp_path / "space") as source:
        names = [file.path for file in source.files()]

        assert "data/pages/caf\udce9.txt" in names
        assert source.read("data/pages/caf\udce9.txt", 1) == b"x"
        with pytest.raises(Unreadable, match="longer than 1000 bytes"):
            source.read("data/pages/huge.txt", 1000)


def test_folders_in_folders_without_end(tmp_path: Path) -> None:
    here = folder(tmp_path / "w")
    for _ in range(sources.DEEPEST + 3):
        here = here / "a"
        here.mkdir()
    with open_source(tmp_path / "w", tmp_path / "space") as source:
        assert [file.problem for file in source.files() if file.problem] == [sources.TOO_DEEP]


PACKERS: Mapping[str, Callable[[Mapping[str, bytes]], bytes]] = {
    "tar": tar,
    "tar.gz": lambda files: gzip.compress(tar(files), mtime=0),
    "tar.bz2": lambda files: bz2.compress(tar(files)),
    "tar.xz": lambda files: lzma.compress(tar(files)),
    "tar.xz in two streams": lambda files: lzma.compress(tar(files)[:700]) + lzma.compress(tar(files)[700:]),
    "zip": zipped,
}


@pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)
@pytest.mark.parametrize("below", ["", "dokuwiki/", "./", "./dokuwiki/", "lib/wiki/"])
def test_archives_of_all_kinds(tmp_path: Path, pack: Callable[[Mapping[str, bytes]], bytes], below: str) -> None:
    good, bad, files = looked_at(tmp_path, pack({f"{below}{name}": content for name, content in FILES.items()}))

    assert (good, bad) == (FILES, {})
    assert {file.changed_at for file in files.values()} == {AT * SECOND}
    assert list((tmp_path / "space").iterdir()) == []


@pytest.mark.parametrize("below", ["wiki/", "a/b/wiki/"])
def test_what_a_computer_adds_to_an_archive_lies_beside_the_wiki(tmp_path: Path, below: str) -> None:
    more = {"__MACOSX/wiki/._conf": b"x", ".DS_Store": b"x", f"{below}.DS_Store": b"x", "note.txt": b"x"}
    place = tmp_path / "wiki.zip"
    place.write_bytes(zipped({**{f"{below}{name}": content for name, content in FILES.items()}, **more}))

    with open_source(place, tmp_path / "space") as source:
        found = [file.path for file in source.files() if not file.problem]

    up = "../" * below.count("/")
    assert sorted(found) == sorted(
        [*FILES, ".DS_Store", f"{up}.DS_Store", f"{up}__MACOSX/wiki/._conf", f"{up}note.txt"]
    )


def test_of_two_wikis_none_is_chosen(tmp_path: Path) -> None:
    root = folder(tmp_path, {"one/data/pages/a.txt": b"a", "two/data/pages/a.txt": b"a"})
    with open_source(root, tmp_path / "space") as source:
        assert source.root == root


@pytest.mark.parametrize(
    "name",
    [
        "../evil.txt",
        "/etc/evil.txt",
        "data/../../evil.txt",
        "data\\evil.txt",
        "a/b/c/d/e/f/deep.txt",
        f"{'x' * 256}.txt",
    ],
)
@pytest.mark.parametrize("pack", [tar, zipped])
def test_names_that_lead_elsewhere(tmp_path: Path, name: str, pack: Callable[[Mapping[str, bytes]], bytes]) -> None:
    good, bad, _ = looked_at(tmp_path, pack({"data/pages/a.txt": b"a", name: b"evil", "data/pages/b.txt": b"b"}))

    assert good == {"data/pages/a.txt": b"a", "data/pages/b.txt": b"b"}
    assert len(bad) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["space", "wiki.archive"]


@pytest.mark.parametrize(
    "entry",
    [
        special("data/link.txt", tarfile.SYMTYPE, "/etc/passwd"),
        special("data/hard.txt", tarfile.LNKTYPE, "data/pages/a.txt"),
        special("data/device", tarfile.CHRTYPE),
        special("data/pipe", tarfile.FIFOTYPE),
    ],
    ids=["link", "hard link", "device", "pipe"],
)
def test_tar_makes_no_links_and_devices(tmp_path: Path, entry: tarfile.TarInfo) -> None:
    good, bad, _ = looked_at(tmp_path, tar({"data/pages/a.txt": b"a", entry.name: entry, "data/pages/b.txt": b"b"}))

    assert sorted(good) == ["data/pages/a.txt", "data/pages/b.txt"]
    assert list(bad) == [entry.name]


def test_zip_makes_no_links(tmp_path: Path) -> None:
    good, bad, _ = looked_at(tmp_path, zipped({"data/link": b"/etc/passwd"}, mode=0o120777))

    assert (good, list(bad)) == ({}, ["data/link"])


def test_a_link_and_then_a_file_through_it(tmp_path: Path) -> None:
    evil = special("data", tarfile.SYMTYPE, str(tmp_path))
    good, bad, _ = looked_at(tmp_path, tar({"data": evil, "data/evil.txt": b"evil"}))

    assert not (tmp_path / "evil.txt").exists()
    assert (good, list(bad)) == ({"data/evil.txt": b"evil"}, ["data"])


def test_a_name_that_stands_twice_counts_once(tmp_path: Path) -> None:
    twice = tar({"data/a.txt": b"first"})[:1024] + tar({"data/a.txt": b"second", "data/a.txt/b": b"below a file"})
    good, bad, _ = looked_at(tmp_path, twice)

    assert good == {"data/a.txt": b"first"}
    assert set(bad) == {"data/a.txt [entry 2]", "data/a.txt/b [entry 3]"}


@pytest.mark.parametrize(
    ("content", "stored"),
    [
        pytest.param(tar({"data/a": b"a", "data/b": b"\0" * 70_000, "data/c": b"c"}), "ac", id="a long file"),
        pytest.param(tar({f"data/{n}": b"\0" * 50_000 for n in "abcd"}), "ab", id="much in all"),
        pytest.param(zipped({f"data/{n}": b"\0" * 50_000 for n in "abcd"}), "ab", id="much in all, zip"),
        pytest.param(tar({f"data/{n}": b"" for n in "abcdefghijklmnopqrstuvwxyz"}), "abcdefghijklmnopqrst", id="many"),
    ],
)  # fmt: skip
def test_bombs_stop_at_the_limit(tmp_path: Path, content: bytes, stored: str) -> None:
    good, bad, _ = looked_at(tmp_path, content)

    assert "".join(path[-1] for path in good) == stored
    assert bad


def test_a_list_of_contents_that_would_fill_memory(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"\.tar\.gz"):
        looked_at(tmp_path, zipped({f"data/{number:050d}": b"" for number in range(40)}))


def test_a_note_that_would_fill_memory(tmp_path: Path) -> None:
    note = tarfile.TarInfo("././@PaxHeader")
    note.type, note.size = tarfile.XHDTYPE, 2**40
    good, bad, _ = looked_at(tmp_path, tar({"data/a": b"a"})[:1024] + note.tobuf(tarfile.GNU_FORMAT) + b"x" * 5000)

    assert (good, len(bad)) == ({"data/a": b"a"}, 1)


def test_of_many_refusals_some_are_named(tmp_path: Path) -> None:
    _, bad, _ = looked_at(tmp_path, tar({f"../{n}": b"x" for n in "abcdefgh"}))

    assert len(bad) == SMALL.refusals + 1
    assert bad["(others)"] == "5 more were refused."


WHOLE = tar({"data/a.txt": b"a", "data/b.txt": random.Random(1).randbytes(50_000)})


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(WHOLE[:3000], id="cut in a file"),
        pytest.param(WHOLE[:1100], id="cut in a header"),
        pytest.param(WHOLE[:1024], id="cut between files"),
        pytest.param(WHOLE[:1024] + b"junk" * 128 + WHOLE[1024:], id="junk between files"),
        pytest.param(gzip.compress(WHOLE, mtime=0)[:-900], id="packed and cut"),
        pytest.param(lzma.compress(WHOLE)[:-900], id="packed by xz and cut"),
    ],
)
def test_what_came_before_a_break_is_taken_and_the_break_is_told(tmp_path: Path, content: bytes) -> None:
    good, bad, _ = looked_at(tmp_path, content)

    assert good.keys() <= {"data/a.txt", "data/b.txt"}
    assert good.get("data/a.txt", b"a") == b"a"
    assert bad


def test_a_damaged_file_of_a_zip_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    packed = bytearray(zipped({"data/a.txt": b"ivy " * 9, "data/b.txt": b"b"}))
    at = packed.index(b"data/a.txt") + len("data/a.txt")
    packed[at + 2] ^= 0xFF
    good, bad, _ = looked_at(tmp_path, bytes(packed))

    assert (good, list(bad)) == ({"data/b.txt": b"b"}, ["data/a.txt"])


def test_an_encrypted_file_of_a_zip(tmp_path: Path) -> None:
    packed = bytearray(zipped({"data/a.txt": b"a"}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = packed.index(mark) + offset
        packed[at : at + 2] = struct.pack("<H", 1)
    good, bad, _ = looked_at(tmp_path, bytes(packed))

    assert good == {}
    assert "encrypted" in bad["data/a.txt"]


@pytest.mark.parametrize(
    "content", [b"", b"words", b"PK\x03\x04 and nothing", b"\x1f\x8b\x08", b"\xfd7zXZ\0xx", b"BZh9"]
)
def test_what_is_no_archive(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(Unreadable, match="no archive"):
        looked_at(tmp_path, content)


def test_a_place_where_nothing_is(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="no such file"), open_source(tmp_path / "gone", tmp_path / "space"):
        pass


def test_a_wiki_is_known_again_by_its_secret_and_else_by_its_place(tmp_path: Path) -> None:
    secret = {"data/meta/_htcookiesalt2": b"a" * 128}
    one, copy = folder(tmp_path / "one", secret), folder(tmp_path / "copy", secret)
    bare, other = folder(tmp_path / "bare"), folder(tmp_path / "other")

    def identity(root: Path) -> str:
        return Source(root, root).identity()

    assert identity(one) == identity(copy)
    assert len({identity(one), identity(bare), identity(other)}) == 3
    assert identity(bare) == identity(bare)
