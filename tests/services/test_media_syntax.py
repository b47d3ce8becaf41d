"""What a text says of a file, read for whoever changes it."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from app.domain.access import Rule
from app.domain.markups import Markup
from app.domain.media_syntax import MediaMark, write_mark
from app.domain.viewer import Viewer
from app.domain.wiki_settings import WikiSettings
from app.services.media_syntax import LONGEST_MARK, FoundMark, read_mark
from app.services.rules import RuleChange, change_rules
from app.store.blobs import Blobs
from tests.conftest import ALICE, BOB, EVE, NOW
from tests.services.test_media import picture, put

LEAF = "garden:leaf.png"


def found(session: Session, text: str, markup: Markup = "dokuwiki", viewer: Viewer = BOB) -> FoundMark | None:
    return read_mark(session, text, page="garden:ivy", markup=markup, settings=WikiSettings(), viewer=viewer)


@pytest.mark.parametrize(
    ("text", "markup", "mark"),
    [
        ("{{leaf.png}}", "dokuwiki", MediaMark("leaf.png")),
        ("{{ a.png?20x10&nolink |A}}", "dokuwiki", MediaMark("a.png", "A", "", 20, 10, "center", "nolink")),
        ("{{..:garden:leaf.png|}}", "dokuwiki", MediaMark("..:garden:leaf.png", "")),
        ("{{leaf.png?nocache}}", "dokuwiki", MediaMark("leaf.png", cache="nocache")),
        ("{{leaf.png?200 |A}}", "markdown", MediaMark("leaf.png", "A", width=200, align="left")),
        ('![A](leaf.png?200&right "B")', "markdown", MediaMark("leaf.png", "A", "B", 200, align="right")),
    ],
)  # fmt: skip
def test_what_was_typed_is_read(session: Session, blobs: Blobs, text: str, markup: Markup, mark: MediaMark) -> None:
    put(session, blobs, LEAF, picture())
    read = found(session, text, markup)
    assert read is not None
    assert write_mark(read.mark, markup) == write_mark(replace(mark, as_typed=True), markup)
    assert read.name == f"garden:{mark.name.removeprefix('..:garden:')}"
    assert (read.file.width if read.file else None) == (30 if read.name == LEAF else None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "words",
        "{{rss>https://example.org}}",
        "{{backlinks>.}}",
        "{{a.png}} {{b.png}}",
        "{{a.png}} words",
        "[[page|{{a.png}}]]",
        "====== {{a.png}} ======",
        "{{a.png|" + "x" * LONGEST_MARK + "}}",
    ],
)
def test_what_is_not_one_file_is_none(session: Session, text: str) -> None:
    assert found(session, text) is None


def test_a_file_elsewhere_is_named_by_nothing_here(session: Session) -> None:
    read = found(session, "{{https://example.org/a.png?20}}")
    assert read is not None
    assert (read.mark.name, read.mark.width, read.name, read.file) == ("https://example.org/a.png", 20, "", None)


def test_a_file_that_may_not_be_seen_reads_as_one_that_is_not_there(session: Session, blobs: Blobs) -> None:
    put(session, blobs, LEAF, picture())
    change_rules(session, RuleChange(add=[Rule("garden:*", "@ALL", 0)]), by=ALICE, now=NOW)
    hidden, missing = found(session, "{{leaf.png}}", viewer=EVE), found(session, "{{root.png}}", viewer=EVE)
    assert hidden is not None
    assert missing is not None
    assert (hidden.file, missing.file) == (None, None)
