"""What the old wiki's ``do=…`` asked for, and where that is now."""

from datetime import datetime

from flask import redirect, request
from werkzeug.wrappers import Response

from app.domain.errors import NotFound
from app.domain.names import clean_id, page_name
from app.services.history import history
from app.web.actions import check
from app.web.addresses import Query, about_url, old_do, page_url, with_query
from app.web.context import current_session, current_settings, current_viewer
from app.web.i18n import current_timezone

# What ``do`` asked for, and what that is called here: something about the page, or a place of the wiki.
ABOUT = {
    "edit": "edit",
    "draft": "edit",
    "preview": "edit",
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
    "register": "/_register",
    "resendpwd": "/_reset",
    "search": "/_search",
    "media": "/_files",
}
OWN = {"profile": "/_account", "profile_delete": "/_account/delete"}  # of whoever is signed in
TOOLS = {
    "usermanager": "/_admin/people",
    "acl": "/_admin/rights",
    "config": "/_admin/wiki",
    "styling": "/_admin/wiki",
    "revert": "/_admin/edits",
    "logviewer": "/_admin/system",
}
NEVER = ("sitemap",)  # for good without a successor
VIEWS = {"inline": "inline", "sidebyside": "side"}
SHOWN = {"pages": "pages", "mediafiles": "files"}


def newer_address(name: str) -> Response | None:
    """Where ``?do=…``, ``?idx=…`` and ``?at=…`` on a page's address lead now; None for plain reading.

    Raises: ActionDisabled; NotFound: nothing of the kind is here.
    """
    if request.args.get("idx"):
        return redirect(with_query("/_index", {"ns": clean_id(request.args["idx"], current_settings())}), 301)
    wanted = wanted_do()
    if wanted != "login":  # whose address goes on working, see ``actions``
        check(wanted)
    if wanted in (*OWN, "logout") or (not wanted and at_time(name)):  # who asks, and when, makes a difference
        return redirect(address(wanted, name), 302)
    return redirect(address(wanted, name), 301) if wanted else None


def address(wanted: str, name: str) -> str:
    """Raises: NotFound."""
    if wanted in NEVER:
        raise NotFound(name=wanted)
    if wanted in ABOUT:
        return about_url(ABOUT[wanted], name, **_about_arguments(wanted, name))
    if wanted in (*PLACES, *OWN, "logout", "admin"):
        return _place(wanted, name)
    if wanted == "diff":
        return about_url("diff", name, **_compared(name))
    if wanted == "index":
        return with_query("/_index", {"ns": name.rpartition(":")[0]})
    if wanted == "revert" and digits("rev"):  # a page that asks once more
        return about_url("revert", name, rev=digits("rev"))
    return page_url(name, rev=version(name))


def wanted_do() -> str:
    """What ``do`` asks for, in the letters that names of it have; "" for nothing."""
    asked = old_do()
    if asked is None:
        return ""
    return "".join(sign for sign in asked.lower() if sign in "abcdefghijklmnopqrstuvwxyz_") or "show"


def version(name: str) -> str:
    """The revision that ``rev`` names, or the newest one that was there ``at`` a time; "" for the page as it stands."""
    return digits("rev") or at_time(name)


def at_time(name: str) -> str:
    """The time of the newest revision not newer than ``at``; "" where nothing was there, or nothing may be read."""
    moment = _moment(request.args.get("at", ""))
    if moment is None:
        return ""
    try:
        changes = history(current_session(), name, viewer=current_viewer(), before=(moment + 1, 0), limit=1).items
    except NotFound:
        return ""
    return str(changes[0].time) if changes else ""


def digits(argument: str) -> str:
    value = request.args.get(argument, "")
    return value if is_number(value) else ""


def is_number(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 16 and value.strip("0") != ""


def file_shown() -> str:
    """Where the manager of files showed one of them; "" for none."""
    image = clean_id(request.args.get("image", ""), current_settings())
    if not image:
        return ""
    name = page_name(image, current_settings())
    if request.args.get("mediado") == "diff":
        return about_url("file-diff", name, **_compared(""))
    return about_url("file-history" if request.args.get("tab_details") == "history" else "detail", name)


def _moment(written: str) -> int | None:
    """Seconds, or a day and a time as ISO 8601 writes them, where the reader is. None: no time."""
    if is_number(written):
        return int(written)
    try:
        found = datetime.fromisoformat(written)
        return int((found if found.tzinfo else found.replace(tzinfo=current_timezone())).timestamp())
    except (ValueError, OverflowError):
        return None


def _about_arguments(wanted: str, name: str) -> dict[str, Query]:
    block = {"codeblock": request.args.get("codeblock", "0")} if wanted == "export_code" else {}
    return {"rev": version(name), **block}


def _place(wanted: str, name: str) -> str:
    """Something that is no page's, for whoever asks."""
    if wanted == "logout":
        return "/_account" if current_viewer().login else page_url(name)
    if wanted in OWN:
        return OWN[wanted] if current_viewer().login else with_query("/_login", {"next": OWN[wanted]})
    if wanted == "admin":
        return TOOLS.get(request.args.get("page", ""), "/_admin")
    if wanted == "search" and not _looked_for(name):  # the field of the search was empty
        return page_url(name)
    return (file_shown() if wanted == "media" else "") or with_query(PLACES[wanted], _place_arguments(wanted, name))


def _place_arguments(wanted: str, name: str) -> dict[str, Query]:
    given = request.args.get
    match wanted:
        case "search":
            return {"q": _looked_for(name)}
        case "recent":
            return {"ns": name.rpartition(":")[0], "show": SHOWN.get(given("show_changes", ""))}
        case "media":  # which could be asked for another namespace than that of the page
            space = clean_id(given("ns", ""), current_settings()) or name.rpartition(":")[0]
            return {"ns": space, "q": given("q") if given("tab_files") == "search" else None}
        case "login":
            return {"next": page_url(name)}
    return {}


def _looked_for(name: str) -> str:
    """Browsers that keep a wiki as a search engine put what was typed where the page's name stands."""
    return request.args.get("q") or (name if name != current_settings().start else "")


def _compared(name: str) -> dict[str, Query]:
    """``rev2[]=`` twice, ``rev2[0]=`` and ``rev2[1]=``, or ``rev=`` against the page as it stands."""
    revisions = [value for key, value in request.args.items(multi=True) if key.startswith("rev2[")]
    times = sorted(int(value) for value in revisions if is_number(value))[:2]
    view: dict[str, Query] = {"view": VIEWS.get(request.args.get("difftype", ""))}
    if len(times) == 2:
        return {"from": times[0], "to": times[1]} | view
    return {"from": version(name) or (times[0] if times else None)} | view
