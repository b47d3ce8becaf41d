"""What the setting ``wordblock`` holds off: texts and summaries of new versions, and versions that come back."""

import pytest
from sqlalchemy.orm import Session

from app.domain.errors import BlockedWords
from app.domain.viewer import Viewer
from app.services.config import save_setting
from app.services.pages import PageEdit, read_page, revert_page, save_page

ALICE = Viewer(login="alice", groups=frozenset({"user", "admin"}), is_admin=True)


def edit(text: str, summary: str = "", based_on: int | None = None) -> PageEdit:
    return PageEdit(name="start", text=text, summary=summary, based_on=based_on)


@pytest.mark.parametrize(("text", "summary"), [("buy PILLS now", ""), ("good", "pills")])
def test_blocked_words_are_not_saved(session: Session, text: str, summary: str) -> None:
    save_setting(session, "wordblock", "casino\npills", by=ALICE, now=1)
    with pytest.raises(BlockedWords):
        save_page(session, edit(text, summary), viewer=ALICE, now=2)
    assert not read_page(session, "start", viewer=ALICE).exists


def test_a_version_with_blocked_words_does_not_come_back(session: Session) -> None:
    first = save_page(session, edit("pills"), viewer=ALICE, now=1)
    save_page(session, edit("good", based_on=first.revision), viewer=ALICE, now=2)
    save_setting(session, "wordblock", "pills", by=ALICE, now=3)
    with pytest.raises(BlockedWords):
        revert_page(session, "start", 1, viewer=ALICE, now=4)
