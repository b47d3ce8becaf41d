"""The old wiki's addresses: each leads, for good, to the one that took its place.

Nothing here decides anything: a redirect names the new address, and that one asks for rights. Where a page was moved to
and where a namespace begins is told to those who may read it.
"""

from flask import Blueprint, Flask, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.domain.errors import NotFound
from app.domain.names import clean_id, page_name
from app.domain.resolve import page_target
from app.services.pages import look_for
from app.web.actions import check
from app.web.addresses import Query, about_url, old_do, page_url, with_query
from app.web.context import current_session, current_settings, current_viewer

bp = Blueprint("legacy", __name__)
below = Blueprint("old_path", __name__)  # hung up where the old wiki lay, unless that was the root of its host

SOFT_HYPHEN = "\N{SOFT HYPHEN}"
# What ``do`` asked for, and what that is called here: something about the page, or a place of the wiki.
ABOUT = {
    "edit": "edit",
    "draft": "edit",
    "recover": "edit",
    "revisions": "history",
    "history": "history",
    "backlink": "backlinks",
    "source": "source",
    "export_raw": "export/raw",
    "export_xhtml": "export/xhtml",
    "export_html": "export/xhtml",
    "export_xhtmlbody": "export/xhtmlbody",
    "export_htmlbody": "export/xhtmlbody",
    "export_code": "export/code",
}
PLACES = {
    "recent": "/_recent",
    "login": "/_login",
    "logout": "/_account",
    "profile": "/_account",
    "profile_delete": "/_account/delete",
    "register": "/_register",
    "resendpwd": "/_reset",
    "search": "/_search",
    "media": "/_files",
    "admin": "/_admin",
}
USUAL = ("linkto", "num")  # what every feed may be asked
FEEDS = {
    "recent": (*USUAL, "minor", "onlynewpages", "view"),
    "list": ("mode", *USUAL, "sort"),
    "search": ("mode", *USUAL, "q"),
}
VIEWS = {"inline": "inline", "sidebyside": "side"}


@bp.get("/doku.php")
@bp.get("/doku.php/<path:path>")
@bp.get("/index.php")
@below.get("/", strict_slashes=False)
@below.get("/<path:path>")
def doku(path: str = "") -> ResponseReturnValue:
    raw, rev = request.args.get("id") or path, _digits("rev")
    name = _old_name(raw)
    if (elsewhere := newer_address(name)) is not None:
        return elsewhere
    if _ends_open(raw):  # which page that is may change
        return redirect(page_url(name, rev=rev), 302)
    if not raw:
        return redirect("/", 301)
    return redirect(page_url(name if rev else _name_now(name), rev=rev), 301)


@bp.get("/_export/<kind>/<path:path>")
def export(kind: str, path: str) -> ResponseReturnValue:
    """Ways out that have another name here, or none: then the page itself."""
    wanted, name = f"export_{kind}", _old_name(path)
    return redirect(_address(wanted if wanted in ABOUT else "show", name), 301)


@bp.get("/lib/exe/fetch.php")
@bp.get("/lib/exe/fetch.php/<path:path>")
@below.get("/_media/<path:path>")
def fetch(path: str = "") -> ResponseReturnValue:
    """A file; its size is signed anew by the pages that name it, so ``w``, ``h`` and ``tok`` are dropped."""
    return redirect(about_url("media", _old_file(path), rev=_digits("rev")), 301)


@bp.get("/lib/exe/detail.php")
@bp.get("/lib/exe/detail.php/<path:path>")
@below.get("/_detail/<path:path>")
def detail(path: str = "") -> ResponseReturnValue:
    back = clean_id(request.args.get("id", ""), current_settings())
    return redirect(about_url("detail", _old_file(path), id=back), 301)


@bp.get("/lib/exe/mediamanager.php")
def manager() -> ResponseReturnValue:
    """The window in which files were chosen; what it was opened from is gone with it."""
    return redirect(with_query("/_files", {"ns": clean_id(request.args.get("ns", ""), current_settings())}), 301)


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


