"""The system page: what it runs on, how large it is, whether all is well."""

import pytest
from sqlalchemy import select, text

from app.services.machine import note_backup
from app.services.pages import PageEdit, save_page
from app.store.database import transaction
from app.store.state import Job
from app.wiki import Wiki
from tests.conftest import ALICE, NOW
from tests.web.conftest import Browser


def test_the_page_tells_what_the_wiki_runs_on_and_how_it_is(people: Wiki, alice: Browser) -> None:
    with people.sessions() as session:
        save_page(session, PageEdit("ivy", "words"), viewer=ALICE, now=NOW)
        note_backup(session, now=NOW)

    page = alice.get("/_admin/system").text

    for words in ("SQLite 3.", "<dt>Python</dt>", "Versions of pages", 'class="is-good"', "2025-06-15T15:06:40Z"):
        assert words in page
    assert 'class="is-bad"' not in page
    assert "files without bytes" not in page, "what takes long is asked for by a button"
    assert str(people.settings.home) not in page


def test_everything_is_examined_when_asked(people: Wiki, alice: Browser) -> None:
    with people.sessions() as session:
        save_page(session, PageEdit("ivy", "words"), viewer=ALICE, now=NOW)
        session.execute(text("UPDATE text SET size = size + 1"))
        session.commit()

    page = alice.post("/_admin/system").text

    assert "files without bytes" in page
    assert page.count('class="is-bad"') == 1
    assert "texts that are not what was stored" in page


def test_what_is_found_is_told_in_the_language_of_the_reader(people: Wiki, alice: Browser) -> None:
    page = alice.get("/_admin/system", headers={"Accept-Language": "fr"}).text

    assert "MiB free" not in page
    assert "answers, version" not in page


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nobody_else_sees_it(people: Wiki, bob: Browser, eve: Browser, method: str) -> None:
    for visitor in (bob, eve):
        answer = visitor.get("/_admin/system") if method == "GET" else visitor.post("/_admin/system")
        assert answer.status_code == 403


@pytest.fixture
def given_up(people: Wiki) -> int:
    """A letter that could not be sent, and one that waits."""
    with people.sessions() as session, transaction(session):
        session.add(Job(id=1, kind="x", payload="{}", due_at=NOW, attempts=7, failed=True, error="<no> such host"))
        session.add(Job(id=2, kind="y", payload="{}", due_at=NOW))
    return 1


def states(people: Wiki) -> dict[int, bool]:
    with people.sessions() as session:
        return dict(session.execute(select(Job.id, Job.failed)).all())


def test_work_that_failed_is_shown_with_its_reason(people: Wiki, alice: Browser, given_up: int) -> None:
    page = alice.get("/_admin/system").text

    assert "&lt;no&gt; such host" in page
    assert "1 was given up." in page
    assert page.count('class="is-bad"') == 2, "the job, and the check that tells of it"


@pytest.mark.parametrize(
    ("wanted", "left"), [("retry", {1: False, 2: False}), ("drop", {2: False})], ids=["again", "removed"]
)
def test_work_that_failed_is_tried_again_or_removed(
    people: Wiki, alice: Browser, given_up: int, wanted: str, left: dict[int, bool]
) -> None:
    assert alice.post("/_admin/system/jobs", {"id": str(given_up), "do": wanted}).status_code == 303

    assert states(people) == left
    assert f'"job.{wanted}"' in alice.get("/_admin/audit.jsonl").text


@pytest.mark.parametrize(
    ("form", "status"),
    [
        pytest.param({"id": "1", "do": "sell"}, 400, id="an act that is none"),
        pytest.param({"id": "one", "do": "drop"}, 400, id="no number"),
        pytest.param({"id": "9" * 40, "do": "drop"}, 400, id="a number without end"),
        pytest.param({"id": "77", "do": "drop"}, 404, id="a job that is gone"),
        pytest.param({}, 400, id="nothing"),
    ],
)
def test_what_names_no_job_changes_nothing(
    people: Wiki, alice: Browser, given_up: int, form: dict[str, str], status: int
) -> None:
    before = states(people)

    assert alice.post("/_admin/system/jobs", form).status_code == status
    assert states(people) == before


def test_jobs_are_for_administrators(people: Wiki, bob: Browser, given_up: int) -> None:
    assert bob.post("/_admin/system/jobs", {"id": "1", "do": "drop"}).status_code == 403
    assert len(states(people)) == 2
