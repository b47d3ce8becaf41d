"""All changes of a person, and undoing them: the list, what it would come to, and the one deliberate step."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.domain.errors import AccessDenied, BadPageName, BadValue
from app.services.permissions import is_manager
from app.services.undo_plans import Span, Who
from app.services.undoing import MOST_PAGES, Expected, Names, changes_of, plan, undo
from app.web.addresses import Query, space_named, with_query
from app.web.context import current_session, current_viewer, now
from app.web.forms import LONGEST_LINE, PER_PAGE, TOO_LONG, Problems, line
from app.web.i18n import current_timezone, gettext
from app.web.recent import mark_in_address, recent_mark

bp = Blueprint("undoing", __name__)

ADDRESS = "/_admin/edits"
TEXTS = ("login", "address", "since", "until", "ns")
NO_TIME = "This is no day and time. Choose it from the calendar, or write it as 2026-01-31T18:00."
NO_SPACE = "This cannot be the name of a namespace. Write it as “projects” or “projects:2026”."
ONE_OF_BOTH = "Name a login or an address, not both."
WHOSE = "Name the person whose changes you want to see."
NOTHING_TICKED = "No change was ticked. Tick those whose pages shall be mended, or choose all."
REASONS = {
    "changed": "somebody else changed it since",
    "same": "it reads as it did before already",
    "rights": "you may not change it",
    "no text": "the text from before was not kept",
    "no bytes": "the file from before was not kept",
    "meanwhile": "it changed while you looked at this list",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose changes, and which. ``typed``: the words of the filter as they came; ``who`` None: nobody named yet."""

    typed: dict[str, str]
    who: Who | None
    span: Span

    def address(self, to: str = "", **more: Query) -> str:
        """The list, or what it leads to, with the same filter."""
        given: dict[str, Query] = dict(self.typed)
        return with_query(ADDRESS + to, given | more)


@bp.before_request
def only_managers() -> None:
    if not is_manager(current_session(), current_viewer()):
        raise AccessDenied(what="see and undo all changes of a person")


@bp.get("/_admin/edits", endpoint="list")
def show_list() -> ResponseReturnValue:
    return _list(Problems())


@bp.post("/_admin/edits/preview")
def preview() -> ResponseReturnValue:
    """What undoing would do; nothing is changed by it. ``page``: those that are ticked, unless ``do`` is all."""
    problems = Problems()
    with problems:
        asked = _asked()
        names = None if request.form.get("do") == "all" else Names(_ticked("page"), _ticked("file"))
        if names is not None and not (names.pages or names.files):
            raise BadValue(field="", reason=NOTHING_TICKED)
        found = plan(current_session(), _named(asked), asked.span, viewer=current_viewer(), names=names)
        return render_template("people/edits_plan.html", asked=asked, plan=found, reasons=_reasons(), most=MOST_PAGES)
    return _list(problems)


@bp.post("/_admin/edits/undo", endpoint="undo")
def act() -> ResponseReturnValue:
    """``at``, ``file_at``: the newest revisions of the pages and files as the preview showed them."""
    problems = Problems()
    with problems:
        asked = _asked()
        done = undo(
            current_session(),
            _named(asked),
            Expected(_keys("at"), _keys("file_at")),
            since=asked.span.since,
            summary=line("summary"),
            viewer=current_viewer(),
            now=now(),
        )
        return render_template("people/edits_done.html", asked=asked, done=done, reasons=_reasons())
    return _list(problems)


def _ticked(kind: str) -> list[str]:
    return request.form.getlist(kind)[: MOST_PAGES + 1]


def _keys(name: str) -> list[int]:
    return [int(value) for value in request.form.getlist(name) if _is_key(value)]


def _list(problems: Problems) -> ResponseReturnValue:
    asked = Asked(_typed(), None, Span())
    changes = None
    with problems:
        asked = _asked()
        if asked.who is not None:
            changes = changes_of(
                current_session(), asked.who, asked.span, viewer=current_viewer(), before=recent_mark(), limit=PER_PAGE
            )
    older = asked.address(before=mark_in_address(changes.items[-1].mark)) if changes and changes.more else ""
    html = render_template("people/edits.html", asked=asked, problems=problems, changes=changes, older=older)
    return html, problems.status


def _typed() -> dict[str, str]:
    return {name: request.args.get(name, "").strip()[: LONGEST_LINE + 1] for name in TEXTS}


def _asked() -> Asked:
    """Raises: BadValue: undoing must not reach further because something could not be read."""
    typed = _typed()
    for name, value in typed.items():
        if len(value) > LONGEST_LINE:
            raise BadValue(field=name, reason=TOO_LONG)
    if typed["login"] and typed["address"]:
        raise BadValue(field="login", reason=ONE_OF_BOTH)
    span = Span(since=_moment("since", 0) or 0, until=_moment("until", 59), namespace=_namespace())
    someone = typed["login"] or typed["address"]
    return Asked(typed, Who(typed["login"], typed["address"]) if someone else None, span)


def _named(asked: Asked) -> Who:
    if asked.who is None:
        raise BadValue(field="login", reason=WHOSE)
    return asked.who


def _moment(name: str, second: int) -> int | None:
    """Seconds UTC of a day and minute in the reader's time zone, at that second of it; None where none is given."""
    value = request.args.get(name, "").strip()
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(value).replace(tzinfo=current_timezone(), second=second)
        return max(0, int(moment.timestamp()))
    except (ValueError, OverflowError) as error:
        raise BadValue(field=name, reason=NO_TIME) from error


def _namespace() -> str:
    try:
        return space_named("ns")
    except BadPageName as error:
        raise BadValue(field="ns", reason=NO_SPACE) from error


def _is_key(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 19


def _reasons() -> dict[str, str]:
    return {reason: gettext(REASONS[reason]) for reason in REASONS}
