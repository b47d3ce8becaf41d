import hashlib
import multiprocessing
import threading
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy.orm import Session

from app.domain.picture_sizes import Size
from app.services import pictures, thumbnails
from app.services.media import MediaView, Upload, put_media
from app.services.media_revisions import MediaInfo
from app.services.pictures import Made, PicturesBusy
from app.services.thumbnails import Thumb, thumbnail
from app.store.blobs import Blobs, local_blobs
from tests.conftest import BOB, NOW
from tests.services.attack_files import drawing

SMALL = Size(20, 0)


def body_of(kind: str = "PNG", size: tuple[int, int] = (80, 40)) -> bytes:
    """Of many colours, so that WebP is worth it."""
    out = BytesIO()
    Image.radial_gradient("L").resize(size).convert("RGB").save(out, kind)
    return out.getvalue()


def view(blobs: Blobs, body: bytes, mime: str = "image/png", size: tuple[int, int] | None = (80, 40)) -> MediaView:
    """A file as ``find_media`` tells of it, without a database."""
    kept = blobs.put(BytesIO(body), limit=10**9)
    width, height = size or (None, None)
    info = MediaInfo(
        1, NOW, 0, "bob", "", "", "create", False, "", None, True, kept.sha256, kept.size, mime, width, height, {}
    )
    return MediaView("a", kept.size, mime, False, width, height, kept.sha256, NOW, "bob", "", info, 1)


def read(blobs: Blobs, thumb: Thumb | None) -> bytes:
    assert thumb is not None
    body = b"".join(blobs.objects.read(thumb.key))
    assert len(body) == thumb.size_bytes
    return body


def kept(blobs: Blobs) -> list[str]:
    return sorted(entry.key for entry in blobs.objects.all("derived/"))


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[Size]:
    """What was made, each time."""
    asked: list[Size] = []

    def counted(path: Path, mime: str, size: Size) -> Made | None:
        asked.append(size)
        return pictures.resized(path, mime, size)

    monkeypatch.setattr(thumbnails, "resized", counted)
    return asked


def test_a_picture_that_came_is_shown_small(session: Session, blobs: Blobs) -> None:
    file = put_media(session, blobs, Upload("a.png", BytesIO(body_of())), viewer=BOB, now=NOW)
    thumb = thumbnail(blobs, file, SMALL, accept_webp=False)

    assert thumb is not None
    assert thumb.mime == "image/png"
    assert thumb.key == f"derived/{file.sha256[:2]}/{file.sha256[2:4]}/{file.sha256}-20x0.png"
    assert read(blobs, thumb).startswith(b"\x89PNG")
    assert list(blobs.all()) != []
    assert all(entry.key.startswith(file.sha256[:2]) for entry in blobs.all())


def test_it_is_webp_where_that_is_taken(blobs: Blobs) -> None:
    file = view(blobs, body_of())
    thumb = thumbnail(blobs, file, SMALL, accept_webp=True)

    assert thumb is not None
    assert (thumb.mime, thumb.key[-5:]) == ("image/webp", ".webp")
    assert read(blobs, thumb)[8:12] == b"WEBP"


def test_where_webp_is_larger_it_is_not_sent(blobs: Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thumbnails, "resized", lambda *_asked: Made(b"own", None))
    thumb = thumbnail(blobs, view(blobs, body_of()), SMALL, accept_webp=True)

    assert thumb == Thumb(kept(blobs)[0], "image/png", 3)


def test_what_is_webp_is_so_for_everybody(blobs: Blobs) -> None:
    file = view(blobs, body_of("WEBP"), "image/webp")

    assert thumbnail(blobs, file, SMALL, accept_webp=True) == thumbnail(blobs, file, SMALL, accept_webp=False)
    assert len(kept(blobs)) == 1


def test_each_size_is_another_picture(blobs: Blobs) -> None:
    file = view(blobs, body_of())
    sizes = [Size(20, 0), Size(0, 20), Size(20, 20), Size(20, 20, fit=True)]
    keys = {thumb.key for size in sizes if (thumb := thumbnail(blobs, file, size, accept_webp=False))}

    assert len(keys) == 4


@pytest.mark.parametrize(
    ("body", "mime", "shown", "size"),
    [
        pytest.param(drawing(""), "image/svg+xml", None, SMALL, id="a drawing"),
        pytest.param(b"%PDF-1.4", "application/pdf", None, SMALL, id="no picture"),
        pytest.param(b"\0\0\1\0", "image/vnd.microsoft.icon", (80, 40), SMALL, id="an icon"),
        pytest.param(body_of(), "image/png", None, SMALL, id="a picture of unknown size"),
        pytest.param(body_of(), "image/png", (80, 40), Size(80, 0), id="no smaller than it is"),
        pytest.param(body_of(), "image/png", (80, 40), Size(2001, 0), id="too large"),
        pytest.param(body_of(), "image/png", (80, 40), Size(0, 0), id="no size"),
    ],
)
def test_the_file_itself_is_sent(
    blobs: Blobs, body: bytes, mime: str, shown: tuple[int, int] | None, size: Size
) -> None:
    assert thumbnail(blobs, view(blobs, body, mime, shown), size, accept_webp=True) is None
    assert kept(blobs) == []


