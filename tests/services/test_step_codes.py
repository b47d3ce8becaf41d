"""Codes of the second step, by the examples of RFC 6238 (its last six digits)."""

import pytest

from app.services import step_codes

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # 12345678901234567890


@pytest.mark.parametrize(
    ("now", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_standard(now: int, code: str) -> None:
    assert step_codes.step_of(SECRET, code, now) == now // 30


@pytest.mark.parametrize("typed", ["287 082", " 287082\t", "2 8 7 0 8 2"])
def test_blanks_do_not_matter(typed: str) -> None:
    assert step_codes.step_of(SECRET, typed, 59) == 1


@pytest.mark.parametrize(("now", "step"), [(30, 1), (59, 1), (60, 1), (89, 1), (90, None), (3000, None)])
def test_a_code_holds_one_step_before_and_after_its_own(now: int, step: int | None) -> None:
    assert step_codes.step_of(SECRET, "287082", now) == step


@pytest.mark.parametrize("typed", ["", "28708", "2870822", "28708x", "２８７０８２", "-87082", "28708\0"])
def test_what_is_no_code_is_of_no_step(typed: str) -> None:
    assert step_codes.step_of(SECRET, typed, 59) is None


def test_nobody_has_a_code_without_a_secret() -> None:
    assert step_codes.step_of("", "287082", 59) is None


def test_a_title_cannot_break_out_of_what_the_app_reads() -> None:
    address = step_codes.address_of(SECRET, "bob&secret=x", "Our: wiki?secret=y")

    assert address.startswith("otpauth://totp/Our%20%20wiki%3Fsecret%3Dy:bob%26secret%3Dx?secret=" + SECRET)
    assert address.count("&secret=") == 0


def test_the_picture_holds_nothing_but_shapes() -> None:
    picture = step_codes.picture_of(step_codes.address_of(SECRET, "<script>", 'A "wiki" & more'))

    assert "script" not in picture
    assert "style" not in picture
    assert picture.count("<path") == 2


def test_recovery_codes_are_long_and_easy_to_read() -> None:
    codes = {step_codes.new_recovery_code() for _ in range(200)}

    assert len(codes) == 200
    assert all(len(code) == 19 and not set(code) & set("il01o") for code in codes)


def test_a_recovery_code_is_stored_for_one_person_alone() -> None:
    code = "aaaa-bbbb-cccc-dddd"

    assert step_codes.stored_recovery_code(1, code) != step_codes.stored_recovery_code(2, code)
    assert step_codes.stored_recovery_code(1, "AAAABBBB ccccdddd") == step_codes.stored_recovery_code(1, code)
    assert step_codes.stored_recovery_code(1, "nonsense") == ""
