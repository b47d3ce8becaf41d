"""A text that was typed is given back when its form could not be taken.

The session ended while somebody wrote, or the form is older than the sign-in: the answer then is the same form with
the same words, a new token and, for whoever is not signed in, a place to sign in that carries the text along.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import unquote

from flask import current_app, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from app.web.addresses import here
from app.web.context import current_account
from app.web.identity import half_session
from app.web.redirects import inside

View = TypeVar("View", bound=Callable[..., Any])

OWN_FIELDS = {"code", "csrf_token", "do", "login", "password", "remember", "next", "text"}


@dataclass(frozen=True, slots=True)
class KeptText:
    """``address`` takes the form again; ``fields`` are its other fields, names and values, in order."""

    address: str
    text: str
    fields: tuple[tuple[str, str], ...]


def keeps_text(view: View) -> View:
    """Mark a view whose POST carries ``text`` that must never be lost."""
    view.keeps_text = True  # type: ignore[attr-defined]  # a mark on a function has no type
    return view


def text_of_request() -> KeptText | None:
    """The text of the request at hand, where its view keeps texts."""
    if request.method != "POST" or not _keeps_text(request.endpoint or ""):
        return None
    return _read(here(), request.form)


def text_carried_along() -> KeptText | None:
    """The text that came with a sign-in, where its ``next`` is the address of a view that keeps texts."""
    address = inside(request.form.get("next"), "")
    if not address or "text" not in request.form:
        return None
    adapter = current_app.url_map.bind("")
    try:
        endpoint, _arguments = adapter.match(unquote(address.partition("?")[0]), method="POST")
    except HTTPException:
        return None
    return _read(address, request.form) if _keeps_text(endpoint) else None


def show_kept(kept: KeptText, message: str, status: int) -> tuple[str, int]:
    page = render_template(
        "sessions/kept.html",
        kept=kept,
        message=message,
        status=status,
        login=request.form.get("login", ""),
        signed_in=current_account() is not None,
        half=half_session(),
    )
    return page, status


def _read(address: str, form: MultiDict[str, str]) -> KeptText | None:
    if "text" not in form:
        return None
    fields = tuple((name, value) for name, value in form.items(multi=True) if name not in OWN_FIELDS)
    return KeptText(address, form["text"], fields)


def _keeps_text(endpoint: str) -> bool:
    return bool(getattr(current_app.view_functions.get(endpoint), "keeps_text", False))
