"""The runner in small: a sample of the cases in process, the thresholds, and each documented difference."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conformance import departures
from tests.conformance.cases import Case, read_cases, read_causes
from tests.conformance.conform import tokens
from tests.conformance.run import HERE, rendered
from tests.conformance.tables import CHECKS, FIELDS
from tests.conformance.world import World

ROOT = HERE.parents[1]


@pytest.fixture(scope="module")
def world() -> World:
    return World.load(HERE / "world")


def explained(case: Case, world: World) -> bool:
    wanted, got = tokens(case.html), tokens(rendered(case, world))
    return wanted == got or departures.covered(case.text, wanted, got)


@pytest.mark.parametrize("name", ["dokuwiki.jsonl", "config.jsonl"])
def test_every_case_agrees_or_differs_as_documented(name: str, world: World) -> None:
    assert [case.name for case in read_cases(HERE / name) if not explained(case, world)] == []


def test_a_sample_of_random_pages_agrees(world: World) -> None:
    sample = list(read_cases(HERE / "fuzz.jsonl.gz"))[::9]
    wrong = [case.name for case in sample if not explained(case, world)]
    assert len(wrong) <= len(sample) // 100


@pytest.mark.parametrize("name", [name for name, check in CHECKS.items() if check])
def test_every_row_of_a_table_agrees(name: str) -> None:
    checks = [CHECKS[name], *FIELDS.get(name, {}).values()]
    rows = [json.loads(line) for line in (HERE / "tables" / f"{name}.jsonl").read_text("utf-8").split("\n") if line]
    assert [row for check in checks if check for row in rows if not check(row)] == []


def test_a_group_below_its_threshold_fails_the_run(tmp_path: Path) -> None:
    case = {"name": "a", "group": "wrong", "id": "p", "text": "a", "html": "<p>b</p>"}
    (tmp_path / "dokuwiki.jsonl").write_text(json.dumps(case) + "\n", "utf-8")
    command = [sys.executable, "-m", "tests.conformance.run", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "wrong                             0 of      1    0.00 %" in done.stdout


def test_a_folder_of_the_same_form_passes(tmp_path: Path) -> None:
    case = {"name": "a", "group": "right", "id": "p", "text": "[[x]]", "pages": ["x"], "html": ""}
    case["html"] = '<p><a href="/x" class="wikilink1" title="x" data-wiki-id="x">x</a></p>'
    (tmp_path / "real.jsonl").write_text(json.dumps(case) + "\n", "utf-8")
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "search_query.jsonl").write_text("", "utf-8")
    command = [sys.executable, "-m", "tests.conformance.run", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[0] == "right                             1 of      1  100.00 %"
    assert lines[-2].startswith("0 cases differ")


def test_every_markdown_case_agrees_or_is_listed_with_its_cause(world: World) -> None:
    cases = list(read_cases(HERE / "markdown.jsonl"))
    different = {case.name for case in cases if tokens(case.html) != tokens(rendered(case, world))}
    listed = {name for cause in read_causes() for name in cause.rows}
    assert different == listed


def test_every_cause_of_markdown_is_written_down() -> None:
    page = (ROOT / "docs" / "markup-differences.md").read_text("utf-8")
    causes = read_causes()
    assert [cause.cause for cause in causes if f"| {cause.cause} | {cause.kind} | {cause.why} |" not in page] == []
    assert {cause.kind for cause in causes} <= {"github", "added"}
    assert len(causes) <= 12


# What the reference printed for a page, and the name of the rule that explains why ours is different.
DIFFERENT = [
    pytest.param("((a\n  * b ((c)) d\n))", "<p>whatever became of it</p>", id="notes_do_not_nest"),
    pytest.param(
        "**a ~~INFO:x~~ b**",
        "<p><strong>a </p>no info about x<p>b</strong></p>",
        id="spans_go_around_blocks",
    ),
]


@pytest.mark.parametrize("text, html", DIFFERENT)
def test_a_documented_difference_is_known(text: str, html: str, world: World) -> None:
    case = Case("a", "g", "test:page", text, html, {}, None)
    assert tokens(html) != tokens(rendered(case, world))
    assert explained(case, world)


def test_an_undocumented_difference_is_not_explained_away(world: World) -> None:
    assert not explained(Case("a", "g", "test:page", "**a**", "<p><em>a</em></p>", {}, None), world)


def test_every_rule_is_written_down_and_tried() -> None:
    names = {rule.__name__ for rule in departures.RULES}
    page = (ROOT / "docs" / "markup-differences.md").read_text("utf-8")
    assert {name for name in names if f"`{name}`" in page} == names
    assert {str(case.id) for case in DIFFERENT} == names
    assert len(names) <= 10
