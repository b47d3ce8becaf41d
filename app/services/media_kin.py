"""Files that go with a film or sound and are found by its name: other formats, poster, subtitles."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.markup.html.media import related, track_of
from app.store.media import Media

MOST = 50


def kin_of(session: Session, name: str) -> tuple[str, ...]:
    """Those that are there, in order; at most 50. They lie in the same namespace, so the same rights hold."""
    asked, prefixes = related(name)
    asked -= {name}
    if not asked:
        return ()
    beside = select(Media.name).where(Media.current_id.is_not(None)).order_by(Media.sort_key)
    found = set(session.execute(beside.where(Media.name.in_(asked))).scalars())
    for prefix in prefixes:
        named = session.execute(beside.where(Media.name.startswith(prefix, autoescape=True)).limit(MOST))
        found.update(each for each in named.scalars() if (track_of(each) or ("",))[0] == prefix[:-1])
    return tuple(sorted(found))[:MOST]
