"""What exports for readers share: the wiki at one moment, as somebody may read it."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.errors import BadValue
from app.domain.stretches import stretches
from app.domain.viewer import ANYONE, Viewer
from app.domain.wiki_settings import WikiSettings
from app.exchange.export_report import ExportReport
from app.exchange.exported import FOR_OWNER, Exported, ExportProgress, hold_moment, write_or_tell
from app.exchange.new_folder import NewFolder
from app.services.accounts import find_account
from app.services.feeds import FETCHER
from app.services.media import MediaView
from app.services.media_list import all_media
from app.services.permissions import visible_to
from app.services.setting_rows import load_settings
from app.store.blobs import Blobs
from app.store.media import Media
from app.store.pages import Page, Redirect

CHUNK = 500  # names asked for in one statement
CANNOT_SIGN_IN = "This person cannot sign in, so they read nothing. Name somebody else."


class Signing(Exported, Protocol):
    """The same with what addresses of pictures are signed by."""

    @property
    def secret(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Options:
    """``viewer``: what he may read goes out, and nothing else. ``now``: seconds UTC."""

    now: int
    viewer: Viewer = ANYONE

    @property
    def mode(self) -> int:
        """Who may open the folder that is made: on a shared machine not everybody may read what one person may."""
        return 0o777 if self.viewer == ANYONE else FOR_OWNER


@dataclass(slots=True)
class Leaving:
    """One export while it runs."""

    session: Session
    blobs: Blobs
    secret: bytes
    viewer: Viewer
    now: int
    settings: WikiSettings
    progress: Callable[[ExportProgress], None]
    total: int
    report: ExportReport = field(default_factory=ExportReport)
    done: int = 0

    def step(self) -> None:
        self.done += 1
        self.progress(ExportProgress(self.done, self.total))

    def existing(self, names: Iterable[str]) -> dict[str, str]:
        """Of ``names`` those that lead to a page that the viewer may read, each with the name that page has."""
        found: dict[str, str] = {}
        there = Page.current_id.is_not(None), visible_to(self.session, self.viewer, Page)
        for some in stretches(sorted(set(names)), CHUNK):
            moved = select(Redirect.name, Page.name).join(Page, Page.id == Redirect.page_id)
            old_names = self.session.execute(moved.where(Redirect.name.in_(some), *there))
            found |= {row[0]: row[1] for row in old_names}
            rows = self.session.execute(select(Page.name).where(Page.name.in_(some), *there))
            found |= {name: name for name in rows.scalars()}
        return found

    def write(self, folder: NewFolder, path: str, content: Iterable[bytes], at: int | None = None) -> bool:
        """One file; False, and a line in the report, where it cannot be written."""
        return write_or_tell(folder, self.report, path, content, at)

    def files(self) -> Iterator[MediaView]:
        yield from all_media(self.session, viewer=self.viewer)

    def bytes_of(self, file: MediaView) -> Iterator[bytes]:
        """Raises: FileNotFoundError, when the first of them is asked for."""
        yield from self.blobs.read(file.sha256)


@contextmanager
def leaving(wiki: Signing, options: Options, progress: Callable[[ExportProgress], None]) -> Iterator[Leaving]:
    """The wiki as it is at one moment, whatever is saved meanwhile. Nothing in it changes, nothing is fetched."""
    with wiki.sessions() as session:
        session.info.pop(FETCHER, None)  # feeds as they were fetched last
        hold_moment(session)
        counts = [
            session.execute(
                select(func.count())
                .select_from(table)
                .where(table.current_id.is_not(None), visible_to(session, options.viewer, table))
            ).scalar_one()
            for table in (Page, Media)
        ]
        yield Leaving(
            session,
            wiki.blobs,
            wiki.secret,
            options.viewer,
            options.now,
            load_settings(session),
            progress,
            sum(counts),
        )


def reader_named(session: Session, login: str) -> Viewer:
    """Whoever signs in as ``login``, for ``Options``.

    Raises:
        NotFound: there is nobody of that name.
        BadValue: field ``as``; they cannot sign in.
    """
    person = find_account(session, login)
    if not person.active:
        raise BadValue(field="as", reason=CANNOT_SIGN_IN)
    return Viewer(login=person.login, groups=frozenset(person.groups), is_admin=person.is_admin)
