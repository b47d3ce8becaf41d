"""The browser's side of the wiki. Views read the request, call one service and answer; they decide nothing."""

from flask import Flask

from app.web import (
    account,
    admin,
    audit,
    config,
    conversion,
    doors,
    exchange,
    exchange_upload,
    exports,
    groups,
    history,
    indexes,
    invitations,
    legacy,
    links,
    machine,
    many_people,
    media,
    media_deleting,
    media_detail,
    media_fields,
    media_history,
    media_manager,
    media_many,
    media_moving,
    media_syntax,
    pages,
    passkeys,
    people,
    people_csv,
    preferences,
    recent,
    recovery,
    registration,
    remote_pictures,
    rights,
    samples,
    second_step,
    sessions,
    site_style,
    syndication,
    system,
    tokens,
    undoing,
    upload_parts,
    uploads,
    view_as,
    waiting,
    wiki_tables,
)
from app.web.actions import init_actions
from app.web.addresses import init_addresses
from app.web.context import init_context
from app.web.decoding import WikiRequest
from app.web.errors import init_errors
from app.web.frame import init_frame
from app.web.i18n import init_i18n
from app.web.pictures import init_pictures
from app.web.security import init_security
from app.web.site_style import init_site_style
from app.web.view_as import init_view_as
from app.wiki import Wiki

NOUNS = (  # by hand
    pages,
    conversion,
    history,
    recent,
    syndication,
    links,
    indexes,
    media,
    media_detail,
    media_deleting,
    media_fields,
    media_history,
    media_manager,
    media_many,
    media_moving,
    media_syntax,
    remote_pictures,
    uploads,
    upload_parts,
    exchange_upload,
    exchange,
    exports,
    legacy,
    sessions,
    doors,
    second_step,
    passkeys,
    registration,
    recovery,
    account,
    tokens,
    people,
    many_people,
    people_csv,
    groups,
    waiting,
    invitations,
    undoing,
    rights,
    view_as,
    admin,
    audit,
    machine,
    config,
    site_style,
    wiki_tables,
    samples,
    preferences,
    system,
)


def init_web(app: Flask) -> None:
    """Hang everything a browser meets on ``app``, which knows its wiki already."""
    wiki: Wiki = app.extensions["lierre"]
    app.request_class = WikiRequest
    init_context(app)
    init_addresses(app)
    init_security(app, wiki.settings)
    init_actions(app)
    init_errors(app)
    init_frame(app)
    init_site_style(app)
    init_pictures(app)
    init_i18n(app)
    init_view_as(app)
    for noun in NOUNS:
        app.register_blueprint(noun.bp)
    legacy.init_old_path(app, wiki.settings.old_path)