def newer_address(name: str) -> Response | None:
    """Where ``?do=…`` and ``?idx=…`` on a page's address lead now; None for plain reading."""
    if request.args.get("idx"):
        return redirect(with_query("/_index", {"ns": clean_id(request.args["idx"], current_settings())}), 301)
    wanted = _wanted()
    if wanted != "login":  # whose address goes on working, see ``actions``
        check(wanted)
    return redirect(_address(wanted, name), 301) if wanted else None


def _address(wanted: str, name: str) -> str:
    if wanted in ABOUT:
        return about_url(ABOUT[wanted], name, **_about_arguments(wanted))
    if wanted in PLACES:
        return _file_shown(wanted) or with_query(PLACES[wanted], _place_arguments(wanted, name))
    if wanted == "diff":
        return about_url("diff", name, **_compared())
    if wanted == "index":
        return with_query("/_index", {"ns": name.rpartition(":")[0]})
    if wanted == "revert" and _digits("rev"):  # a page that asks once more
        return about_url("revert", name, rev=_digits("rev"))
    return page_url(name, rev=_digits("rev"))


def start_of_namespace(raw: str) -> str:
    """The page that ``a:b:`` leads to now: the first of those that a link to it would lead to which is there."""
    target = page_target(f":{raw.rstrip(':')}:", "", current_settings())
    session, viewer = current_session(), current_viewer()
    there = (name for name in target.candidates if look_for(session, name, viewer=viewer).exists)
    return next(there, target.fallback)


def _name_now(name: str) -> str:
    """Where the page was moved to, so that nobody is sent on twice."""
    return look_for(current_session(), name, viewer=current_viewer()).name


def _ends_open(raw: str) -> bool:
    return raw.endswith((":", "/")) and bool(clean_id(raw, current_settings()))


def _wanted() -> str:
    """What ``do`` asks for, in the letters that names of it have; "" for nothing."""
    asked = old_do()
    if asked is None:
        return ""
    return "".join(sign for sign in asked.lower() if sign in "abcdefghijklmnopqrstuvwxyz_") or "show"


def _about_arguments(wanted: str) -> dict[str, Query]:
    block = {"codeblock": _digits("codeblock")} if wanted == "export_code" else {}
    return {"rev": _digits("rev"), **block}


def _place_arguments(wanted: str, name: str) -> dict[str, Query]:
    if wanted == "search":
        return {"q": request.args.get("q") or name}
    if wanted in ("recent", "media"):
        return {"ns": _space_of(name, wanted)}
    return {"next": page_url(name)} if wanted == "login" else {}


def _file_shown(wanted: str) -> str:
    """Where the manager of files showed one of them; "" for nothing of that kind."""
    image = clean_id(request.args.get("image", ""), current_settings())
    if wanted != "media" or not image:
        return ""
    if request.args.get("mediado") == "diff":
        return about_url("file-diff", page_name(image, current_settings()), **_compared())
    about = "file-history" if request.args.get("tab_details") == "history" else "detail"
    return about_url(about, page_name(image, current_settings()))


def _space_of(name: str, wanted: str) -> str:
    """That of the page; the manager of files could be asked for another one."""
    asked = clean_id(request.args.get("ns", ""), current_settings()) if wanted == "media" else ""
    return asked or name.rpartition(":")[0]


def _compared() -> dict[str, Query]:
    """``rev2[]=`` twice, ``rev2[0]=`` and ``rev2[1]=``, or ``rev=`` against the page as it stands."""
    revisions = [value for key, value in request.args.items(multi=True) if key.startswith("rev2[")]
    times = sorted(int(value) for value in revisions if _is_number(value))[:2]
    view: dict[str, Query] = {"view": VIEWS.get(request.args.get("difftype", ""))}
    if len(times) == 2:
        return {"from": times[0], "to": times[1]} | view
    return {"from": _digits("rev") or (times[0] if times else None)} | view


def _digits(argument: str) -> str:
    value = request.args.get(argument, "")
    return value if _is_number(value) else ""


def _is_number(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 16


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
