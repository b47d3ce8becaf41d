"""What the forms of the rights editor say: scopes and rules as people type them, a table of rules as text."""

import json

from flask import request

from app.domain.access import DELETE, EDIT, EVERYBODY, Rule, encode_name, read_rules
from app.domain.errors import BadValue
from app.domain.names import clean_id, clean_login
from app.services.groups import all_groups
from app.services.rights_preview import reader_named
from app.services.rules import RuleChange, all_rules
from app.web.context import current_session, current_settings
from app.web.forms import line
from app.web.i18n import gettext

KINDS = {
    "all": "everybody",
    "group": "a group",
    "person": "a person",
    "user": "whoever signed in (%USER%)",
    "own_group": "members of a group (%GROUP%)",
}
NO_RULE = ""
LONGEST_TEXT = 2 * 1024 * 1024
NO_SCOPE = "This is neither a page nor a namespace. Examples: start, projects:*, *"
NO_NAME = "Say which group or person."
LOWERED = "Rules about a single page give at most “edit”: more was lowered to that."
UNKNOWN = "“{name}” is no group and nobody's login so far. The rule waits for them."
BAD_LINE = "Line {number} is no rule: a page or namespace, who, and a level, with blanks between."
BAD_LEVEL = "Line {number} names a level that is no number from 0 to 16."


def read_form(scope: str) -> tuple[RuleChange, list[str]]:
    """The change that the form of ``scope`` asks for, and what must be said of it; rules left as they are stay so."""
    session, is_page = current_session(), not scope.endswith("*")
    remove, add, notes = [], [], []
    own = [rule for rule in all_rules(session) if rule.scope == scope]
    asked = [(rule, request.form.get(f"level-{rule.who}", str(rule.level))) for rule in own]
    wanted = [(rule.who, level) for rule, level in asked if level != str(rule.level)]
    if request.form.get("new-level", NO_RULE) != NO_RULE:
        who, name = _new_who()
        wanted.append((who, request.form["new-level"]))
        if name and not _is_known(name):
            notes.append(gettext(UNKNOWN).format(name=name))
    for who, level in wanted:
        if level == NO_RULE:
            remove.append(Rule(scope, who, 0))
            continue
        number = _level(level)
        if is_page and number > EDIT:
            number = EDIT
            notes.append(gettext(LOWERED))
        add.append(Rule(scope, who, number))
    return RuleChange(remove, add, line("summary")), list(dict.fromkeys(notes))


def _new_who() -> tuple[str, str]:
    """The new rule's who, encoded, and the name that was meant: a login, ``@group``, or "" where none is needed."""
    kind, typed = request.form.get("new-kind", ""), line("new-name")
    fixed = {"all": EVERYBODY, "user": "%USER%", "own_group": "%GROUP%"}.get(kind)
    if fixed:
        return fixed, ""
    name = clean_login(typed.removeprefix("@"), current_settings())
    if kind not in KINDS or not name:
        raise BadValue(field="new-name", reason=NO_NAME)
    mark = "@" if kind == "group" else ""
    return mark + encode_name(name), mark + name


def _is_known(name: str) -> bool:
    session = current_session()
    return name[1:] in all_groups(session) if name.startswith("@") else reader_named(session, name) is not None


def carried_change() -> RuleChange:
    """The change that the preview's form brings back; it is checked as if it had been typed.

    Raises: BadValue.
    """
    try:
        given = json.loads(request.form.get("change", ""))
        remove = [Rule(str(scope), str(who), int(level)) for scope, who, level in given["remove"]]
        add = [Rule(str(scope), str(who), int(level)) for scope, who, level in given["add"]]
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise BadValue(field="change", reason="This form is broken. Go back and look at the change again.") from error
    return RuleChange(remove, add, line("summary"))


def read_text(text: str) -> list[Rule]:
    """Raises: BadValue: the first line that is no rule."""
    if len(text) > LONGEST_TEXT:
        raise BadValue(field="rules", reason="This is too long. Make it shorter.")
    found: dict[tuple[str, str], Rule] = {}
    for number, row in enumerate(text.splitlines(), 1):
        if not row.strip() or row.strip().startswith("#"):
            continue
        read = read_rules([row])
        if not read:
            raise BadValue(field="rules", reason=gettext(BAD_LINE).format(number=number))
        rule = read[0]
        if rule.doubtful or rule.level > DELETE:
            raise BadValue(field="rules", reason=gettext(BAD_LEVEL).format(number=number))
        found[rule.scope, rule.who] = rule
    return list(found.values())


def read_scope(typed: str) -> str:
    """``typed`` as rules name it: clean, its placeholders kept.

    Raises: BadValue.
    """
    found = _cleaned_scope(typed)
    if not found:
        raise BadValue(field="at", reason=NO_SCOPE)
    return found


def known_scope(typed: str) -> str:
    return _cleaned_scope(typed) or "*"


def _cleaned_scope(typed: str) -> str:
    text = typed.strip().removeprefix(":")
    if text == "*":
        return "*"
    if any(rule.scope == text for rule in all_rules(current_session())):  # an imported one may be unclean
        return text
    space = text.endswith(("*", ":"))
    parts = text.rstrip("*").strip(":").split(":")
    clean = [part if part in ("%USER%", "%GROUP%") else clean_id(part, current_settings()) for part in parts]
    if not all(clean) or len(text) > 250:
        return ""
    return ":".join(clean) + (":*" if space else "")


def _level(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 4 and int(text) <= DELETE):
        raise BadValue(field="new-level", reason="Choose one of the list.")
    return int(text)
