"""Feeds of this wiki as Atom or RSS, for whoever asks, with what they may read and nothing else."""

import re

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from app.services.recent import Change, RecentQuery, What
from app.services.syndication import Entry, entries, found, listed
from app.web.actions import check
from app.web.addresses import about_url, noun, page_url, space_named, with_query
from app.web.around import shared
from app.web.context import current_session, current_settings, current_viewer
from app.web.history import is_number
from app.web.i18n import gettext

bp = noun("syndication")

TYPES = {"atom": "application/atom+xml", "rss": "application/rss+xml"}
WHATS: dict[str, What] = {"both": "both", "pages": "page", "media": "file", "files": "file"}
LINKS = ("diff", "page", "rev", "current")  # where an entry leads, as in the old wiki
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
YES = ("1", "yes", "true")


@bp.get("/_feed")
def feed() -> ResponseReturnValue:
    """``type``: atom, rss. ``view``: both, pages, media. ``ns``, ``num``, ``minor``, ``onlynewpages``, ``linkto``.

    ``mode``: list (the pages of ``ns``, with ``sort=date`` the newest first), search (for ``q``), else what changed.
    """
    kind = request.args.get("type", "atom")
    kind = kind if kind in TYPES else "atom"
    asked = RecentQuery(
        WHATS.get(request.args.get("view", ""), "both"),
        space_named("ns"),
        minor=request.args.get("minor") in YES,
        deleted=False,
        created_only=request.args.get("onlynewpages") in YES,
    )
    told = _found(asked)
    body = render_template(
        f"feeds/{kind}.xml",
        entries=told,
        asked=asked,
        site=_site(),
        address=_site() + with_query("/_feed", dict(request.args)),
        link_of=_link_of,
        title_of=_title_of,
        author_of=_author_of,
        history_of=_history_of,
        plain=_plain,
        updated=max((entry.change.revision.time for entry in told), default=0),
    )
    response: Response = shared(body)
    response.headers["Content-Type"] = f"{TYPES[kind]}; charset=utf-8"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _found(asked: RecentQuery) -> tuple[Entry, ...]:
    session, viewer, digits = current_session(), current_viewer(), request.args.get("num", "")
    number = int(digits) if is_number(digits, 6) else None
    match request.args.get("mode"):
        case "list":
            by_date = request.args.get("sort") == "date"
            return listed(session, asked.namespace, viewer=viewer, number=number, by_date=by_date)
        case "search":
            check("search")
            return found(session, request.args.get("q", ""), viewer=viewer, number=number)
        case _:
            return entries(session, asked, viewer=viewer, number=number)


def _plain(text: str) -> str:
    """Without the signs that XML cannot hold, however they came into a text."""
    return _NOT_XML.sub("", text)


def _title_of(change: Change) -> str:
    summary = f" - {change.revision.summary}" if change.revision.summary else ""
    return _plain((change.title or change.name) + summary)


def _author_of(change: Change) -> str:
    """As the history shows people; no addresses of clients."""
    return _plain(change.revision.author_name or change.revision.author or gettext("somebody"))


def _history_of(change: Change) -> str:
    return about_url("file-history" if change.is_file else "history", change.name)


def _site() -> str:
    return current_settings().base_url or request.host_url.rstrip("/")


def _link_of(entry: Entry) -> str:
    """Where an entry leads: each change has its own address, so that readers of feeds tell changes apart."""
    change, wanted = entry.change, request.args.get("linkto") or _usual_link()
    return _site() + (_file_link(change, wanted) if change.is_file else _page_link(change, wanted))


def _usual_link() -> str:
    return "current" if request.args.get("mode") in ("list", "search") else "diff"


def _page_link(change: Change, wanted: str) -> str:
    time = change.revision.time
    if wanted == "current":
        return page_url(change.name)
    if wanted == "page":
        return page_url(change.name, rev=time)
    return _history_of(change) if wanted == "rev" else about_url("diff", change.name, to=time)


def _file_link(change: Change, wanted: str) -> str:
    time = change.revision.time
    if wanted in ("current", "page"):
        return about_url("detail", change.name, rev=None if wanted == "current" else time)
    return _history_of(change) if wanted == "rev" else about_url("file-diff", change.name, to=time)
