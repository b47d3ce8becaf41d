"""The page where another wiki is brought in: who may, from where, and what is told."""

import io
import json
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Timer

import pytest
from sqlalchemy import delete, select

from app.domain.errors import BadValue
from app.exchange.dokuwiki import alone, import_job, import_places
from app.exchange.dokuwiki.importing import Options, Progress
from app.exchange.dokuwiki.report import FileLine, Report
from app.services import jobs
from app.services.work import run_due
from app.settings import Settings
from app.store.accounts import Audit
from app.store.database import transaction
from app.store.state import Job
from app.wiki import Wiki
from tests.conftest import NOW
from tests.exchange.tallies import counted
from tests.web.conftest import Browser

PAGE, BEGIN = "/_admin/import", "/_upload/import"
LATER = 4_000_000_000
OLDER = {  # the head of a report by an earlier version
    "place": "wiki", "begun_at": 1, "ended_at": 2, "dry_run": False, "exit_status": 0, "walked": 1, "accounted": 1,
    "left": 0, "counts": {"page": {"stored": 1}},
}  # fmt: skip


@dataclass
class Importer:
    """Stands for the import: notes what it is asked for. ``error``: how it ends."""

    error: Exception | None = None
    asked: list[tuple[bytes, Options]] = field(default_factory=list)

    def __call__(
        self, _wiki: Wiki, place: Path, options: Options, _progress: Callable[[Progress], None], now: Callable[[], int]
    ) -> Report:
        self.asked.append((place.read_bytes() if place.is_file() else place.name.encode(), options))
        if self.error:
            raise self.error
        files = (
            FileLine("data/pages/<ivy>.txt", "page", "left", "a link"),
            FileLine("conf/local.php", "conf", "changed", lines=((3, "changed", "no \x1b[31mred\x1b[0m"),)),
            FileLine("data/cache/x", "disposable", "left", "made anew"),
            *(FileLine(f"data/pages/p{number}.txt", "page", "stored") for number in range(250)),
        )
        return Report(
            str(place), NOW, now(), options.dry_run, len(files), counted(files), lambda: iter(files), {"pages": 1}
        )


