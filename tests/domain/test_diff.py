import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.align import align
from app.domain.diff import Fold, TextDiff, compare


def sides(diff: TextDiff) -> tuple[str, str]:
    """Both texts, put together again from the rows."""
    old: list[str] = []
    new: list[str] = []
    for row in diff.rows:
        if isinstance(row, Fold):
            old += row.lines
            new += row.lines
            continue
        if row.old_number:
            old.append("".join(piece.text for piece in row.old))
        if row.new_number:
            new.append("".join(piece.text for piece in row.new))
    return "\n".join(old), "\n".join(new)


def sketch(old: str, new: str) -> str:
    """The rows in short: marked words in brackets, folds as their length."""
    signs = {"same": "=", "removed": "-", "added": "+", "changed": "~"}
    parts = []
    for item in compare(old, new).rows:
        if isinstance(item, Fold):
            parts.append(f"…{len(item.lines)}")
            continue
        texts = [
            "".join(f"[{p.text}]" if p.marked and item.kind == "changed" else p.text for p in side)
            for side in (item.old, item.new)
        ]
        parts.append(signs[item.kind] + "|".join(texts if item.kind == "changed" else [texts[0] or texts[1]]))
    return " ".join(parts)


@pytest.mark.parametrize(
    "old, new, expected",
    [
        pytest.param("", "", "", id="nothing"),
        pytest.param("a\nb", "a\nb", "…2", id="equal texts are folded"),
        pytest.param("", "a\nb", "+a +b", id="a new page"),
        pytest.param("a\nb", "", "-a -b", id="an emptied page"),
        pytest.param("a\nb\nc", "a\nc", "=a -b =c", id="a line gone"),
        pytest.param("a\nc", "a\nb\nc", "=a +b =c", id="a line more"),
        pytest.param("a\n", "a", "=a -", id="the last line end gone"),
        pytest.param("one two three", "one 2 three", "~one [two] three|one [2] three", id="a word changed"),
        pytest.param("one two", "one two three", "~one two|one two[ three]", id="a word more"),
        pytest.param(
            "see the red and old car now",
            "see the big blue car now",
            "~see the [red and old] car now|see the [big blue] car now",
            id="neighbouring words are marked as one",
        ),
        pytest.param("alpha beta", "gamma delta", "-alpha beta +gamma delta", id="another line is no changed line"),
        pytest.param("今日は雨", "今日は雪", "~今日は[雨]|今日は[雪]", id="a sign of a script without blanks"),
        pytest.param(
            "x\nthe cat sat here\ny",
            "x\nbrand new words\nthe cat sat there\ny",
            "=x +brand new words ~the cat sat [here]|the cat sat [there] =y",
            id="a changed line is found among new ones",
        ),
        pytest.param(
            "1\n2\n3\n4\n5\n6\n7\n8\n9", "1\n2\n3\n4\n5\n6\n7\n8\n9\n10", "…6 =7 =8 =9 +10", id="start folded"
        ),
        pytest.param("0\n1\n2\n3\n4", "1\n2\n3\n4", "-0 =1 =2 =3 =4", id="a single line is not folded"),
    ],
)
def test_rows_show_what_changed(old: str, new: str, expected: str) -> None:
    assert sketch(old, new) == expected


TEXT = st.lists(st.sampled_from(["", "a", "b", "a b c", "a b d", "x y", "== x =="]), max_size=25).map("\n".join)


@given(TEXT | st.text(), TEXT | st.text(), st.integers(0, 4))
def test_the_sides_put_together_are_the_texts(old: str, new: str, context: int) -> None:
    assert sides(compare(old, new, context)) == (old, new)


@given(TEXT, TEXT, st.integers(0, 4))
def test_numbers_count_the_lines_of_each_side(old: str, new: str, context: int) -> None:
    counted = [0, 0]
    for row in compare(old, new, context).rows:
        length = len(row.lines) if isinstance(row, Fold) else 1
        for side, number in enumerate((row.old_number, row.new_number)):
            if number:
                assert number == counted[side] + 1
                counted[side] += length
    assert counted == [text.count("\n") + bool(text) for text in (old, new)]


@given(TEXT, TEXT)
def test_counts_add_up(old: str, new: str) -> None:
    diff = compare(old, new)
    assert diff.added - diff.removed == (new.count("\n") + bool(new)) - (old.count("\n") + bool(old))
    assert (diff.added + diff.removed == 0) == (old == new)


def test_a_fold_holds_lines_that_are_the_same() -> None:
    text = [f"line {n}" for n in range(30)]
    diff = compare("\n".join([*text, "a"]), "\n".join(["new", *text, "b"]))
    folds = [item for item in diff.rows if isinstance(item, Fold)]
    assert folds == [Fold(4, 5, tuple(text[3:27]))]


def test_rows_beyond_the_limit_are_left_out_and_said_so() -> None:
    diff = compare("", "\n".join("abcdef"), limit=4)
    assert (len(diff.rows), diff.cut, diff.added) == (4, True, 6)
    assert not compare("", "\n".join("abcd"), limit=4).cut


def shortest(old: str, new: str) -> int:
    """Length of the longest common subsequence, the slow and certain way."""
    row = [0] * (len(new) + 1)
    for one in old:
        corner = 0
        for at, other in enumerate(new, 1):
            corner, row[at] = row[at], corner + 1 if one == other else max(row[at], row[at - 1])
    return row[-1]


@settings(max_examples=200)
@given(st.text("ab", max_size=30), st.text("ab", max_size=30))
def test_without_landmarks_as_much_as_possible_is_kept(old: str, new: str) -> None:
    old, new = f"aabb{old}bbaa", f"abab{new}baba"  # nothing stands once
    alignment = align(old, new)
    assert alignment.complete
    assert sum(run.length for run in alignment.runs) == shortest(old, new)
    assert all(old[r.old : r.old + r.length] == new[r.new : r.new + r.length] for r in alignment.runs)


def hostile() -> dict[str, tuple[str, str]]:
    dice = random.Random(1)
    few = ["a", "b", "c"]
    words = [f"w{n}" for n in range(50)]
    return {
        "lines of three kinds in any order": (
            "\n".join(dice.choices(few, k=700_000)),
            "\n".join(dice.choices(few, k=700_000)),
        ),
        "one line of many words": (" ".join(dice.choices(words, k=500_000)), " ".join(dice.choices(words, k=500_000))),
        "every line changed": (
            "\n".join(f"this is line {n} of old" for n in range(80_000)),
            "\n".join(f"this is line {n} of new" for n in range(80_000)),
        ),
        "the order of lines turned round": (
            "\n".join(str(n) for n in range(250_000)),
            "\n".join(str(n) for n in range(250_000, 0, -1)),
        ),
        "nothing but line ends": ("\n" * 2_000_000, "\n" * 1_900_000),
    }


@pytest.mark.parametrize("name", hostile())
def test_work_on_texts_of_two_megabytes_is_bounded(name: str) -> None:
    old, new = hostile()[name]
    start = time.process_time()
    diff = compare(old, new)
    assert time.process_time() - start < 8
    assert diff.cut or sides(diff) == (old, new)
