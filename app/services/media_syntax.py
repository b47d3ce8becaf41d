"""What stands in a text where it shows a file, read so that it can be changed."""

from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.domain.errors import NotFound
from app.domain.markups import Markup
from app.domain.media_syntax import MediaMark
from app.domain.resolve import resolve_media
from app.domain.viewer import Viewer
from app.domain.wiki_settings import WikiSettings
from app.markup import parse
from app.markup.nodes import Close, Event, Media, Open
from app.services.media import MediaView, find_media

LONGEST_MARK = 4000  # characters


@dataclass(frozen=True, slots=True)
class FoundMark:
    """``name`` of the file that is meant, "" where it lies elsewhere; ``file``: None where the viewer sees none."""

    mark: MediaMark
    name: str
    file: MediaView | None


def read_mark(
    session: Session, text: str, *, page: str, markup: Markup, settings: WikiSettings, viewer: Viewer
) -> FoundMark | None:
    """``text`` as the one file that it shows on the page called ``page``; None where it is anything else."""
    media = _only_media(text, markup, settings)
    if media is None:
        return None
    mark = MediaMark(
        media.source,
        media.title,
        hint=media.hint,
        width=media.width,
        height=media.height,
        align=media.align,
        linking=media.linking,
        cache="" if media.cache == "cache" else media.cache,
        as_typed=True,
    )
    if media.external:
        return FoundMark(mark, "", None)
    name = resolve_media(media.source.partition("#")[0], page, settings)
    return FoundMark(mark, name, _find(session, name, viewer))


def _only_media(text: str, markup: Markup, settings: WikiSettings) -> Media | None:
    if len(text) > LONGEST_MARK:
        return None
    found = [event for event in parse(text, settings, markup).events if not _is_around(event)]
    return found[0] if len(found) == 1 and isinstance(found[0], Media) else None


def _is_around(event: Event) -> bool:
    """A paragraph, and the blanks in it."""
    return (isinstance(event, Open | Close) and event.name == "p") or (isinstance(event, str) and not event.strip())


def _find(session: Session, name: str, viewer: Viewer) -> MediaView | None:
    with suppress(NotFound):
        return find_media(session, name, viewer=viewer) if name else None
    return None
