"""The old wiki's addresses: each leads, for good, to the one that took its place.

Nothing here decides anything: a redirect names the new address, and that one asks for rights. Where a page was moved to
and where a namespace begins is told to those who may read it.
"""

from flask import Blueprint, Flask, redirect, request
from flask.typing import ResponseReturnValue

from app.domain.errors import NotFound
from app.domain.names import clean_id, page_name
from app.domain.resolve import page_target
from app.services.media import find_media
from app.services.pages import look_for
from app.web.addresses import Query, about_url, page_url, with_query
from app.web.context import current_session, current_settings, current_viewer
from app.web.legacy_do import ABOUT, address, digits, file_shown, newer_address

bp = Blueprint("legacy", __name__)
below = Blueprint("old_path", __name__)  # hung up where the old wiki lay, unless that was the root of its host

SOFT_HYPHEN = "\N{SOFT HYPHEN}"
USUAL = ("linkto", "num")  # what every feed may be asked
FEEDS = {
    "recent": (*USUAL, "minor", "onlynewpages", "view"),
    "list": ("mode", *USUAL, "sort"),
    "search": ("mode", *USUAL, "q"),
}


@bp.get("/doku.php", strict_slashes=False)
@bp.get("/doku.php/", strict_slashes=False)
@bp.get("/doku.php/<path:path>")
@bp.get("/index.php", strict_slashes=False)
@bp.get("/index.php/<path:path>")
@below.get("/", strict_slashes=False)
@below.get("/<path:path>")
def doku(path: str = "") -> ResponseReturnValue:
    """A page, or something about it."""
    raw = request.args.get("id") or path.lstrip("/")
    name = _name_now(_old_name(raw))
    if (elsewhere := newer_address(name)) is not None:
        return elsewhere
    if not raw and not digits("rev"):
        return redirect("/", 301)
    # which page a namespace begins with may change
    return redirect(page_url(name, rev=digits("rev")), 302 if _ends_open(raw) else 301)


@bp.get("/_export/<kind>/")
@bp.get("/_export/<kind>/<path:path>")
def export(kind: str, path: str = "") -> ResponseReturnValue:
    """Ways out that have another name here, or none: then the page itself."""
    wanted, name = f"export_{kind}", _name_now(_old_name(path))
    return redirect(address(wanted if wanted in ABOUT else "show", name), 302 if _ends_open(path) else 301)


@bp.get("/lib/exe/fetch.php")
@bp.get("/lib/exe/fetch.php/<path:path>")
@below.get("/_media/<path:path>")
def fetch(path: str = "") -> ResponseReturnValue:
    """A file; its size is signed anew by the pages that name it, so ``w``, ``h`` and ``tok`` are dropped."""
    return redirect(about_url("media", _file_now(_old_file(path)), rev=digits("rev")), 301)


@bp.get("/lib/exe/detail.php")
@bp.get("/lib/exe/detail.php/<path:path>")
@below.get("/_detail/<path:path>")
def detail(path: str = "") -> ResponseReturnValue:
    """What is known about a file, and the way back to the page ``id``."""
    back = clean_id(request.args.get("id", ""), current_settings())
    return redirect(about_url("detail", _file_now(_old_file(path)), id=back, rev=digits("rev")), 301)


@bp.get("/lib/exe/mediamanager.php")
def manager() -> ResponseReturnValue:
    """The window in which files were chosen; what it was opened from is gone with it."""
    space = clean_id(request.args.get("ns", ""), current_settings())
    return redirect(file_shown() or with_query("/_files", {"ns": space}), 301)


@bp.get("/feed.php")
def feed() -> ResponseReturnValue:
    given, mode = request.args.get, request.args.get("mode", "recent")
    if mode not in FEEDS:
        raise NotFound(name="feed.php")
    query: dict[str, Query] = {name: given(name) for name in FEEDS[mode]}
    space = clean_id(given("ns", ""), current_settings())
    kind = "rss" if given("type", "").startswith("rss") else ""
    return redirect(with_query("/_feed", {"type": kind, "ns": space, **query}), 301)


@bp.get("/lib/<path:path>")
@bp.get("/sitemap.xml")
@bp.get("/sitemap.xml.gz")
def gone(path: str = "") -> ResponseReturnValue:
    raise NotFound(name=path or request.path.removeprefix("/"))


def start_of_namespace(raw: str) -> str:
    """The page that ``a:b:`` leads to now: the first of those that a link to it would lead to which is there."""
    target = page_target(f":{raw.rstrip(':')}:", "", current_settings())
    session, viewer = current_session(), current_viewer()
    there = (name for name in target.candidates if look_for(session, name, viewer=viewer).exists)
    return next(there, target.fallback)


def _name_now(name: str) -> str:
    """Where the page was moved to, so that nobody is sent on twice."""
    return look_for(current_session(), name, viewer=current_viewer()).name


def _file_now(name: str) -> str:
    """The same for a file."""
    try:
        return find_media(current_session(), name, viewer=current_viewer()).name
    except NotFound:
        return name


def _ends_open(raw: str) -> bool:
    return raw.endswith((":", "/")) and bool(clean_id(raw, current_settings()))


def _old_name(raw: str) -> str:
    """The page that ``id=`` named: "" is the start page, ``a:b:`` the start of a namespace."""
    settings = current_settings()
    wanted = raw.replace(SOFT_HYPHEN, "").replace("/", ":")
    if not clean_id(wanted, settings):
        return settings.start
    name = page_name(wanted, settings)
    return start_of_namespace(name) if wanted.endswith(":") else name


def _old_file(path: str) -> str:
    raw = request.args.get("media") or path
    if "://" in raw:  # a remote picture: pages name its own address, and nobody is sent anywhere from here
        raise NotFound(name=raw[:80])
    return page_name(raw.replace("/", ":"), current_settings())


def init_old_path(app: Flask, path: str) -> None:
    """``path``: where the old wiki lay on its host, such as ``/wiki``; "" for its root."""
    if path:
        app.register_blueprint(bp, url_prefix=path, name="legacy_below")
        app.register_blueprint(below, url_prefix=path)
