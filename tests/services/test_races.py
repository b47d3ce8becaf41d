"""Many people at once: no error page, no stale body, nothing lost."""

import random
from contextlib import suppress
from io import BytesIO
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.domain.errors import EditConflict
from app.services import writing
from app.services.media import Upload, put_media
from app.services.pages import PageEdit, read_page, save_page
from app.services.rendering import preview
from app.services.state import touch
from app.store.blobs import Blobs
from app.store.database import session_factory
from app.store.links import Rendered
from app.store.pages import Page, Text
from tests.conftest import BOB, EVE, NOW
from tests.services.test_rendering import SECRET, SETTINGS, save, show

PEOPLE = 4


class Crowd:
    """Run ``work(session, number)`` for several people at once, and collect what they met."""

    def __init__(self, engine: Engine) -> None:
        self._sessions = session_factory(engine)
        self._start = Barrier(PEOPLE, timeout=60)
        self.errors: list[BaseException] = []

    def run(self, work: object) -> None:
        threads = [Thread(target=self._one, args=(work, number)) for number in range(PEOPLE)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _one(self, work: object, number: int) -> None:
        assert callable(work)
        self._start.wait()
        try:
            with self._sessions() as session:
                work(session, number)
        except BaseException as error:  # noqa: BLE001 a thread's error must reach the test
            self.errors.append(error)


def test_a_body_made_before_a_save_does_not_outlive_it(
    session: Session, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader comes when a save dropped what it makes wrong and did not commit yet."""
    save(session, "a", "[[b]]")

    def touch_late(saving: Session) -> None:
        with session_factory(engine)() as reader:
            assert "wikilink2" in show(reader, "a").html
        touch(saving)

    monkeypatch.setattr(writing, "touch", touch_late)
    save(session, "b", "here I am")

    assert "wikilink1" in show(session, "a").html


def test_people_who_save_and_read_at_once_meet_no_error_and_leave_no_stale_body(engine: Engine) -> None:
    names = ["s", "s:start", "s:a", "s:b", "t"]

    def work(session: Session, number: int) -> None:
        dice = random.Random(number)
        for turn in range(25):
            text = " ".join(f"[[{name}]]" for name in dice.sample([*names, "s:"], 4))
            text = f"====== {dice.choice('AB')} ======\n{text} {number} {turn}" if dice.random() < 0.7 else ""
            with suppress(EditConflict):
                save(session, dice.choice(names), text)
            show(session, dice.choice(names))

    crowd = Crowd(engine)
    crowd.run(work)

    assert crowd.errors == []
    with session_factory(engine)() as session:
        for name in session.execute(select(Page.name).join(Rendered, Rendered.page_id == Page.id)).scalars().all():
            text = read_page(session, name, viewer=EVE).text
            fresh = preview(
                session, name, text, markup="dokuwiki", viewer=EVE, wiki_settings=SETTINGS, secret=SECRET, now=NOW
            )
            assert show(session, name) == fresh, name


def test_the_same_text_on_several_new_pages_at_once_is_stored_once(engine: Engine) -> None:
    def work(session: Session, number: int) -> None:
        for turn in range(5):
            save_page(session, PageEdit(f"p{number}:{turn}", f"the same {turn}"), viewer=BOB, now=NOW)

    crowd = Crowd(engine)
    crowd.run(work)

    assert crowd.errors == []
    with session_factory(engine)() as session:
        assert len(session.execute(select(Text.id)).all()) == 5


def test_a_file_uploaded_by_several_people_at_once_is_there(engine: Engine, blobs: Blobs) -> None:
    def work(session: Session, number: int) -> None:
        for turn in range(5):
            upload = Upload(f"f{turn}.pdf", BytesIO(b"%%PDF-1.4 %d" % number))
            put_media(session, blobs, upload, viewer=BOB, now=NOW)

    crowd = Crowd(engine)
    crowd.run(work)

    assert crowd.errors == []
