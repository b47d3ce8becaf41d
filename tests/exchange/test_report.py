"""The report of an import: counts, every file once, and what the exit status says."""

import io
import json
from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session, sessionmaker

from app.exchange.dokuwiki.plugins_met import PLUGINS, Meter
from app.exchange.dokuwiki.report import (
    Difference,
    FileLine,
    Report,
    Verified,
    files_of,
    from_ledger,
    shown,
    write_json,
    write_text,
)
from app.store.database import transaction
from app.store.exchange import ImportedFile
from tests.exchange.tallies import counted, lines_left

FILES = (
    FileLine("data/pages/ivy.txt", "page", "stored", size=4),
    FileLine("data/pages/oak.txt", "page", "changed", "its bytes are no UTF-8"),
    FileLine("data/meta/ivy.changes", "page_log", "stored", lines=((3, "left", "it has no time"),)),
    FileLine("data/pages/a\udcff.txt", "unreadable", "left", "a link"),
    FileLine("data/cache/x", "disposable", "left", "made anew"),
)


def report(files: tuple[FileLine, ...] = FILES, walked: int | None = None, verified: Verified | None = None) -> Report:
    return Report(
        place="/srv/old",
        begun_at=100,
        ended_at=107,
        dry_run=False,
        walked=len(files) if walked is None else walked,
        counts=counted(files),
        files=lambda: iter(files),
        stored={"pages": 2},
        verified=verified,
        left_lines=lines_left(files),
    )


@pytest.mark.parametrize(
    ("what", "status"),
    [
        (report(FILES[:2]), 0),
        (report(FILES[:2] + FILES[4:]), 0),  # caches are nobody's loss
        (report(FILES[2:3]), 1),  # a line is
        (report(), 1),
        (report(FILES[:2], walked=4), 1),
        (report(FILES[:2], verified=Verified(2)), 0),
        (report(FILES[:2], verified=Verified(2, 1, (Difference("x", "other bytes"),))), 1),
    ],
)
def test_the_status_says_whether_everything_came(what: Report, status: int) -> None:
    assert what.exit_status == status


def test_people_read_counts_first_and_then_what_is_not_as_it_was() -> None:
    stream = io.StringIO()

    write_text(report(), stream)

    lines = stream.getvalue().splitlines()
    assert lines[0] == "Imported /srv/old: 5 files in 7 s, 1 file and 1 line left out."
    assert "changed data/pages/oak.txt: its bytes are no UTF-8" in lines
    assert "left    data/meta/ivy.changes:3: it has no time" in lines
    assert "left    data/pages/a%FF.txt: a link" in lines
    assert not any("ivy.txt" in line for line in lines)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (FILES[:2], "nothing left out"),
        (FILES[2:3], "1 line left out"),
        ((FILES[3], FILES[3]), "2 files left out"),
    ],
)
def test_the_first_sentence_says_how_much_was_left(files: tuple[FileLine, ...], words: str) -> None:
    stream = io.StringIO()

    write_text(report(files), stream)

    assert stream.getvalue().splitlines()[0].endswith(f", {words}.")


def test_a_whole_report_names_every_file_once() -> None:
    stream = io.StringIO()

    write_text(report(), stream, every_file=True)

    for file in FILES:
        assert sum(line[8:].partition(": ")[0] == shown(file.path) for line in stream.getvalue().splitlines()) == 1


def test_programs_read_the_same_and_every_file_once() -> None:
    stream = io.StringIO()

    write_json(report(), stream)

    data = json.loads(stream.getvalue())
    assert (data["exit_status"], data["left"], data["walked"], data["accounted"]) == (1, 1, 5, 5)
    assert [file["path"] for file in data["files"]] == [shown(file.path) for file in FILES]
    assert data["files"][2]["lines"] == [[3, "left", "it has no time"]]


def test_an_empty_report_is_json_too() -> None:
    stream = io.StringIO()

    write_json(report(()), stream)

    assert json.loads(stream.getvalue())["files"] == []


@pytest.mark.parametrize(
    ("path", "words"), [("a\nb", "a%0Ab"), ("\x1b[2J", "%1B[2J"), ("é ü", "é ü"), ("\udc80", "%80")]
)
def test_no_path_reaches_a_terminal_as_more_than_text(path: str, words: str) -> None:
    assert shown(path) == words


def _rows(number: int, run: int) -> Iterator[ImportedFile]:
    for at in range(number):
        kind = "page" if at % 2 else "attic"
        yield ImportedFile(
            wiki="w",
            path_key=f"{run}-{at}",
            path=f"f{at}",
            run_id=run,
            kind=kind,
            size=1,
            changed_at=1,
            outcome="stored",
        )


def test_rows_of_a_run_are_read_batch_after_batch(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.exchange.dokuwiki.report.BATCH", 3)
    with transaction(session):
        session.add_all([*_rows(20, 1), *_rows(2, 2)])
    sessions = sessionmaker(session.get_bind())

    found = list(files_of(sessions, "w", 1)())
    made = from_ledger(sessions, "w", 1, place="/srv/old", begun_at=1, ended_at=2, walked=20)

    assert [file.kind for file in found] == ["page"] * 10 + ["attic"] * 10
    assert len({file.path for file in found}) == 20
    assert (made.accounted, made.exit_status, made.counts["page"]["stored"]) == (20, 0, 10)


def test_syntax_of_plugins_is_counted_by_use_and_page() -> None:
    meter = Meter()
    meter.read("<WRAP box>x</WRAP> <wrap em>y</wrap> {{tag>a b}}")
    meter.read("<wrap>z</wrap>")
    meter.read("{{gallery>x}} <graphviz>")
    meter.read("++++ more |\nx\n++++")

    assert [(one.name, one.uses, one.pages) for one in meter.met()] == [
        ("wrap", 3, 2),
        ("folded", 2, 1),
        ("gallery", 1, 1),
        ("graphviz", 1, 1),
        ("tag", 1, 1),
    ]


def test_what_is_no_syntax_of_a_plugin_is_not_counted() -> None:
    meter = Meter()
    meter.read("plain **words**, {{picture.png}}, <code>x</code>, <nowiki>a</nowiki> a < b, C++ and D, |<del>a</del>|")

    assert meter.met() == ()


def test_each_word_belongs_to_one_plugin() -> None:
    begins = [begin for plugin in PLUGINS for begin in plugin.begins]

    assert len(PLUGINS) >= 40
    assert len(begins) == len(set(begins))
    assert all(begin == begin.lower() for begin in begins)


def test_nothing_of_an_old_wiki_steers_the_terminal_or_forges_a_line() -> None:
    why = "“\x1b]0;x\x07\nstored  data/pages/forged.txt\u202e” cannot be taken"
    files = (FileLine("data/pages/a\x1b[2J\nb.txt", "page", "left", why, lines=((3, "left", why),)),)
    stream = io.StringIO()

    write_text(report(files), stream)

    text = stream.getvalue()
    assert all(char.isprintable() or char == "\n" for char in text)
    assert "\nstored  data/pages/forged.txt" not in text


def test_what_nobody_misses_is_counted_and_stands_only_among_all_files() -> None:
    short, whole = io.StringIO(), io.StringIO()
    write_text(report(), short)
    write_text(report(), whole, every_file=True)

    assert "data/cache/x" not in short.getvalue()
    assert "not needed" in short.getvalue()
    assert "data/cache/x: made anew" in whole.getvalue()
