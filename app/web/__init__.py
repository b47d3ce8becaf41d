"""The browser's side of the wiki. Views read the request, call one service and answer; they decide nothing."""

from flask import Flask

from app.web.context import init_context
from app.web.errors import init_errors
from app.web.frame import init_frame
from app.web.i18n import init_i18n
from app.web.security import init_security
from app.wiki import Wiki

BLUEPRINTS = ()  # by hand, one line a noun


def init_web(app: Flask) -> None:
    """Hang everything a browser meets on ``app``, which knows its wiki already."""
    wiki: Wiki = app.extensions["lierre"]
    init_context(app)
    init_security(app, wiki.settings)
    init_errors(app)
    init_frame(app)
    init_i18n(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
