"""Pictures of other sites, through the wiki."""

import hmac

from flask import abort, request
from flask.typing import ResponseReturnValue

from app.domain.picture_sizes import Size
from app.markup.addresses import fetch_token
from app.services.fetching import FetcherBusy
from app.services.remote_pictures import remote_picture
from app.web.addresses import noun
from app.web.context import current_session, current_wiki, now
from app.web.media import BAD_NUMBER, SANDBOX, pixels
from app.web.sending import Outgoing, send

bp = noun("remote_pictures")
KEPT_BY_BROWSERS = 3600  # seconds


@bp.get("/_fetch")
def fetch() -> ResponseReturnValue:
    """Only what a page of this wiki shows, which signed the address: nobody else has the server ask around."""
    given, wiki = request.args, current_wiki()
    url, width, height = given.get("url", ""), pixels(given.get("w", "")), pixels(given.get("h", ""))
    right = fetch_token(url, width, height, wiki.secret)
    if BAD_NUMBER in (width, height) or not hmac.compare_digest(right.encode(), given.get("tok", "").encode()):
        abort(412)
    try:
        found = remote_picture(current_session(), wiki.blobs, url, Size(width, height), now=now())
    except FetcherBusy:
        abort(503)
    tag = f"{found.key.replace('/', '-')}-{found.fetched_at}"
    name = f"picture.{found.mime.rpartition('/')[2]}"
    sent = Outgoing(found.key, found.size, found.mime, tag, found.fetched_at, name, download=False)
    response = send(sent, wiki.blobs.objects, wiki.settings, keep=False)
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = f"private, max-age={KEPT_BY_BROWSERS}"
    return response
