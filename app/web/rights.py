"""The rights editor: the tree beside the rules, why somebody may do what they may, and every change looked at first."""

import json

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.access import DELETE, EDIT, EVERYBODY, Rule, decode_name
from app.domain.errors import NotFound
from app.domain.explaining import way_up
from app.domain.names import natural_key
from app.services.groups import all_groups
from app.services.indexes import branch
from app.services.rights_preview import preview, reader_named, why
from app.services.rule_history import inverse, rule_changes
from app.services.rules import RuleChange, StaleRules, all_rules, change_rules
from app.web.addresses import with_query
from app.web.admin import only_administrators
from app.web.context import current_session, current_viewer, now
from app.web.forms import PER_PAGE, Problems, line, start_of_page
from app.web.i18n import gettext
from app.web.rights_form import KINDS, NO_RULE, carried_change, known_scope, read_form, read_scope, read_text

bp = Blueprint("rights", __name__)
bp.before_request(only_administrators)

LEVELS = {0: "nothing", 1: "read", 2: "edit", 4: "create", 8: "upload", 16: "delete"}
NO_RULE_WORDS = "no rule"
MOST_ROWS = 1000
STORED = "The rules are stored. They hold from now on, for everybody."
NOTHING = "This changes nothing. The rules are as they were."
NOBODY = "There is nobody of this login. Type it again, or choose a group as @group."
UNDOING = "Undo: {summary}"


@bp.get("/_admin/rights")
def show() -> ResponseReturnValue:
    return _page(Problems())


@bp.post("/_admin/rights/preview")
def look() -> ResponseReturnValue:
    """What the form of one scope would change; nothing is stored."""
    problems = Problems()
    with problems:
        scope = read_scope(line("at"))
        change, notes = read_form(scope)
        return _preview(change, notes, back=url_for("rights.show", at=scope))
    return _page(problems)


@bp.post("/_admin/rights")
def store() -> ResponseReturnValue:
    """Exactly what was looked at; where the rules changed since, it is shown again."""
    change = carried_change()
    try:
        removed, added = change_rules(
            current_session(), change, by=current_viewer(), now=now(), key=request.form.get("key", "")
        )
    except StaleRules as error:
        return _preview(change, [str(error)], back=url_for("rights.show"))
    flash(gettext(STORED if removed or added else NOTHING), "ok" if removed or added else "info")
    return redirect(_inside(request.form.get("back", "")), 303)


@bp.get("/_admin/rights/all", endpoint="all")
def show_all() -> ResponseReturnValue:
    return _text(Problems(), "\n".join(_line(rule) for rule in all_rules(current_session())))


@bp.post("/_admin/rights/all")
def look_at_all() -> ResponseReturnValue:
    """The whole table as text, as the old wiki keeps it in a file."""
    problems = Problems()
    text = request.form.get("rules", "")
    with problems:
        wanted = read_text(text)
        present = all_rules(current_session())
        places = {(rule.scope, rule.who) for rule in wanted}
        gone = [rule for rule in present if (rule.scope, rule.who) not in places]
        return _preview(RuleChange(gone, wanted, line("summary")), [], back=url_for("rights.all"))
    return _text(problems, text)


@bp.get("/_admin/rights/history")
def history() -> ResponseReturnValue:
    changes = rule_changes(current_session(), viewer=current_viewer(), start=start_of_page(), limit=PER_PAGE)
    address = url_for("rights.history")
    return render_template(
        "rights/history.html",
        changes=changes,
        address=lambda **query: with_query(address, query),
        words=_words_of_level,
        whose=_whose,
    )


@bp.post("/_admin/rights/undo")
def undo() -> ResponseReturnValue:
    """What would take a change back, looked at as any other change."""
    number = request.form.get("id", "")
    if not (number.isascii() and number.isdigit() and len(number) < 18):
        raise NotFound(name=number[:50])
    summary = gettext(UNDOING).format(summary=line("what") or number)
    found = inverse(current_session(), int(number), summary=summary, viewer=current_viewer())
    stale = gettext("Some of these rules were changed again since. They stay as they are now:")
    notes = [f"{stale} {', '.join(_line(rule) for rule in found.stale[:20])}"] if found.stale else []
    return _preview(found.change, notes, back=url_for("rights.history"))


