"""Source and result side by side: how the wiki's markups are written."""

from typing import NamedTuple

from sqlalchemy.orm import Session

from app.domain.markups import Markup
from app.domain.viewer import Viewer
from app.domain.wiki_settings import WikiSettings
from app.markup import Questions, filler, parse, questions, render
from app.markup.samples import samples
from app.services.facts import load_facts
from app.services.live import Reading
from app.services.permissions import sight_of

_PAGE = "wiki:syntax"  # where relative links and files of the examples begin


class Shown(NamedTuple):
    """An example and the HTML it gives."""

    group: str
    source: str
    html: str


def shown_samples(
    session: Session, markup: Markup, *, viewer: Viewer, settings: WikiSettings, secret: bytes, now: int
) -> tuple[Shown, ...]:
    """All examples of ``markup``, by group; what they name is looked up at once. ``secret`` signs sizes of pictures."""
    read = [(sample, parse(sample.source, settings, markup)) for sample in samples(markup, settings)]
    asks = _together([questions(document, _PAGE, settings) for _, document in read])
    facts = load_facts(session, asks, sight_of(session, viewer))
    fill = filler(Reading(session, viewer, settings, _PAGE, now))
    found = []
    for sample, document in read:
        parts = render(document, _PAGE, facts, settings, secret).parts
        html = "".join(part if isinstance(part, str) else fill(part) for part in parts)
        found.append(Shown(sample.group, sample.source, _without_ids(html)))
    return tuple(found)


def _together(asked: list[Questions]) -> Questions:
    return Questions(
        frozenset().union(*(each.pages for each in asked)),
        frozenset().union(*(each.media for each in asked)),
        frozenset().union(*(each.media_prefixes for each in asked)),
        folders=frozenset().union(*(each.folders for each in asked)),
    )


def _without_ids(html: str) -> str:
    """Ids are one page's own, and here many pages stand on one. In text a quotation mark is always written out."""
    return html.replace(' id="', ' data-id="')
