"""The page where another wiki is brought in: who may, from where, and what is told."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select

from app.domain.errors import BadValue
from app.exchange.dokuwiki import import_job
from app.exchange.dokuwiki.importing import Options, Progress
from app.exchange.dokuwiki.report import FileLine, Report, counted
from app.services.work import run_due
from app.settings import Settings
from app.store.accounts import Audit
from app.store.state import Job
from app.wiki import Wiki
from tests.conftest import NOW
from tests.web.conftest import Browser

PAGE, BEGIN = "/_admin/import", "/_upload/import"
LATER = 4_000_000_000


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
        files = (FileLine("data/pages/<ivy>.txt", "page", "left", "a link"),)
        return Report(place.name, NOW, now(), options.dry_run, 1, counted(files), lambda: iter(files), {"pages": 1})


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
    assert "data/pages/&lt;ivy&gt;.txt: a link" in done.text
    assert json.loads(alice.get(f"{PAGE}/report.json").text)["left"] == 1
    assert "data/pages/<ivy>.txt" in alice.get(f"{PAGE}/report.txt").text
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
        import_job.inside(None, str(tmp_path))


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


def test_how_far_it_is_is_shown(people: Wiki, alice: Browser) -> None:
    home = people.settings.home
    import_job._Shown(home, "wiki").show(Progress("storing", 1, 4, 1, 2, 3, 1.0))
    with import_job._lock(home):
        page = alice.get(PAGE)

    assert '<progress max="100" value="25"' in page.text
    assert page.headers["Refresh"]


def test_it_is_recorded_who_had_it_done(people: Wiki, alice: Browser) -> None:
    alice.post(BEGIN, {"path": "wiki"})

    with people.sessions() as session:
        act = session.execute(select(Audit).where(Audit.action == "import.begin")).scalar_one()
    assert (act.actor, act.object) == ("alice", "job:import wiki")


def test_what_the_folder_holds_is_offered(alice: Browser) -> None:
    assert '<option value="wiki">' in alice.get(PAGE).text
