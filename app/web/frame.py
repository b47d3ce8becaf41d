"""What every page of the wiki wears: its names, who is reading, theme and language, sidebar and tree."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, get_flashed_messages, request

from app.domain.licences import licence_of
from app.domain.markups import OWN_NAMES
from app.services.media_revisions import MediaInfo
from app.services.permissions import is_manager
from app.services.revisions import RevisionInfo
from app.services.words import FIELDS_CHANGED, MARKUP_SUMMARIES, summary_for
from app.web.context import current_account, current_session, current_settings, current_viewer
from app.web.i18n import current_language, gettext

THEMES = ("light", "dark")
FIELDS_WERE_CHANGED = "what the file says of itself"
MARKUP_CHANGED = {"dokuwiki": "now in DokuWiki markup", "markdown": "now in Markdown"}


@dataclass(frozen=True, slots=True)
class Reader:
    """The viewer as templates see him. ``login`` and ``name`` are "" for whoever is not signed in."""

    login: str = ""
    name: str = ""
    is_admin: bool = False
    is_manager: bool = False


def current_theme() -> str:
    """ "light", "dark", or "" for what the device prefers."""
    account = current_account()
    theme = account.theme if account is not None and account.theme else request.cookies.get("theme", "")
    return theme if theme in THEMES else ""


def current_reader() -> Reader:
    account = current_account()
    if account is None:
        return Reader()
    return Reader(account.login, account.name, account.is_admin, is_manager=sees_addresses())


def sees_addresses() -> bool:
    """Whether the reader is shown where the changes of people came from: managers and administrators are."""
    return is_manager(current_session(), current_viewer())


def own_words(change: RevisionInfo | MediaInfo) -> str:
    """What its author wrote. What the wiki notes itself is English: the kind of a change says it better, or we do."""
    if isinstance(change, MediaInfo):
        if change.summary == FIELDS_CHANGED:
            return gettext(FIELDS_WERE_CHANGED)
    elif change.summary == MARKUP_SUMMARIES[change.markup]:
        return gettext(MARKUP_CHANGED.get(change.markup, ""))
    return "" if change.summary == summary_for(change.kind) else change.summary


def frame() -> dict[str, Any]:
    return {
        "wiki": current_settings(),
        "viewer": current_reader(),
        "theme": current_theme(),
        "language": current_language(),
        "flashes": get_flashed_messages(with_categories=True),
        "sidebar_html": "",
        "tree": None,
    }


def init_frame(app: Flask) -> None:
    app.context_processor(frame)
    app.jinja_env.globals.update(
        own_words=own_words, licence_of=licence_of, markup_names=OWN_NAMES, sees_addresses=sees_addresses
    )
