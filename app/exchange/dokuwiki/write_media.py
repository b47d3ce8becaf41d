"""Files as DokuWiki keeps them: the current bytes, older ones beside them, and the log."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.domain.wiki_settings import WikiSettings
from app.domain.wiki_tables import file_types, own_picture
from app.exchange.dokuwiki.found_again import untold
from app.exchange.dokuwiki.store_smileys import FOLDER
from app.exchange.dokuwiki.writing import Recent, Writing, by_id, by_owner, distinct_times, lazily, path_of, write_log
from app.store.blobs import Blobs
from app.store.exchange import KeptFile
from app.store.media import Media, MediaRevision

PICTURES = (".svg", ".png", ".gif", ".jpg", ".jpeg", ".webp")  # a program beside DokuWiki's own could be run
NO_ENDING = "DokuWiki keeps no older versions of files without an ending; that of {time} is not there."
NO_TYPE = "DokuWiki finds older versions of such files once conf/mime.local.conf has a line for “{ending}”."
NO_CURRENT = "The file is there, but its bytes are not known."
_COLUMNS = (
    MediaRevision.id,
    MediaRevision.author,
    MediaRevision.address,
    MediaRevision.kind,
    MediaRevision.summary,
    MediaRevision.size_change,
    MediaRevision.sha256,
    MediaRevision.extra,
    MediaRevision.logged,
    MediaRevision.external,
)


def pictures_of(settings: WikiSettings) -> dict[str, str]:
    """Of smileys of the wiki's own: where DokuWiki has them, by their names here."""
    named = {own_picture(picture, settings): f"{FOLDER}{picture}" for picture in settings.smileys.values()}
    return {name: path for name, path in named.items() if name and path.lower().endswith(PICTURES)}


def write_media(session: Session, blobs: Blobs, settings: WikiSettings, writing: Writing) -> Recent:
    """Every file, a stretch of its bytes at a time. Returns the newest changes."""
    recent = Recent()
    types, untyped = file_types(settings), set[str]()
    brought = _brought(session, writing)
    order = (MediaRevision.media_id, MediaRevision.time, MediaRevision.seq)
    with by_owner(session, *order, *_COLUMNS) as histories:
        for media in by_id(session, Media.id, Media.name, Media.current_id):
            changes = histories(media.id)
            if changes and not (media.name in brought and len(changes) == 1):
                _write_one(blobs, writing, media, changes, recent)
                ending = media.name.rpartition(".")[2]
                if len(changes) > 1 and ending not in types:
                    untyped.add(ending)
            writing.step()
    writing.report.changed += [(f"type:{ending}", NO_TYPE.format(ending=ending)) for ending in sorted(untyped)]
    return recent


def _write_one(
    blobs: Blobs,
    writing: Writing,
    media: Row[*tuple[Any, ...]],
    changes: Sequence[Row[*tuple[Any, ...]]],
    recent: Recent,
) -> None:
    path, times = path_of(media.name), _times(media, changes)
    found = untold(changes, times, writing.words, with_copy=False)
    told = [(change, times[at]) for at, change in enumerate(changes) if at not in found.places]
    if not write_log(writing, f"data/media_meta/{path}.changes", media.name, told, recent):
        return
    written: set[int] = set()
    for change, time in zip(changes, times, strict=True):
        rev = found.rev if change is changes[-1] and found.rev is not None else time
        is_old = change.id != media.current_id
        if rev not in written or not is_old:  # several changes of one second have one file
            _write_version(blobs, writing, media, path, change, rev)
        if is_old and change.kind != "delete" and change.sha256 is not None:
            written.add(rev)
    writing.report.count("file versions", len(changes))
    if media.current_id is not None:
        writing.report.count("files")


def _brought(session: Session, writing: Writing) -> frozenset[str]:
    """Pictures of smileys that an import made files of: they go back to where they lay."""
    query = select(KeptFile.path).where(KeptFile.path.in_(writing.pictures.values()))
    kept = set(session.execute(query).scalars())
    return frozenset(name for name, path in writing.pictures.items() if path in kept)


def _times(media: Row[*tuple[Any, ...]], changes: Sequence[Row[*tuple[Any, ...]]]) -> list[int]:
    def fits(start: int, stop: int) -> bool:
        """One older file for all of a second, and that of its last change that was no deletion."""
        old = [one for one in changes[start:stop] if one.kind != "delete" and one.id != media.current_id]
        return all(one.sha256 in (None, old[-1].sha256) for one in old)

    return distinct_times([change.time for change in changes], fits)


def _write_version(
    blobs: Blobs, writing: Writing, media: Row[*tuple[Any, ...]], path: str, change: Row[*tuple[Any, ...]], time: int
) -> None:
    if change.id == media.current_id:
        if change.sha256 is None:
            writing.report.left.append((media.name, NO_CURRENT))
        else:
            writing.files(f"data/media/{path}", lazily(blobs, change.sha256), time)
            if media.name in writing.pictures:
                writing.files(writing.pictures[media.name], lazily(blobs, change.sha256), time)
    elif change.kind != "delete" and change.sha256 is not None:
        stem, dot, ending = path.rpartition(".")
        if not dot or "/" in ending:
            writing.report.left.append((media.name, NO_ENDING.format(time=time)))
        else:
            writing.files(f"data/media_attic/{stem}.{time}.{ending}", lazily(blobs, change.sha256), time)
