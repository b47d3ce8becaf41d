"""Finding pages by place and by name: the index, and the search field."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.domain.errors import BadPageName
from app.domain.names import clean_id, page_name
from app.services.indexes import find_names
from app.services.pages import read_page
from app.web.addresses import about_url, noun, page_url, space_named
from app.web.around import around, opened, shared
from app.web.context import current_session, current_settings, current_viewer

bp = noun("indexes")

LONGEST_QUERY = 200


@bp.get("/_index")
def index() -> ResponseReturnValue:
    """The tree opened down to ``ns``; every namespace in it leads to the tree opened there."""
    settings = current_settings()
    namespace = space_named("ns")
    after = clean_id(request.args.get("after", ""), settings)
    html = render_template(
        "indexes/index.html",
        namespace=namespace,
        after=after,
        root=opened(namespace, after),
        **around(f"{namespace}:{settings.start}" if namespace else settings.start),
    )
    return shared(html)


@bp.get("/_search")
def search() -> ResponseReturnValue:
    """Pages by name and title. A name typed exactly is listed first, and where it is missing it can be written."""
    query = " ".join(request.args.get("q", "").replace("\0", " ").split())[:LONGEST_QUERY]
    session, viewer = current_session(), current_viewer()
    name = _as_name(query)
    return render_template(
        "indexes/search.html",
        query=query,
        found=find_names(session, query, viewer=viewer) if query else None,
        exact=read_page(session, name, viewer=viewer) if name else None,
        **around(current_settings().start),
    )


@bp.get("/_new")
def new() -> ResponseReturnValue:
    """``name`` typed in a field leads to its form, or to the page where it exists; without one it is asked for."""
    typed = request.args.get("name", "")
    if not typed.strip():
        return render_template("indexes/new.html", **around(current_settings().start))
    name = page_name(typed.replace("/", ":"), current_settings())
    page = read_page(current_session(), name, viewer=current_viewer())
    return redirect(page_url(name) if page.exists else about_url("edit", name), 303)


def _as_name(query: str) -> str:
    try:
        return page_name(query.replace("/", ":"), current_settings()) if query else ""
    except BadPageName:
        return ""
