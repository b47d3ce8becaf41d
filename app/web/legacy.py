"""The old wiki's addresses: each leads, for good, to the one that took its place.

Nothing here decides anything: a redirect names the new address, and that one asks for rights.
"""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.domain.errors import NotFound
from app.domain.names import clean_id, page_name
from app.web.actions import check
from app.web.addresses import Query, about_url, page_url, with_query
from app.web.context import current_settings

bp = Blueprint("legacy", __name__)

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


@bp.get("/doku.php")
@bp.get("/doku.php/<path:path>")
@bp.get("/index.php")
def doku(path: str = "") -> ResponseReturnValue:
    raw = request.args.get("id") or path
    name = _old_name(raw)
    return newer_address(name) or redirect(page_url(name, rev=_digits("rev")) if raw else "/", 301)


@bp.get("/lib/exe/fetch.php")
@bp.get("/lib/exe/fetch.php/<path:path>")
def fetch(path: str = "") -> ResponseReturnValue:
    """A file; its size is signed anew by the pages that name it, so ``w``, ``h`` and ``tok`` are dropped."""
    return redirect(about_url("media", _old_file(path), rev=_digits("rev")), 301)


@bp.get("/lib/exe/detail.php")
@bp.get("/lib/exe/detail.php/<path:path>")
def detail(path: str = "") -> ResponseReturnValue:
    back = clean_id(request.args.get("id", ""), current_settings())
    return redirect(about_url("detail", _old_file(path), id=back), 301)


@bp.get("/lib/exe/mediamanager.php")
def manager() -> ResponseReturnValue:
    """The window in which files were chosen; what it was opened from is gone with it."""
    return redirect(with_query("/_files", {"ns": clean_id(request.args.get("ns", ""), current_settings())}), 301)


@bp.get("/feed.php")
def feed() -> ResponseReturnValue:
    """Changes are what feeds tell; lists of pages and searches as feeds there are none yet."""
    given = request.args.get
    if given("mode", "recent") != "recent":
        raise NotFound(name="feed.php")
    query: dict[str, Query] = {name: given(name) for name in ("linkto", "minor", "num", "onlynewpages", "view")}
    space = clean_id(given("ns", ""), current_settings())
    kind = "rss" if given("type", "").startswith("rss") else ""
    return redirect(with_query("/_feed", {"type": kind, "ns": space, **query}), 301)


@bp.get("/lib/<path:path>")
@bp.get("/sitemap.xml")
def gone(path: str = "") -> ResponseReturnValue:
    raise NotFound(name=path or request.path.removeprefix("/"))


def newer_address(name: str) -> Response | None:
    """Where ``?do=…`` and ``?idx=…`` on a page's address lead now; None for plain reading."""
    if request.args.get("idx"):
        return redirect(with_query("/_index", {"ns": clean_id(request.args["idx"], current_settings())}), 301)
    wanted = _wanted()
    if wanted != "login":  # whose address goes on working, see ``actions``
        check(wanted)
    if wanted in ABOUT:
        return redirect(about_url(ABOUT[wanted], name, **_about_arguments(wanted)), 301)
    if wanted in PLACES:
        return redirect(_file_shown(wanted) or with_query(PLACES[wanted], _place_arguments(wanted, name)), 301)
    if wanted == "diff":
        return redirect(about_url("diff", name, **_compared()), 301)
    if wanted == "index":
        return redirect(with_query("/_index", {"ns": name.rpartition(":")[0]}), 301)
    return redirect(page_url(name, rev=_digits("rev")), 301) if wanted else None


def _wanted() -> str:
    """The old wiki's ``do``, also as ``do[save]=…``; "" for none."""
    for key, value in request.args.items():
        if key == "do" or key.startswith("do["):
            asked = value if key == "do" else key[3:].rstrip("]")
            return "".join(sign for sign in asked.lower() if sign in "abcdefghijklmnopqrstuvwxyz_") or "show"
    return ""


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
    if len(times) == 2:
        return {"from": times[0], "to": times[1]}
    return {"from": _digits("rev") or (times[0] if times else None)}


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
    return page_name(wanted, settings)


def _old_file(path: str) -> str:
    raw = request.args.get("media") or path
    if "://" in raw:  # a remote picture: pages name its own address, and nobody is sent anywhere from here
        raise NotFound(name=raw[:80])
    return page_name(raw.replace("/", ":"), current_settings())
