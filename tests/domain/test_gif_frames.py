from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from app.domain.gif_frames import MAX_STEPS, count_frames


def gif(frames: int) -> bytes:
    out = BytesIO()
    pictures = [Image.new("RGB", (9, 9), (number, 0, 0)) for number in range(frames)]
    pictures[0].save(out, "GIF", save_all=True, append_images=pictures[1:], comment=b"ivy" * 300, loop=0)
    return out.getvalue()


@pytest.mark.parametrize("frames", [1, 2, 40])
def test_frames_are_counted(frames: int) -> None:
    assert count_frames(gif(frames), 100) == frames


@pytest.mark.parametrize(
    ("body", "frames"),
    [
        pytest.param(gif(40), 11, id="no further than asked"),
        pytest.param(gif(3)[:-10], 3, id="cut off"),
        pytest.param(b"", 0, id="nothing"),
        pytest.param(b"GIF89a" + bytes(200), 0, id="no block that is known"),
        pytest.param(
            b"GIF89a" + bytes(7) + b"!\xfe" + b"\1a" * (MAX_STEPS + 1), 11, id="more blocks than are walked over"
        ),
    ],
)
def test_it_ends(body: bytes, frames: int) -> None:
    assert count_frames(body, 10) == frames


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_counted(rest: bytes) -> None:
    assert 0 <= count_frames(b"GIF89a" + rest, 5) <= 6