@pytest.fixture
def importer(monkeypatch: pytest.MonkeyPatch) -> Importer:
    made = Importer()
    monkeypatch.setattr(import_job, "import_wiki", made)
    return made


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder that imports may come from, and one beside it."""
    (tmp_path / "old" / "wiki").mkdir(parents=True)
    (tmp_path / "secret").mkdir()
    (tmp_path / "old" / "out").symlink_to(tmp_path / "secret")
    return tmp_path / "old"


@pytest.fixture
def settings(settings: Settings, root: Path) -> Settings:
    return Settings(home=settings.home, database_url=settings.database_url, import_from=root)


def work(people: Wiki) -> None:
    with people.sessions() as session:
        run_due(session, LATER, import_job.works(people))


def archive(content: bytes = b"bytes of an archive") -> dict[str, object]:
    return {"archive": (io.BytesIO(content), "../../my wiki.tar.gz")}


def test_an_archive_is_imported_by_a_worker_and_its_report_shown(
    people: Wiki, alice: Browser, importer: Importer
) -> None:
    assert alice.post(BEGIN, archive() | {"verify": "yes"}).status_code == 303
    waiting = alice.get(PAGE)
    work(people)
    done = alice.get(PAGE)

    assert importer.asked == [(b"bytes of an archive", Options(dry_run=False, verify=True))]
    assert waiting.headers["Refresh"]
    assert "Refresh" not in done.headers
    assert "data/pages/&lt;ivy&gt;.txt</code>" in done.text
    assert "mywiki.tar.gz was imported" in done.text
    assert json.loads(alice.get(f"{PAGE}/report.json").text)["left"] == 1
    assert "data/pages/<ivy>.txt" in alice.get(f"{PAGE}/report.txt").text
    assert str(people.settings.home) not in alice.get(f"{PAGE}/report.txt").text
    assert not list((people.settings.home / "imports").glob("uploaded-*")), "the archive is not kept"


def test_a_folder_below_the_one_that_is_open_is_imported(people: Wiki, alice: Browser, importer: Importer) -> None:
    assert alice.post(BEGIN, {"path": "wiki", "dry_run": "yes"}).status_code == 303
    work(people)

    assert importer.asked == [(b"wiki", Options(dry_run=True, verify=False))]


@pytest.mark.parametrize("path", ["..", "../secret", "out", "/etc", "/", "nothing", "wiki/../../secret", "wiki\x00"])
def test_nothing_else_of_the_server_is_opened(people: Wiki, alice: Browser, importer: Importer, path: str) -> None:
    answer = alice.post(BEGIN, {"path": path})
    work(people)

    assert answer.status_code == 400
    assert 'aria-invalid="true"' in answer.text
    assert importer.asked == []


def test_nothing_of_the_server_is_opened_where_no_folder_is(tmp_path: Path) -> None:
    with pytest.raises(BadValue):
        import_places.inside(None, str(tmp_path))


def test_something_has_to_be_chosen(people: Wiki, alice: Browser) -> None:
    answer = alice.post(BEGIN)

    assert answer.status_code == 400
    assert "Choose an archive" in answer.text


@pytest.mark.parametrize("form", [{"path": "wiki"}, None], ids=["path", "archive"])
def test_nobody_but_administrators_begins_one(
    people: Wiki, bob: Browser, eve: Browser, importer: Importer, form: dict[str, object] | None
) -> None:
    for visitor in (bob, eve):
        assert visitor.post(BEGIN, archive() if form is None else form).status_code == 403
    work(people)

    assert importer.asked == []
    assert not list((people.settings.home).glob("imports/uploaded-*"))


def test_another_site_cannot_begin_one(people: Wiki, alice: Browser, importer: Importer) -> None:
    assert alice.post_bare(BEGIN, {"path": "wiki"}).status_code == 400
    work(people)

    assert importer.asked == []


def test_one_runs_at_a_time(people: Wiki, alice: Browser) -> None:
    home = people.settings.home
    with import_job._lock(home) as free:
        assert free
        answer = alice.post(BEGIN, {"path": "wiki"})

    assert answer.status_code == 400
    assert "An import is running" in answer.text


def test_none_begins_while_a_command_stores(people: Wiki, alice: Browser) -> None:
    with alone.storing(alone.folder_of(people.settings.home)):
        assert "An import is running" in alice.post(BEGIN, archive()).text
    assert not list(people.settings.home.glob("imports/uploaded-*"))


def test_a_look_at_the_page_keeps_none_from_beginning(people: Wiki, alice: Browser, importer: Importer) -> None:
    """Whoever looks whether one runs holds the lock for a moment."""
    alice.post(BEGIN, {"path": "wiki"})
    with (alone.folder_of(people.settings.home) / "lock").open("ab") as file:
        assert alone.taken(file.fileno())
        Timer(0.1, file.close).start()
        work(people)

    assert len(importer.asked) == 1


def test_why_it_ended_early_is_told(people: Wiki, alice: Browser, importer: Importer) -> None:
    importer.error = BadValue(field="place", reason="This is no DokuWiki.")
    alice.post(BEGIN, {"path": "wiki"})
    work(people)

    assert "This is no DokuWiki." in alice.get(PAGE).text
    with people.sessions() as session:
        assert session.execute(select(Job).where(Job.kind == import_job.KIND)).first() is None, "not tried again"


def test_one_that_was_interrupted_can_be_begun_again(people: Wiki, alice: Browser, importer: Importer) -> None:
    home = people.settings.home
    shown = import_job._Shown(home, "wiki")
    shown.show(Progress(phase="storing", done=1, total=4, pages=1, revisions=2, bytes=3, seconds=1.0))

    page = alice.get(PAGE)
    assert "was interrupted" in page.text
    assert "Refresh" not in page.headers

    alice.post(BEGIN, {"path": "wiki"})
    work(people)
    assert len(importer.asked) == 1


def test_one_that_was_interrupted_goes_on_with_what_was_sent(people: Wiki, alice: Browser, importer: Importer) -> None:
    alice.post(BEGIN, archive() | {"verify": "yes"})
    taken_by_one_that_dies(people)

    assert "Go on" in alice.get(PAGE).text
    assert alice.post(BEGIN, {"go_on": "yes"}).status_code == 303
    work(people)
    assert importer.asked == [(b"bytes of an archive", Options(dry_run=False, verify=True))]
    assert "There is no import to go on with." in alice.post(BEGIN, {"go_on": "yes"}).text


def taken_by_one_that_dies(people: Wiki) -> None:
    with people.sessions() as session, transaction(session):
        job = session.execute(select(Job).where(Job.kind == import_job.KIND)).scalar_one()
        job.attempts, job.leased_until = 1, LATER + 1


def test_a_second_administrator_is_told_of_the_first(people: Wiki, alice: Browser, importer: Importer) -> None:
    alice.post(BEGIN, {"path": "wiki"})
    answer = alice.post(BEGIN, archive())
    work(people)

    assert answer.status_code == 400
    assert "waits for its turn already" in answer.text
    assert [asked for asked, _ in importer.asked] == [b"wiki"], "nobody's import takes the place of another's"
    assert not list(people.settings.home.glob("imports/uploaded-*"))


def test_what_was_sent_is_nobody_elses_to_read(people: Wiki, alice: Browser) -> None:
    alice.post(BEGIN, archive())

    folder = people.settings.home / "imports"
    (kept,) = folder.glob("uploaded-*")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_what_a_program_left_that_died_is_swept_out(people: Wiki, alice: Browser, importer: Importer) -> None:
    folder = alone.folder_of(people.settings.home)
    left = [folder / "uploaded-1-half.tar.gz", folder / "import-abc" / "data", folder / "report.txt.7.tmp"]
    left[1].mkdir(parents=True)
    for path in (left[0], left[2], folder / "report.txt"):
        path.write_text("part of it")
    for path in (left[0], left[1].parent, left[2], folder / "report.txt"):
        os.utime(path, (NOW, NOW))
    fresh = folder / "uploaded-2-being-sent.zip"
    fresh.write_text("more to come")

    import_job.works(people)

    assert [path.exists() for path in left] == [False, False, False]
    assert fresh.exists()
    assert (folder / "report.txt").exists()


@pytest.mark.parametrize("where", ["link", "outside", "gone", "closed"])
def test_where_it_comes_from_is_asked_again_when_it_begins(
    people: Wiki, root: Path, importer: Importer, where: str
) -> None:
    """Between the question and its turn a folder may have become a link, and a payload another one."""
    place = (root / "wiki").resolve()
    if where == "link":
        (root / "wiki").rmdir()
        (root / "wiki").symlink_to(root.parent / "secret")
    elif where == "gone":
        (root / "wiki").rmdir()
    elif where == "outside":
        place = root.parent / "secret"
    home = people.settings.home
    if where == "closed":
        with pytest.raises(BadValue):
            import_places.checked_again(home, None, place)
        return
    with people.sessions() as session, transaction(session):
        jobs.add(session, import_job.KIND, {"place": str(place), "dry_run": False, "verify": False}, now=NOW)
    work(people)

    assert importer.asked == []
    with people.sessions() as session:
        assert import_job.state_of(session, home).error == import_places.OUTSIDE


def test_a_job_that_was_taken_away_leaves_the_form(people: Wiki, alice: Browser) -> None:
    alice.post(BEGIN, {"path": "wiki"})
    with people.sessions() as session, transaction(session):
        session.execute(delete(Job))

    assert 'name="archive"' in alice.get(PAGE).text


def test_what_an_older_version_wrote_about_an_import_is_read(people: Wiki, alice: Browser) -> None:
    folder = alone.folder_of(people.settings.home)
    (folder / "progress.json").write_text('{"place": "wiki", "speed": 7}')
    for written in ("of another kind", '{"place": "wiki", "files": [\n]}', json.dumps(OLDER)[:-1] + ', "files": [\n]}'):
        (folder / "report.json").write_text(written)
        page = alice.get(PAGE)
        assert page.status_code == 200
    assert "Nothing was left out." in page.text


@pytest.fixture
def reported(people: Wiki, alice: Browser, importer: Importer) -> Browser:
    alice.post(BEGIN, {"path": "wiki"})
    work(people)
    return alice


@pytest.mark.parametrize(
    ("query", "there", "not_there"),
    [
        pytest.param("", ["&lt;ivy&gt;", "a link"], ["local.php", "p1.txt", "cache/x"], id="what was left out first"),
        pytest.param("?show=changed", ["conf/local.php:3"], ["ivy"], id="what changed, by line"),
        pytest.param("?show=unneeded", ["data/cache/x"], ["ivy"], id="what nobody needs stands apart"),
        pytest.param("?show=all&q=P24", ["p24.txt", "p249.txt"], ["p25.txt"], id="words in any case"),
        pytest.param("?show=all&start=200", ["p200.txt", "start=100"], ["p100.txt"], id="a further stretch"),
        pytest.param("?show=all&start=9999999999999", ["p0.txt"], [], id="no number"),
        pytest.param("?show=%3Cb%3E&q=%3Cscript%3E", ["There is nothing of that kind."], ["<script>"], id="markup"),
    ],
)
def test_the_report_is_read_by_stretches(reported: Browser, query: str, there: list[str], not_there: list[str]) -> None:
    text = reported.get(PAGE + query).text

    assert [words for words in there if words not in text] == []
    assert [words for words in not_there if words in text] == []


def test_how_it_ended_is_recorded(reported: Browser, people: Wiki) -> None:
    with people.sessions() as session:
        act = session.execute(select(Audit).where(Audit.action == "import.end")).scalar_one()
    assert (act.actor, act.object) == ("alice", "job:import wiki")
    assert json.loads(act.after or "")["left out"] == 1


def test_how_far_it_is_is_shown(people: Wiki, alice: Browser) -> None:
    home = people.settings.home
    import_job._Shown(home, "wiki").show(Progress("storing", 1, 4, 1, 2, 3, 1.0))
    with import_job._lock(home):
        page = alice.get(PAGE)

    assert 'max="100" value="25"' in page.text
    assert page.headers["Refresh"]


def test_it_is_recorded_who_had_it_done(people: Wiki, alice: Browser) -> None:
    alice.post(BEGIN, {"path": "wiki"})

    with people.sessions() as session:
        act = session.execute(select(Audit).where(Audit.action == "import.begin")).scalar_one()
    assert (act.actor, act.object) == ("alice", "job:import wiki")


def test_what_the_folder_holds_is_offered(alice: Browser) -> None:
    assert '<option value="wiki">' in alice.get(PAGE).text
