import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.domain.picture_sizes import MAX_SIDE, Plan, Size, plan

SIDES = st.integers(1, 20_000)
ASKED = st.builds(Size, st.integers(0, MAX_SIDE), st.integers(0, MAX_SIDE), st.booleans())


@pytest.mark.parametrize(
    ("source", "size", "made"),
    [
        pytest.param((400, 300), Size(200, 0), Plan((0, 0, 400, 300), 200, 150), id="a width: the height follows"),
        pytest.param((400, 300), Size(0, 30), Plan((0, 0, 400, 300), 40, 30), id="a height: the width follows"),
        pytest.param((400, 300), Size(100, 100), Plan((50, 0, 350, 300), 100, 100), id="both: cut left and right"),
        pytest.param((300, 400), Size(100, 100), Plan((0, 50, 300, 350), 100, 100), id="both: cut above and below"),
        pytest.param(
            (400, 300), Size(100, 100, fit=True), Plan((0, 0, 400, 300), 100, 75), id="both: the whole within"
        ),
        pytest.param((300, 400), Size(100, 100, fit=True), Plan((0, 0, 300, 400), 75, 100), id="the other way round"),
        pytest.param((400, 300), Size(100, 0, fit=True), Plan((0, 0, 400, 300), 100, 75), id="fit and one side"),
        pytest.param((400, 300), Size(400, 0), None, id="as large as it is"),
        pytest.param((400, 300), Size(800, 0), None, id="larger than it is"),
        pytest.param((400, 300), Size(800, 600), None, id="larger, in its own proportions"),
        pytest.param((400, 300), Size(800, 800), Plan((50, 0, 350, 300), 300, 300), id="larger: cut, not enlarged"),
        pytest.param(
            (400, 300), Size(800, 200), Plan((0, 100, 400, 200), 400, 100), id="wider: cut to the proportions"
        ),
        pytest.param((400, 300), Size(800, 800, fit=True), None, id="larger than it is, the whole within"),
        pytest.param((9000, 10), Size(100, 0), Plan((0, 0, 9000, 10), 100, 1), id="at least a pixel"),
        pytest.param((400, 300), Size(0, 0), None, id="nothing asked"),
        pytest.param((400, 300), Size(-1, 100), None, id="less than nothing"),
        pytest.param((9000, 9000), Size(2001, 10), None, id="too wide"),
        pytest.param((9000, 9000), Size(10, 2001), None, id="too high"),
        pytest.param((9000, 9000), Size(2000, 2000), Plan((0, 0, 9000, 9000), 2000, 2000), id="just not too large"),
        pytest.param((0, 300), Size(10, 10), None, id="no picture"),
    ],
)
def test_what_is_made(source: tuple[int, int], size: Size, made: Plan | None) -> None:
    assert plan(*source, size) == made


@settings(deadline=None)
@given(SIDES, SIDES, ASKED)
@example(1, 20_000, Size(1, 2000))
def test_nothing_is_enlarged_and_the_part_shown_lies_within(width: int, height: int, size: Size) -> None:
    made = plan(width, height, size)
    if made is None:
        return
    left, top, right, bottom = made.box
    assert 0 <= left < right <= width
    assert 0 <= top < bottom <= height
    assert 1 <= made.width <= right - left
    assert 1 <= made.height <= bottom - top
    assert made.width <= (size.width or width)
    assert made.height <= (size.height or height)


@settings(deadline=None)
@given(SIDES, SIDES, ASKED)
def test_the_whole_is_shown_unless_both_sides_are_asked(width: int, height: int, size: Size) -> None:
    made = plan(width, height, size)
    if made is not None and (size.fit or not (size.width and size.height)):
        assert made.box == (0, 0, width, height)
        # No side is off by more than the rounding to a pixel.
        assert abs(made.width * height - made.height * width) <= max(width, height)


@settings(deadline=None)
@given(SIDES, SIDES, ASKED)
def test_a_cut_is_in_the_middle_and_of_the_size_asked_where_there_is_enough(
    width: int, height: int, size: Size
) -> None:
    made = plan(width, height, size)
    if made is None or size.fit or not (size.width and size.height):
        return
    left, top, right, bottom = made.box
    assert 0 <= (width - right) - left <= 1
    assert 0 <= (height - bottom) - top <= 1
    assert (right - left) == width or (bottom - top) == height
    if width >= size.width and height >= size.height:
        assert (made.width, made.height) == (size.width, size.height)


@settings(deadline=None)
@given(SIDES, SIDES, ASKED)
def test_a_picture_that_lies_on_its_side_is_cut_alike(width: int, height: int, size: Size) -> None:
    made, turned = plan(width, height, size), plan(height, width, Size(size.height, size.width, size.fit))
    assert (made is None) == (turned is None)
    if made is not None and turned is not None:
        assert (made.width, made.height) == (turned.height, turned.width)
