"""Pictures of smileys that an old wiki has of its own: ``local/crow.svg`` becomes ``wiki:smileys:crow.svg``."""

from collections.abc import Mapping
from contextlib import suppress

from app.domain.errors import NameTaken, WikiError
from app.domain.wiki_tables import own_picture
from app.exchange.dokuwiki.bringing import Bringing
from app.exchange.dokuwiki.model import Note, Unreadable
from app.exchange.dokuwiki.settling import ConfFile, line_holding
from app.services.media import Upload, put_media
from app.services.setting_rows import load_settings

FOLDER = "lib/images/smileys/"
BROUGHT_BEFORE = "pictures of smileys"  # among what the last run stored; no setting is called so
BROUGHT = "This picture is the file “{name}” here."
REFUSED = "The picture of a smiley is not taken: {reason}"
MISSING = "“{key}” has no picture in what is imported. Send one to “{name}”."


def bring_pictures(bringing: Bringing, found: ConfFile, entries: Mapping[str, str]) -> None:
    """Of all ``entries`` of the table that name one of the old wiki's own."""
    settings = load_settings(bringing.session)
    for key, picture in entries.items():
        name = own_picture(picture, settings)
        if not name:
            continue
        path = FOLDER + picture
        if bringing.run.source.is_file(path):
            _bring(bringing, path, name)
        else:
            bringing.tell(found.path, MISSING.format(key=key, name=name), line_holding(found, key))


def _bring(bringing: Bringing, path: str, name: str) -> None:
    try:
        if not bringing.run.dry_run:
            _put(bringing, path, name)
    except (Unreadable, WikiError) as error:
        why = error.reason if isinstance(error, Unreadable) else str(error)
        bringing.notes.append(Note(path, "left", REFUSED.format(reason=why)))
    else:
        bringing.tell(path, BROUGHT.format(name=name))


def _put(bringing: Bringing, path: str, name: str) -> None:
    """Once: whoever changes or deletes it here means it."""
    run, brought = bringing.run, bringing.last.setdefault(BROUGHT_BEFORE, [])
    if name in brought:
        return
    with suppress(NameTaken), run.source.open(path) as stream:
        upload = Upload(name, stream, replace=False)
        put_media(bringing.session, run.blobs, upload, viewer=run.operator, now=run.now)
    brought.append(name)