def test_what_was_made_is_not_made_again(blobs: Blobs, runs: list[Size]) -> None:
    file = view(blobs, body_of())
    for accept_webp in (False, True, False):
        assert thumbnail(blobs, file, SMALL, accept_webp=accept_webp)

    assert runs == [SMALL]


def test_what_cannot_be_made_is_tried_once(blobs: Blobs, runs: list[Size]) -> None:
    file = view(blobs, b"\x89PNG\r\n\x1a\n" + b"broken")
    for accept_webp in (False, True, False):
        assert thumbnail(blobs, file, SMALL, accept_webp=accept_webp) is None

    assert runs == [SMALL]


def test_what_could_not_be_made_for_want_of_room_is_tried_again(blobs: Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_asked: object) -> Made:
        raise PicturesBusy

    file = view(blobs, body_of())
    monkeypatch.setattr(thumbnails, "resized", busy)
    assert thumbnail(blobs, file, SMALL, accept_webp=True) is None
    assert kept(blobs) == []

    monkeypatch.setattr(thumbnails, "resized", pictures.resized)
    assert thumbnail(blobs, file, SMALL, accept_webp=True)


def test_a_store_that_is_down_breaks_nothing(blobs: Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_asked: object) -> None:
        raise OSError("no answer")

    file = view(blobs, body_of())
    monkeypatch.setattr(blobs.objects, "put", down)
    assert thumbnail(blobs, file, SMALL, accept_webp=True) is None

    monkeypatch.setattr(blobs.objects, "find", down)
    assert thumbnail(blobs, file, SMALL, accept_webp=True) is None


def test_bytes_that_are_gone_break_nothing(blobs: Blobs) -> None:
    file = view(blobs, body_of())
    blobs.remove(file.sha256)

    assert thumbnail(blobs, file, SMALL, accept_webp=True) is None
    assert kept(blobs) == []


def test_a_picture_that_was_cut_off_while_it_was_written_is_never_seen(
    blobs: Blobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed at any moment: a size is there whole, or not at all."""
    file = view(blobs, body_of())
    whole, put = [], blobs.objects.put

    def watched(key: str, path: Path) -> None:
        whole.append((key, hashlib.sha256(path.read_bytes()).hexdigest()))
        assert not any(entry.key == key for entry in blobs.objects.all("derived/"))
        put(key, path)

    monkeypatch.setattr(blobs.objects, "put", watched)
    assert thumbnail(blobs, file, SMALL, accept_webp=True)

    assert [key.rpartition(".")[2] for key, _ in whole] == ["webp", "png"], "the one that ends it comes last"
    for key, digest in whole:
        assert hashlib.sha256(b"".join(blobs.objects.read(key))).hexdigest() == digest


def test_a_burst_of_threads_makes_it_once(blobs: Blobs, runs: list[Size]) -> None:
    file = view(blobs, body_of(size=(800, 400)), size=(800, 400))
    found: list[Thumb | None] = []
    start = threading.Barrier(12, timeout=60)

    def work() -> None:
        start.wait()
        found.append(thumbnail(blobs, file, SMALL, accept_webp=True))

    threads = [threading.Thread(target=work) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert runs == [SMALL]
    assert len(found) == 12
    assert len({read(blobs, thumb) for thumb in found}) == 1


def ask(root: Path, marks: Path) -> None:
    """In a process of its own."""

    def counted(path: Path, mime: str, size: Size) -> Made | None:
        with marks.open("a") as file:
            file.write("made\n")
        return pictures.resized(path, mime, size)

    thumbnails.resized = counted  # type: ignore[attr-defined]  # it is imported there
    blobs = local_blobs(root)
    threads = [threading.Thread(target=several, args=(blobs, marks)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def several(blobs: Blobs, marks: Path) -> None:
    file = view(blobs, body_of(size=(800, 400)), size=(800, 400))
    thumb = thumbnail(blobs, file, SMALL, accept_webp=False)
    with marks.with_suffix(".answers").open("a") as answers:
        answers.write(f"{hashlib.sha256(read(blobs, thumb)).hexdigest()}\n")


def test_a_burst_of_processes_makes_it_once(tmp_path: Path) -> None:
    root, marks = tmp_path / "media", tmp_path / "marks"
    crowd = [multiprocessing.get_context("spawn").Process(target=ask, args=(root, marks)) for _ in range(3)]
    for process in crowd:
        process.start()
    for process in crowd:
        process.join()

    assert [process.exitcode for process in crowd] == [0, 0, 0]
    assert marks.read_text() == "made\n"
    answers = marks.with_suffix(".answers").read_text().split()
    assert len(answers) == 9
    assert len(set(answers)) == 1


def test_whoever_waits_too_long_gets_the_file_itself(blobs: Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thumbnails, "PATIENCE", 0.05)
    file = view(blobs, body_of())
    base = f"derived/{file.sha256[:2]}/{file.sha256[2:4]}/{file.sha256}-20x0"

    with thumbnails.turn(blobs.incoming, base, 0):  # type: ignore[attr-defined]  # it is imported there
        assert thumbnail(blobs, file, SMALL, accept_webp=True) is None
    assert thumbnail(blobs, file, SMALL, accept_webp=True)
