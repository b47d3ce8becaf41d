"""Programs: a request with an access token is answered as its owner, within the token's limits, or not at all.

It reads no cookie and sets none, and needs no form token: no page of another site can make a browser send the header.
Which parts of the wiki are open to programs is a list by hand: a part that nobody thought of stays closed.
"""

import re

from flask import Flask, Response, g, request

from app.domain.errors import TokenRefused, TokenTooNarrow
from app.services.tokens import LENGTH, PREFIX, load_token
from app.web.context import client_address, current_session, now, shows_token

OPEN = {  # blueprints; nothing of the account, of signing in or of administration
    "conversion",
    "exports",
    "history",
    "indexes",
    "legacy",
    "links",
    "media",
    "pages",
    "samples",
    "system",
    "upload_parts",
    "uploads",
}
LOOKING = {"GET", "HEAD", "OPTIONS"}
CLOSED = "use this address"
READ_ONLY = "change anything"
_TOKEN = re.compile(rf"{PREFIX}[\w-]{{{LENGTH - len(PREFIX)}}}", re.ASCII)


def admit() -> None:
    """Let a program in before anything else looks at its request.

    Raises:
        TokenRefused, TooManyTries: the token is none; such a request is never answered as nobody's.
        TokenTooNarrow: a good token that may not do this.
    """
    if not shows_token(request):
        return
    token = request.headers["Authorization"].partition(" ")[2].strip()
    if not _TOKEN.fullmatch(token):  # guessing nothing that could be one costs no question
        raise TokenRefused
    program = load_token(current_session(), token, address=client_address(), now=now())
    g.program = program
    if request.endpoint and request.blueprint not in OPEN:
        raise TokenTooNarrow(what=CLOSED)
    if request.method not in LOOKING and not program.limits.may_write:
        raise TokenTooNarrow(what=READ_ONLY)


def seal(response: Response) -> Response:
    """What programs get is theirs alone, and nothing in it stays with them."""
    if shows_token(request):
        response.headers.remove("Set-Cookie")
        response.vary.add("Authorization")
    return response


def init_bearer(app: Flask) -> None:
    app.before_request(admit)
    app.after_request(seal)
