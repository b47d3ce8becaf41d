"""Which template a new page begins with."""

import pytest
from sqlalchemy.orm import Session

from app.domain.viewer import ANYONE
from app.services.beginnings import beginning_of
from app.store.exchange import NamespaceTemplate

TEMPLATES = [("", True, "root"), ("a", True, "deep @PAGE@"), ("a", False, "own"), ("a:b:c", False, "c")]


@pytest.mark.parametrize(
    ("name", "text"),
    [("x", "root"), ("z:x", "root"), ("a:x", "own"), ("a:b:x", "deep x"), ("a:b:c:x", "c"), ("a:b:c:d:x", "deep x")],
)
def test_the_nearest_template_counts(session: Session, name: str, text: str) -> None:
    session.add_all(NamespaceTemplate(namespace=space, deep=deep, text=each) for space, deep, each in TEMPLATES)
    session.commit()
    assert beginning_of(session, name, viewer=ANYONE, now=0) == text


def test_without_templates_a_page_begins_empty(session: Session) -> None:
    assert beginning_of(session, "a:x", viewer=ANYONE, now=0) == ""
