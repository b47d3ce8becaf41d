"""A file gets another name: its history goes with it, and the pages that show or link it follow, all at once or not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from app.domain.access import media_scope
from app.domain.errors import NameTaken, NotFound
from app.domain.file_errors import AnotherType, NameWasUsed, NotRenamed, PagesChanging, TooWidelyUsed
from app.domain.markups import stored_markup
from app.domain.names import namespace_of, natural_key, page_name
from app.domain.stretches import stretches
from app.domain.texts import clean_summary
from app.domain.viewer import Viewer
from app.domain.wiki_settings import WikiSettings
from app.domain.wiki_tables import file_types
from app.markup.rewriting_media import rewrite_media
from app.services import graph, words
from app.services.askers import forget_media_askers
from app.services.links import Backlink, file_backlinks
from app.services.media import require_sight
from app.services.media_checks import OTHER, allowed_type, type_of
from app.services.media_kin import kin_of
from app.services.media_revisions import NewMedia, find_row, write_media
from app.services.paging import Slice
from app.services.permissions import Level, require
from app.services.quotas import require_space, space_taken
from app.services.scopes import count, place
from app.services.setting_rows import load_settings
from app.services.state import hold
from app.services.texts import unpack
from app.services.writing_many import PageText, write_many
from app.store.database import transaction
from app.store.links import Link
from app.store.media import Media, MediaRedirect, MediaRevision
from app.store.pages import Page, Revision, Text

MOST_PAGES = 5000  # changed in one go
MOST_TEXT = 16 * 1024 * 1024  # bytes of these pages together: they are read before anything is locked, and kept
TRIES = 3
CHUNK = 200  # pages read together


@dataclass(frozen=True, slots=True)
class MovePlan:
    """What a new name would change: pages that the viewer may read, and ``kin``, which go with a film or sound."""

    name: str
    pages: Slice[Backlink]
    kin: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """What somebody wants a file to be called. ``with_kin``: poster, subtitles and other formats, too."""

    name: str
    to: str
    summary: str = ""
    with_kin: bool = False


@dataclass(frozen=True, slots=True)
class _Ready:
    """A page as it would be after its revision ``revision``; ``new`` None: nothing of it could be written anew."""

    id: int
    revision: int | None
    new: PageText | None


class _Stale(Exception):
    """Pages changed between reading them and locking the wiki."""


def plan_move(session: Session, name: str, *, viewer: Viewer, after: str | None = None, limit: int = 50) -> MovePlan:
    """For whoever may rename the file. Pages that the viewer may not read are not told of, not even how many.

    Raises: NotFound, AccessDenied.
    """
    _require_right(session, name, viewer)
    row = find_row(session, name)
    if row is None or row.current_id is None:
        raise NotFound(name=name)
    pages = file_backlinks(session, name, viewer=viewer, after=after, limit=limit)
    return MovePlan(name, pages, kin_of(session, name))


def move_media(session: Session, move: Move, *, viewer: Viewer, now: int) -> str:
    """Rename the file, and its references on all pages, in one transaction; returns the new name.

    Pages are changed whether the viewer may read them or not: what they say stays the same.

    Raises:
        NotFound, AccessDenied: renaming takes deleting where the file is and uploading where it shall be.
        BadPageName: the new name cannot be one.
        NameTaken, NameWasUsed: it is another file's.
        FileRefused: the name is of another type, is the old one, or too much would change at once.
        StorageFailed: nothing was stored.
    """
    settings = load_settings(session)
    _require_right(session, move.name, viewer)
    to = page_name(move.to, settings)
    require(session, viewer, media_scope(to), Level.UPLOAD)
    if to == move.name:
        raise NotRenamed(name=to)
    _require_type(move.name, to, settings)
    renames = {move.name: to}
    if move.with_kin:
        renames |= {kin: _beside(kin, move.name, to) for kin in kin_of(session, move.name)}
    note = clean_summary(move.summary)
    ready: Mapping[int, _Ready] = {}
    for _ in range(TRIES):
        ready = _rewritten(session, renames, ready, settings)  # the slow part, before anything is locked
        try:
            with transaction(session):
                hold(session)
                _rename(session, renames, note, viewer, now)
                _write(session, renames, ready, viewer, now)
        except _Stale:
            continue
        return to
    raise PagesChanging


def _require_right(session: Session, name: str, viewer: Viewer) -> None:
    require_sight(session, name, viewer)
    require(session, viewer, media_scope(name), Level.DELETE)


def _require_type(name: str, to: str, settings: WikiSettings) -> None:
    """The type that was found when the bytes came stays; other spellings of its ending are as good."""
    types = file_types(settings)
    kind, ending = type_of(name, types), name.rpartition(".")[2]
    if kind is not OTHER and allowed_type(to, types).mime == kind.mime:
        return
    if kind is not OTHER or to.rpartition(".")[2] != ending:
        raise AnotherType(ending=ending)


def _beside(kin: str, name: str, to: str) -> str:
    """What ``kin`` is called where ``name`` is called ``to``: the same stem, its own ending."""
    return to.rpartition(".")[0] + kin.removeprefix(name.rpartition(".")[0])


# ------------------------------------------------------------------ files


def _rename(session: Session, renames: Mapping[str, str], note: str, viewer: Viewer, now: int) -> None:
    rows = {old: _there(session, old) for old in renames}
    for new in renames.values():
        _require_free(session, new)
    moved = next(iter(renames.items()))
    if namespace_of(moved[0]) != namespace_of(moved[1]):
        require_space(session, moved[1], space_taken(session, [row.id for row in rows.values()]))
    for old, new in renames.items():
        _rename_row(session, rows[old], new)
        summary = words.renamed_summary(old, new)
        own = clean_summary(f"{summary}: {note}") if note else clean_summary(summary)
        write_media(session, rows[old], _noted(session, rows[old], own, viewer, now))


def _there(session: Session, name: str) -> Media:
    row = find_row(session, name)
    if row is None or row.current_id is None:
        raise NotFound(name=name)
    return row


def _require_free(session: Session, name: str) -> None:
    row = find_row(session, name)
    if row is not None:
        raise NameTaken(name=name) if row.current_id is not None else NameWasUsed(name=name)


def _rename_row(session: Session, row: Media, new: str) -> None:
    """The row goes on under another name, and its old one leads to it, as all it had before do."""
    old = row.name
    forget_media_askers(session, old)
    count(session, row, -1)
    row.name, row.namespace, row.sort_key = new, namespace_of(new), natural_key(new)
    place(session, row)
    session.execute(delete(MediaRedirect).where(MediaRedirect.name.in_([old, new])))
    session.flush()
    session.add(MediaRedirect(name=old, media_id=row.id))
    count(session, row, 1)


def _noted(session: Session, row: Media, summary: str, viewer: Viewer, now: int) -> NewMedia:
    """The same bytes, once more in the history: who renamed it, when, from what."""
    before = session.get_one(MediaRevision, row.current_id)
    return NewMedia(
        time=now,
        kind="minor",
        author=viewer.login or "",
        address=viewer.address,
        summary=summary,
        size_change=0,
        sha256=before.sha256,
        size=before.size,
        mime=before.mime,
        width=before.width,
        height=before.height,
        fields=before.fields,
    )


# ------------------------------------------------------------------ pages


def _using(names: Mapping[str, str]) -> Select[int, int | None, int]:
    """Key, revision and bytes of the pages that show or link one of the files."""
    return (
        select(Page.id, Page.current_id, Text.size)
        .join(Link, Link.source_id == Page.id)
        .join(Revision, Revision.id == Page.current_id)
        .join(Text, Text.id == Revision.text_id)
        .where(Link.kind == "media", Link.target.in_(names))
        .distinct()
        .order_by(Page.id)
        .limit(MOST_PAGES + 1)
    )


def _rewritten(
    session: Session, renames: Mapping[str, str], known: Mapping[int, _Ready], settings: WikiSettings
) -> dict[int, _Ready]:
    """The pages as they would be, by key; those of ``known`` that are still the same are not read again.

    Raises: TooWidelyUsed.
    """
    found = session.execute(_using(renames)).all()
    if len(found) > MOST_PAGES or sum(row.size for row in found) > MOST_TEXT:
        raise TooWidelyUsed
    ready = {row.id: known[row.id] for row in found if row.id in known and known[row.id].revision == row.current_id}
    missing = [row.id for row in found if row.id not in ready]
    for some in stretches(missing, CHUNK):
        ready |= {page.id: page for page in _read(session, some, renames, settings)}
    return ready


def _read(session: Session, ids: list[int], renames: Mapping[str, str], settings: WikiSettings) -> Iterator[_Ready]:
    rows = session.execute(
        select(Page.id, Page.name, Page.current_id, Revision.markup, Text.packed)
        .join(Revision, Revision.id == Page.current_id)
        .join(Text, Text.id == Revision.text_id)
        .where(Page.id.in_(ids))
    )
    for page_id, name, revision, word, packed in rows:
        text, markup = unpack(packed), stored_markup(word)
        new = rewrite_media(text, name, markup, settings, renames)
        read = graph.read_document(name, new.document, settings)
        yield _Ready(page_id, revision, PageText(page_id, new.text, markup, read) if new.text != text else None)


def _write(session: Session, renames: Mapping[str, str], ready: Mapping[int, _Ready], viewer: Viewer, now: int) -> None:
    """Raises: _Stale: these are not the pages any more that use the files."""
    found = {row.id: row.current_id for row in session.execute(_using(renames))}
    if found != {page.id: page.revision for page in ready.values()}:
        raise _Stale
    summary = clean_summary(words.renamed_summary(*next(iter(renames.items()))))
    changed = [page.new for page in ready.values() if page.new is not None]
    write_many(session, changed, "minor", summary, viewer=viewer, now=now)