def _page(problems: Problems) -> ResponseReturnValue:
    session = current_session()
    scope = known_scope(request.values.get("at", "*"))
    rules = all_rules(session)
    way = tuple(way_up(scope))
    own = [rule for rule in rules if rule.scope == scope]
    inherited = [rule for above in way[1:] for rule in rules if rule.scope == above]
    who = request.args.get("who")
    reader = reader_named(session, who.strip()) if who is not None else None
    space = scope.removesuffix("*").removesuffix(":") if scope.endswith("*") else scope.rpartition(":")[0]
    levels = _level_choices(is_page=not scope.endswith("*"))
    after = request.args.get("after", "").replace("\0", "")  # which PostgreSQL takes in no question
    here = branch(session, space, viewer=current_viewer(), after=after or None, limit=100)
    page = render_template(
        "rights/show.html",
        problems=problems,
        scope=scope,
        own=own,
        inherited=inherited,
        way=way,
        here=here,
        marked={rule.scope for rule in rules},
        spaces_with_rules=_spaces_with_rules(rules),
        who=who,
        no_reader=gettext(NOBODY) if who is not None and reader is None else "",
        reader=reader,
        reason=why(session, reader, scope, viewer=current_viewer()) if reader else None,
        levels=levels,
        new_levels={NO_RULE: gettext(NO_RULE_WORDS)} | levels,
        sort_key_of=natural_key,
        kinds={kind: gettext(words) for kind, words in KINDS.items()},
        groups=all_groups(session),
        typed=request.form,
        words=_words_of_level,
        whose=_whose,
    )
    return page, problems.status


def _preview(change: RuleChange, notes: list[str], *, back: str) -> ResponseReturnValue:
    shown = preview(current_session(), change, viewer=current_viewer())
    if not shown.removed and not shown.added:
        flash(gettext(NOTHING), "info")
        return redirect(back, 303)
    carried = {
        "remove": [[rule.scope, rule.who, rule.level] for rule in shown.removed],
        "add": [[rule.scope, rule.who, rule.level] for rule in shown.added],
    }
    return render_template(
        "rights/preview.html",
        shown=shown,
        notes=notes,
        summary=change.summary,
        carried=json.dumps(carried, ensure_ascii=False),
        back=back,
        words=_words_of_level,
        whose=_whose,
    )


def _text(problems: Problems, text: str) -> ResponseReturnValue:
    rules, wanted = all_rules(current_session()), request.args.get("q", "").strip()
    found = [rule for rule in rules if _is_about(rule, wanted.casefold())]
    page = render_template(
        "rights/all.html",
        problems=problems,
        text=text,
        count=len(rules),
        found=found,
        shown=found[:MOST_ROWS],
        q=wanted,
        summary=request.form.get("summary", ""),
        words=_words_of_level,
        whose=_whose,
    )
    return page, problems.status


def _spaces_with_rules(rules: tuple[Rule, ...]) -> set[str]:
    """Namespaces that have a rule somewhere inside them."""
    return {above.removesuffix(":*") for rule in rules for above in way_up(rule.scope)[1:]}


def _level_choices(*, is_page: bool) -> dict[str, str]:
    return {str(level): gettext(words) for level, words in LEVELS.items() if not is_page or level <= EDIT}


def _words_of_level(level: int) -> str:
    """A level in words; numbers between the steps keep their number."""
    if level > DELETE:
        return gettext("everything")
    return gettext(LEVELS[level]) if level in LEVELS else str(level)


def _whose(who: str) -> str:
    """``who`` of a rule, for people."""
    fixed = {EVERYBODY: "everybody", "%USER%": "whoever signed in", "%GROUP%": "members of a group"}
    if who in fixed:
        return gettext(fixed[who])
    return f"@{decode_name(who[1:])}" if who.startswith("@") else decode_name(who)


def _is_about(rule: Rule, wanted: str) -> bool:
    return wanted in rule.scope.casefold() or wanted in rule.who.casefold() or wanted in _whose(rule.who).casefold()


def _line(rule: Rule) -> str:
    return f"{rule.scope}\t{rule.who}\t{rule.level}"


def _inside(address: str) -> str:
    """Back into the editor, nowhere else."""
    return address if address.startswith("/_admin/rights") else "/_admin/rights"
