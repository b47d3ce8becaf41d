"""Who links to a page."""

from flask import request
from flask.typing import ResponseReturnValue

from app.domain.names import natural_key
from app.services.links import backlinks, count_backlinks
from app.web.addresses import about_url, noun
from app.web.around import render_page, shared
from app.web.context import current_session, current_viewer

bp = noun("links")

PER_PAGE = 50


@bp.get("/_backlinks/<any_name:name>", endpoint="backlinks")
def linking(name: str) -> ResponseReturnValue:
    """In natural order of names; ``after``: the last name of the stretch before.

    The page need not exist, nor be open to the reader: all that is shown of it is the name that was asked for.
    """
    session, viewer = current_session(), current_viewer()
    after = request.args.get("after", "").replace("\0", "")  # which PostgreSQL takes in no question
    links = backlinks(session, name, viewer=viewer, after=natural_key(after) if after else None, limit=PER_PAGE)
    html = render_page(
        "links/backlinks.html",
        name,
        links=links,
        count=count_backlinks(session, name, viewer=viewer),
        further=about_url("backlinks", name, after=links.items[-1].name) if links.more else "",
        after=after,
    )
    return shared(html)
