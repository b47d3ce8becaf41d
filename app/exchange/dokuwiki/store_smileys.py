"""Pictures of smileys that an old wiki has of its own, as files of this one, which the table of smileys then names."""

from contextlib import suppress

from app.domain.errors import NameTaken, WikiError
from app.domain.names import clean_id
from app.domain.tables import SMILEYS
from app.exchange.dokuwiki.bringing import Bringing
from app.exchange.dokuwiki.model import Note, Unreadable
from app.exchange.dokuwiki.settling import ConfFile, line_holding
from app.services.media import Upload, put_media
from app.services.setting_rows import load_settings

FOLDER = "lib/images/smileys/"
SPACE = "wiki:smileys"
BROUGHT_BEFORE = "pictures of smileys"  # among what the last run stored; no setting is called so
BROUGHT = "This picture is the file “{name}” here, as the table of smileys says."
REFUSED = "“{key}” has no picture here: {reason}"
MISSING = "there is none in what is imported. Send one, and name it in the table of smileys."


def with_pictures(bringing: Bringing, found: ConfFile, entries: dict[str, str]) -> dict[str, str]:
    """``entries`` of the table with the pictures that came named as files of the wiki: ``:wiki:smileys:crow.svg``."""
    shipped = {picture.partition(".")[0] for picture in SMILEYS.values()}
    known: dict[str, str] = {}
    for key, picture in entries.items():
        is_ours = picture.partition(".")[0] in shipped or not picture.isascii() or not picture
        known[key] = picture if is_ours else _brought(bringing, found, key, picture)
    return known


def _brought(bringing: Bringing, found: ConfFile, key: str, picture: str) -> str:
    path = FOLDER + picture
    name = clean_id(f"{SPACE}:{picture.rpartition('/')[2]}", load_settings(bringing.session))
    if ".." in picture.split("/") or not bringing.run.source.is_file(path):
        bringing.tell(found.path, REFUSED.format(key=key, reason=MISSING), line_holding(found, key))
        return picture
    try:
        if not bringing.run.dry_run:
            _put(bringing, path, name)
    except (Unreadable, WikiError) as error:
        why = error.reason if isinstance(error, Unreadable) else str(error)
        bringing.notes.append(Note(path, "left", REFUSED.format(key=key, reason=why)))
        return picture
    bringing.tell(path, BROUGHT.format(name=name))
    return f":{name}"


def _put(bringing: Bringing, path: str, name: str) -> None:
    """Once: whoever changes or deletes it here means it."""
    run, brought = bringing.run, bringing.last.setdefault(BROUGHT_BEFORE, [])
    if name in brought:
        return
    with suppress(NameTaken), run.source.open(path) as stream:
        upload = Upload(name, stream, replace=False)
        put_media(bringing.session, run.blobs, upload, viewer=run.operator, now=run.now)
    brought.append(name)
