"""What the setting ``disableactions`` switches off: addresses that refuse, and links that are not shown.

The names are those of the old wiki. ``edit`` takes along whatever changes a page. ``login`` only hides the links to
signing in: its address goes on working, so that nobody is locked out of administration.
"""

from flask import Flask, request

from app.domain.actions import is_disabled
from app.domain.errors import ActionDisabled
from app.web.context import current_settings

NEEDS: dict[str, tuple[str, ...]] = {  # by hand: what an address needs to be on
    "conversion.form": ("edit",),
    "conversion.save": ("edit",),
    "exports.code": ("export_code",),
    "exports.raw": ("export_raw",),
    "exports.xhtml": ("export_xhtml",),
    "exports.xhtmlbody": ("export_xhtmlbody",),
    "history.confirm": ("edit", "revert"),
    "history.diff": ("diff",),
    "history.history": ("revisions",),
    "history.revert": ("edit", "revert"),
    "indexes.index": ("index",),
    "indexes.new": ("edit",),
    "indexes.search": ("search",),
    "links.backlinks": ("backlink",),
    "media_deleting.delete": ("media",),
    "media_deleting.form": ("media",),
    "media_fields.form": ("media",),
    "media_fields.save": ("media",),
    "media_history.confirm": ("media", "revert"),
    "media_history.diff": ("media", "diff"),
    "media_history.history": ("media", "revisions"),
    "media_history.revert": ("media", "revert"),
    "media_manager.files": ("media",),
    "media_many.delete": ("media",),
    "media_moving.form": ("media",),
    "media_moving.move": ("media",),
    "media_syntax.read": ("media",),
    "media_syntax.write": ("media",),
    "pages.confirm_deletion": ("edit", "save"),
    "pages.delete": ("edit", "save"),
    "pages.edit": ("edit",),
    "pages.save": ("edit",),
    "pages.source": ("source",),
    "recent.show": ("recent",),
    "syndication.feed": ("rss",),
    "upload_parts.show_upload": ("media",),  # what is sent is refused by ``upload_limits``, before it is read
}
FORMS = {"conversion.save", "pages.save"}  # ``do`` says which of two they do


def offers(*actions: str) -> bool:
    """Whether the wiki offers all of ``actions``."""
    settings = current_settings()
    return not any(is_disabled(action, settings) for action in actions)


def check(*actions: str) -> None:
    """Raises: ActionDisabled: names the first that is switched off."""
    for action in actions:
        if not offers(action):
            raise ActionDisabled(action=action)


def refuse() -> None:
    """Before a view is asked. Raises: ActionDisabled."""
    endpoint = request.endpoint or ""
    check(*NEEDS.get(endpoint, ()))
    if endpoint in FORMS and request.form.get("do") != "cancel":
        check("preview" if request.form.get("do") == "preview" else "save")


def init_actions(app: Flask) -> None:
    app.before_request(refuse)
    app.jinja_env.globals["offers"] = offers
