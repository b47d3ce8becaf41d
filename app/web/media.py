"""Files, and pages about files."""

from flask import Response, request, send_file
from flask.typing import ResponseReturnValue

from app.domain.names import clean_id, name_of
from app.services.media import MediaView, find_media
from app.services.media_list import used_on
from app.web.addresses import noun
from app.web.around import render_page, shared
from app.web.context import current_session, current_settings, current_viewer, current_wiki

bp = noun("media")

# A file is somebody's upload: whatever is in it, it must not act as a page of this wiki.
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src 'self'; sandbox"
# Browsers refuse to show a PDF in a sandbox; their viewers run none of its scripts in this origin.
PDF = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"


@bp.get("/_media/<any_name:name>")
def media(name: str) -> ResponseReturnValue:
    """The file; ``w`` and ``h`` only say how large a page shows it."""
    return _send(find_media(current_session(), name, viewer=current_viewer()))


@bp.get("/_detail/<any_name:name>")
def detail(name: str) -> ResponseReturnValue:
    html = render_page(
        "media/detail.html",
        name,
        file=find_media(current_session(), name, viewer=current_viewer()),
        back=clean_id(request.args.get("id", ""), current_settings()),
        used=used_on(current_session(), name, viewer=current_viewer()),
    )
    return shared(html)


def _send(file: MediaView) -> Response:
    """The bytes, asked for again each time (a file can be replaced) and sent only where they changed."""
    with current_wiki().blobs.at_hand(file.sha256) as path:
        response = send_file(
            path,
            mimetype=file.mime,
            as_attachment=file.download,
            download_name=name_of(file.name),
            etag=file.sha256,
            last_modified=file.changed_at,
            conditional=True,
        )
    response.headers["Content-Security-Policy"] = PDF if file.mime == "application/pdf" else SANDBOX
    response.headers["Cache-Control"] = "private, no-cache"
    return response
