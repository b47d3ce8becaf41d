"""Compare with the recorded answers of a folder: ``python -m tests.conformance.run [DIR] [--show N] [--only NAME]``.

One line a group: ``NAME  SAME of TOTAL  PERCENT %``. Fails where a group is below its threshold in thresholds.json,
whatever the folder. A table whose feature does not exist yet prints ``not yet``.
"""

# ruff: noqa: T201 a program for the terminal
import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from app.domain.options import settings_with
from tests.conformance import sample_back, sample_wiki
from tests.conformance.cases import HTML_FILES, Case, find, read_cases, read_causes, read_rows
from tests.conformance.conform import tokens
from tests.conformance.departures import covered
from tests.conformance.sample_wiki import Statement
from tests.conformance.tables import CHECKS, FIELDS
from tests.conformance.world import SHIPPED, World

HERE = Path(__file__).parent
LATER = ("mixed.jsonl",)


@dataclass
class Report:
    """What was counted so far; ``failures``: groups below their threshold."""

    thresholds: dict[str, float]
    departed: int = 0
    read_otherwise: int = 0
    failures: list[str] = field(default_factory=list)

    def line(self, name: str, same: int, total: int) -> None:
        percent = 100 * same / total
        print(f"{name:28} {same:6} of {total:6}  {percent:6.2f} %")
        if percent < self.thresholds.get(name, self.thresholds["*"]):
            self.failures.append(name)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=HERE)
    parser.add_argument("--show", type=int, default=0, help="name this many cases that differ")
    parser.add_argument("--only", default="", help="one group or table")
    args = parser.parse_args()
    report = Report(json.loads((HERE / "thresholds.json").read_text("utf-8")))
    compare_html(args.folder, report, show=args.show, only=args.only)
    compare_tables(args.folder, report, show=args.show, only=args.only)
    compare_sample(args.folder, report, show=args.show, only=args.only)
    for name in report.failures:
        print(f"below its threshold: {name}", file=sys.stderr)
    print(f"{report.departed} cases differ as docs/markup-differences.md says and count as different above")
    print(f"{report.read_otherwise} cases of Markdown read otherwise: markdown_causes.json says why, row by row")
    return 1 if report.failures else 0


def compare_html(folder: Path, report: Report, *, show: int, only: str) -> None:
    """Every file of pages, group by group."""
    causes = {name for cause in read_causes() for name in cause.rows}
    world = World.load(folder / "world" if (folder / "world").is_dir() else HERE / "world")
    total: Counter[str] = Counter()
    same: Counter[str] = Counter()
    for case in _cases(folder, only):
        total[case.group] += 1
        wanted, got = tokens(case.html), tokens(rendered(case, world))
        if wanted == got:
            same[case.group] += 1
            continue
        if case.markup == "markdown":
            report.read_otherwise += 1
            known = case.name in causes
        else:
            known = covered(case.text, wanted, got)
            report.departed += known
        if show > 0:
            show -= 1
            print(f"differs{' as documented' if known else ''}: {case.name}", file=sys.stderr)
    for group in sorted(total):
        report.line(group, same[group], total[group])
    for name in LATER:
        if find(folder, name) and not only:
            print(f"{name.removesuffix('.jsonl'):28} not yet")


def _cases(folder: Path, only: str) -> Iterator[Case]:
    for name in HTML_FILES:
        path = find(folder, name)
        for case in read_cases(path) if path else ():
            if only in ("", case.group):
                yield case


def rendered(case: Case, world: World) -> str:
    if case.pages is not None:
        world = world.with_pages(list(case.pages))
    return world.body(case.text, case.page_id, settings_with(SHIPPED, case.config), case.markup)


def compare_tables(folder: Path, report: Report, *, show: int, only: str) -> None:
    """Every table that the folder has."""
    for path in sorted((folder / "tables").glob("*.jsonl*")):
        name = path.name.partition(".")[0]
        if only not in ("", name):
            continue
        check = CHECKS.get(name)
        if check is None:
            print(f"{'tables/' + name:28} not yet")
            continue
        rows = read_rows(path)
        fields = {f"{name}/{part}": of for part, of in FIELDS.get(name, {}).items()}
        for label, holds in {name: check, **fields}.items():
            wrong = [row for row in rows if not holds(row)]
            report.line(f"tables/{label}", len(rows) - len(wrong), len(rows))
            for row in wrong[:show]:
                print(f"differs: {json.dumps(row, ensure_ascii=False)[:300]}", file=sys.stderr)


def compare_sample(folder: Path, report: Report, *, show: int, only: str) -> None:
    """A whole wiki, where the folder has one: what it became here, and what goes out of it again."""
    if not (folder / "sample-wiki-expect.json").exists():
        return
    for name, made in (("sample-wiki", sample_wiki.statements), ("sample-wiki-back", sample_back.statements)):
        if only in ("", name):
            count_statements(name, made(folder), report, show=show)


def count_statements(name: str, statements: Iterable[Statement], report: Report, *, show: int) -> None:
    """One line for each kind of statement, and one for all."""
    total: Counter[str] = Counter()
    same: Counter[str] = Counter()
    for one in statements:
        total[one.group] += 1
        same[one.group] += one.wanted == one.got
        if one.wanted != one.got and show > 0:
            show -= 1
            print(f"differs: {one.group}: {one.about}: {_first_difference(one.wanted, one.got)}", file=sys.stderr)
    for group in sorted(total):
        report.line(f"{name}/{group}", same[group], total[group])
    report.line(name, same.total(), total.total())


def _first_difference(wanted: object, got: object) -> str:
    """Of two lists from where they part."""
    if isinstance(wanted, list) and isinstance(got, list):
        parting = next((at for at, pair in enumerate(zip(wanted, got, strict=False)) if pair[0] != pair[1]), 0)
        wanted, got = wanted[parting : parting + 4], got[parting : parting + 4]
    return f"wanted {str(wanted)[:400]} got {str(got)[:400]}"


if __name__ == "__main__":
    sys.exit(main())
