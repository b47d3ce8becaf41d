"""Pictures of other sizes, looked at pixel by pixel."""

import struct
import threading
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin

from app.domain.picture_sizes import Size
from app.services import pictures
from app.services.pictures import KINDS, Made, PicturesBusy, Room, resized
from tests.services.attack_files import ATTACKS, Attack, gif_of

RED, GREEN, BLUE = (254, 0, 0), (0, 128, 0), (0, 0, 254)
MIMES = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def halves(size: tuple[int, int] = (80, 40), mode: str = "RGB") -> Image.Image:
    """Red on the left, blue on the right."""
    picture = Image.new("RGB", size, RED)
    picture.paste(BLUE, (size[0] // 2, 0, *size))
    return picture.convert(mode)


def stored(folder: Path, picture: Image.Image, kind: str, **options: object) -> Path:
    path = folder / f"picture.{kind.lower()}"
    picture.save(path, kind, **options)
    return path


def make(path: Path, size: Size, kind: str) -> Made:
    made = resized(path, MIMES[kind], size)
    assert made is not None
    return made


def read(body: bytes | None) -> Image.Image:
    assert body is not None
    return Image.open(BytesIO(body))


def colours(picture: Image.Image) -> list[str]:
    """What is at the left, and at the right, as a person would say it."""
    shown = picture.convert("RGBA")
    found = []
    for x in (2, shown.width - 3):
        red, green, blue, alpha = shown.getpixel((x, shown.height // 2))  # type: ignore[misc]  # an RGBA picture
        names = {"red": red, "green": green, "blue": blue}
        found.append("nothing" if alpha < 40 else max(names, key=lambda name: names[name]))
    return found


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
@pytest.mark.parametrize(
    ("size", "made", "shown"),
    [
        pytest.param(Size(40, 0), (40, 20), ["red", "blue"], id="a width"),
        pytest.param(Size(0, 10), (20, 10), ["red", "blue"], id="a height"),
        pytest.param(Size(20, 20), (20, 20), ["red", "blue"], id="cut"),
        pytest.param(Size(20, 20, fit=True), (20, 10), ["red", "blue"], id="within"),
    ],
)
def test_sizes(folder: Path, kind: str, size: Size, made: tuple[int, int], shown: list[str]) -> None:
    result = make(stored(folder, halves(), kind), size, kind)

    for body in filter(None, (result.own, result.webp)):
        assert read(body).size == made
        assert colours(read(body)) == shown
    assert read(result.own).format == kind
    assert result.webp is None or len(result.webp) < len(result.own)


def test_a_cut_shows_the_middle(folder: Path) -> None:
    picture = Image.new("RGB", (300, 100), RED)
    picture.paste(GREEN, (100, 0, 200, 100))

    assert colours(read(make(stored(folder, picture, "PNG"), Size(50, 50), "PNG").own)) == ["green", "green"]


@pytest.mark.parametrize("size", [Size(80, 0), Size(200, 200, fit=True), Size(2001, 0), Size(0, 0)])
def test_what_is_not_smaller_is_not_made(folder: Path, size: Size) -> None:
    assert resized(stored(folder, halves(), "PNG"), "image/png", size) is None


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", [*range(9), 9, 255])
def test_what_a_camera_held_sideways_is_upright(folder: Path, kind: str, orientation: int) -> None:
    picture = Image.new("RGB", (80, 40), GREEN)
    picture.paste(RED, (0, 0, 20, 10))  # the corner that says which way it was turned
    exif = Image.Exif()
    exif[0x0112] = orientation
    result = read(make(stored(folder, picture, kind, exif=exif), Size(20, 20, fit=True), kind).own).convert("RGB")

    assert result.size == ((10, 20) if orientation in range(5, 9) else (20, 10))
    corners = {
        "top left": (1, 1),
        "top right": (result.width - 2, 1),
        "bottom right": (result.width - 2, result.height - 2),
        "bottom left": (1, result.height - 2),
    }
    places = {2: "top right", 3: "bottom right", 4: "bottom left", 6: "top right", 7: "bottom right", 8: "bottom left"}
    red = [place for place, at in corners.items() if result.getpixel(at)[0] > 150]  # type: ignore[index]  # a pixel
    assert red == [places.get(orientation, "top left")]


def secrets() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010E] = "belladone"
    exif.get_ifd(0x8825)[2] = (48.0, 51.0, 24.0)
    return exif


def app(marker: int, body: bytes) -> bytes:
    """A segment of a JPEG."""
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def with_all_notes(folder: Path, kind: str) -> Path:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    notes: dict[str, object] = {"exif": secrets(), "icc_profile": profile}
    if kind == "PNG":
        words = PngImagePlugin.PngInfo()
        words.add_text("Comment", "belladone")
        words.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>belladone</x:xmpmeta>")
        notes["pnginfo"] = words
    elif kind == "GIF":
        notes = {"comment": b"belladone"}
    else:
        notes["xmp"] = b"<x:xmpmeta>belladone</x:xmpmeta>"
    path = stored(folder, halves(), kind, **notes)
    if kind == "JPEG":
        iptc = app(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x0e\x1c\x02\x78\0\x09belladone")
        body = path.read_bytes()
        path.write_bytes(body[:2] + iptc + app(0xFE, b"belladone") + body[2:])
    assert b"belladone" in path.read_bytes()
    return path


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_nothing_of_what_the_camera_wrote_is_left(folder: Path, kind: str) -> None:
    made = make(with_all_notes(folder, kind), Size(20, 0), kind)

    notes = (b"belladone", b"Exif", b"EXIF", b"eXIf", b"xmp", b"XMP", b"8BIM", b"ICC", b"iCCP", b"tEXt", b"iTXt")
    for body in filter(None, (made.own, made.webp)):
        assert [note for note in notes if note in body] == []
        assert dict(read(body).getexif()) == {}


@pytest.mark.parametrize(
    ("mode", "kind", "made"),
    [
        ("1", "PNG", "RGB"),
        ("L", "PNG", "L"),
        ("L", "JPEG", "L"),
        ("LA", "PNG", "LA"),
        ("P", "PNG", "RGB"),
        ("P", "GIF", "P"),
        ("RGBA", "PNG", "RGBA"),
        ("RGBA", "WEBP", "RGB"),
        ("CMYK", "JPEG", "RGB"),
        ("I;16", "PNG", "L"),
    ],
)
def test_pixels_of_all_kinds(folder: Path, mode: str, kind: str, made: str) -> None:
    bright = 200 * 256 if mode == "I;16" else 200
    picture = (
        Image.new(mode, (80, 40), bright) if mode in ("1", "I;16") else Image.new("L", (80, 40), 200).convert(mode)
    )
    result = read(make(stored(folder, picture, kind), Size(20, 0), kind).own)

    assert result.mode == made
    darkest, brightest = result.convert("L").getextrema()
    assert abs(darkest - (255 if mode == "1" else 200)) < 12  # type: ignore[operator]  # of one band
    assert darkest == brightest


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "RGBA"), ("PNG", "P"), ("GIF", "RGBA"), ("WEBP", "RGBA")])
def test_what_is_transparent_stays_so(folder: Path, kind: str, mode: str) -> None:
    picture = Image.new("RGBA", (80, 40), (0, 0, 0, 0))
    picture.paste((*BLUE, 255), (40, 0, 80, 40))
    made = make(stored(folder, picture.quantize() if mode == "P" else picture, kind), Size(40, 0), kind)

    for body in filter(None, (made.own, made.webp)):
        assert colours(read(body)) == ["nothing", "blue"]


def swapped() -> bytes:
    """A profile in which red is blue, and blue red: whoever ignores it shows them the wrong way round."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    names = {bytes(profile[at : at + 4]): at for at in range(132, 132 + 12 * profile[131], 12)}
    red, blue = names[b"rXYZ"], names[b"bXYZ"]
    profile[red : red + 4], profile[blue : blue + 4] = b"bXYZ", b"rXYZ"
    return bytes(profile)


@pytest.mark.parametrize(
    ("kind", "mode"), [("JPEG", "RGB"), ("PNG", "RGB"), ("PNG", "RGBA"), ("WEBP", "RGB"), ("PNG", "P")]
)
def test_colours_are_as_their_profile_says(folder: Path, kind: str, mode: str) -> None:
    made = make(stored(folder, halves(mode=mode), kind, icc_profile=swapped()), Size(40, 0), kind)

    assert colours(read(made.own)) == ["blue", "red"]
    assert colours(read(made.own)) == colours(read(made.webp or made.own))


@pytest.mark.parametrize("profile", [b"", b"odd", swapped()[:200], b"x" * (pictures.MAX_PROFILE + 1)])
def test_a_profile_that_is_none_changes_nothing(folder: Path, profile: bytes) -> None:
    made = make(stored(folder, halves(), "WEBP", icc_profile=profile), Size(40, 0), "WEBP")

    assert colours(read(made.own)) == ["red", "blue"]


def moving(folder: Path, kind: str, frames: int = 5, size: tuple[int, int] = (80, 40), **options: object) -> Path:
    shown = [halves(size).rotate(180 * (number % 2)) for number in range(frames)]
    for number, frame in enumerate(shown):
        frame.putpixel((0, 0), (number * 9, 200, 0))  # no two alike: those would become one
    return stored(folder, shown[0], kind, save_all=True, append_images=shown[1:], duration=70, **{"loop": 0} | options)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_what_moves_goes_on_moving(folder: Path, kind: str) -> None:
    made = make(moving(folder, kind, lossless=True), Size(40, 0), kind)

    for body in filter(None, (made.own, made.webp)):
        picture = read(body)
        assert picture.size == (40, 20)
        assert picture.n_frames == 5  # type: ignore[attr-defined]  # it moves
        assert picture.info["loop"] == 0
        for number, first in enumerate(["red", "blue", "red"]):
            picture.seek(number)
            assert colours(picture)[0] == first
            assert picture.info["duration"] == 70


def test_a_picture_that_moves_once_does_so_once(folder: Path) -> None:
    path = moving(folder, "GIF", loop=None)
    made = make(path, Size(40, 0), "GIF")

    assert "loop" not in read(made.own).info
    assert made.webp is None or read(made.webp).info["loop"] == 1


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
@pytest.mark.parametrize(("name", "bound"), [("MAX_FRAMES", 4), ("MOVING", 80 * 40 * 4), ("MOVING_MADE", 40 * 20 * 4)])
def test_of_what_moves_for_too_long_the_first_frame_is_shown(
    folder: Path, monkeypatch: pytest.MonkeyPatch, kind: str, name: str, bound: int
) -> None:
    monkeypatch.setattr(pictures, name, bound)
    made = make(moving(folder, kind), Size(40, 0), kind)

    for body in filter(None, (made.own, made.webp)):
        assert getattr(read(body), "n_frames", 1) == 1
        assert colours(read(body)) == ["red", "blue"]


def test_a_frame_that_is_larger_than_the_picture_ends_it(folder: Path) -> None:
    body = bytearray(moving(folder, "GIF", 2).read_bytes())
    second = body.rindex(b",\0\0\0\0")
    body[second + 5 : second + 9] = struct.pack("<HH", 20_000, 20_000)
    path = folder / "a.gif"
    path.write_bytes(body)

    made = resized(path, "image/gif", Size(40, 0))
    assert made is None or getattr(read(made.own), "n_frames", 1) == 1


def test_a_telephone_writes_more_pictures_behind_one(folder: Path) -> None:
    path = stored(folder, halves(), "MPO", save_all=True, append_images=[Image.new("RGB", (80, 40), GREEN)])

    assert colours(read(make(path, Size(40, 0), "JPEG").own)) == ["red", "blue"]


@pytest.mark.parametrize("attack", [a for a in ATTACKS if a.body and not a.name.endswith("svg")], ids=lambda a: a.label)
@pytest.mark.parametrize("mime", KINDS)
def test_hostile_files_make_nothing_or_a_small_picture(folder: Path, attack: Attack, mime: str) -> None:
    path = folder / "a"
    path.write_bytes(attack.body)

    made = resized(path, mime, Size(5, 5))
    assert made is None or read(made.own).size == (5, 5)


@pytest.mark.filterwarnings("ignore::UserWarning")
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_makes_nothing_or_a_picture(tmp_path: Path, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(MIMES)))
    body = bytearray(with_all_notes(tmp_path, kind).read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        body[data.draw(st.integers(0, 9_999)) % len(body)] = data.draw(st.integers(0, 255))
    path = tmp_path / "damaged"
    path.write_bytes(body)

    made = resized(path, MIMES[kind], Size(20, 0))
    assert made is None or made.own


@pytest.mark.parametrize(
    ("options", "name", "bound", "makes"),
    [
        pytest.param({}, "AT_ONCE", 80 * 40, True, id="as many pixels as fit"),
        pytest.param({}, "AT_ONCE", 80 * 40 - 1, False, id="more pixels than fit"),
        pytest.param({"progressive": True}, "PASSES", 80 * 40 * 99, True, id="as many passes as are worth it"),
        pytest.param({"progressive": True}, "PASSES", 80 * 40 * 5, False, id="more passes than are worth it"),
    ],
)
def test_bounds(
    folder: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, object], name: str, bound: int, makes: bool
) -> None:
    monkeypatch.setattr(pictures, name, bound)
    monkeypatch.setattr(pictures, "ROOM", Room(pictures.AT_ONCE, 0))
    path = stored(folder, halves(), "JPEG", **options)

    assert (resized(path, "image/jpeg", Size(60, 0)) is not None) is makes


def test_webp_takes_the_room_of_two(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = stored(folder, halves(), "WEBP")

    for pixels, makes in ((80 * 40 * 2, True), (80 * 40 * 2 - 1, False)):
        monkeypatch.setattr(pictures, "ROOM", Room(pixels, 0))
        assert (resized(path, "image/webp", Size(40, 0)) is not None) is makes


def test_of_a_photograph_only_as_much_is_unpacked_as_is_shown(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "ROOM", Room(800 * 400 // 16, 0))
    path = stored(folder, halves((800, 400)), "JPEG")

    assert read(make(path, Size(80, 0), "JPEG").own).size == (80, 40)


def test_many_wait_for_room_and_not_for_ever(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = stored(folder, halves(), "PNG")
    room = Room(80 * 40, 0.05)
    monkeypatch.setattr(pictures, "ROOM", room)

    with room.taken(1), pytest.raises(PicturesBusy):
        resized(path, "image/png", Size(40, 0))
    assert resized(path, "image/png", Size(40, 0))


def test_no_more_is_unpacked_at_a_time_than_there_is_room(folder: Path) -> None:
    room, inside, most = Room(10, 30), 0, 0
    lock = threading.Lock()

    def work() -> None:
        nonlocal inside, most
        for _ in range(50):
            with room.taken(4):
                with lock:
                    inside += 1
                    most = max(most, inside)
                with lock:
                    inside -= 1

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert most <= 2
    with room.taken(10):
        pass


def test_many_frames_are_not_counted_first(folder: Path) -> None:
    path = folder / "a.gif"
    path.write_bytes(gif_of(30, 20, 200_000))

    assert resized(path, "image/gif", Size(5, 5))
