"""The access rules of an old wiki: ``acl.auth.php``. What cannot be read denies; nothing opens wider than before."""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.access import DELETE, EVERYBODY, NONE, Rule, read_rules
from app.exchange.dokuwiki.conf_files import text_of
from app.exchange.dokuwiki.model import Note, Sorted
from app.exchange.dokuwiki.settling import (
    ConfFile,
    Knows,
    Reads,
    conf_file,
    one_transaction,
    operator_of,
    remember,
    remembered,
)
from app.services.rulebook import rulebook
from app.services.rules import LONGEST_SCOPE, LONGEST_WHO, MOST_RULES, RuleChange, write_rules
from app.store.rules import AclChange

FILE = "acl.auth.php"
NO_RULE = "This line is no rule: it takes a page or namespace, somebody, and a number."
NO_LEVEL = "The level is no number; the rule denies."
TOO_LONG = "This rule is too long or holds signs that are not text: it could never apply."
TWICE = "Another line gives the same people more in the same place, and counts."
TOO_MANY = "These are more rules than a wiki can hold. Administrators alone may do anything until there are fewer."
NARROWER = "A rule that was made here gave more, and gives way."
OTHER = "A rule that was made here says otherwise, and stays."
SWITCHED_OFF = "The old wiki had its rules switched off, and everybody could write. Open by rules what shall be open."
SUMMARY = "From DokuWiki"
Places = dict[tuple[str, str], Rule]


def bring(  # noqa: PLR0913 - what every part of a run takes
    session: Session,
    source: Reads,
    layout: Knows,
    files: Sequence[Sorted],
    *,
    operator: str,
    now: int,
    dry_run: bool = False,
) -> Iterator[Note]:
    """Store the rules in one transaction; the notes of lines that were not stored as they stand.

    Rules that were there replace ours where nobody made rules here; afterwards only what changed there changes here.
    """
    notes: list[Note] = []
    found = conf_file(source, layout, FILE, files, notes)
    if found is None:
        return iter(notes)
    if not is_on(layout.config):
        return iter([Note(found.path, "left", SWITCHED_OFF)])
    with one_transaction(session, dry_run=dry_run):
        _store(session, found, notes, operator=operator, now=now)
    return iter(notes)


def is_on(config: Mapping[object, object]) -> bool:
    """Whether the old wiki's rules were in force; rules of a wiki that does not say are taken as in force."""
    return str(config.get("useacl", 1)).lower() not in ("", "0", "false", "none")


def _store(session: Session, found: ConfFile, notes: list[Note], *, operator: str, now: int) -> None:
    wanted = _read(found, notes)
    present = {(rule.scope, rule.who): rule for rule in rulebook(session, fresh=True).rules}
    before = remembered(session, "rules")
    last = {(scope, who): level for scope, who, level in before.get("rules", [])}
    if not before and not _made_here(session):
        remove, add = list(present.values()), list(wanted.values())
    else:
        remove, add = _since(present, wanted, last, notes, found.path)
    change = RuleChange(remove=remove, add=add, summary=SUMMARY)
    write_rules(session, change, by=operator_of(operator), now=now)
    remember(session, "rules", {"rules": [[rule.scope, rule.who, rule.level] for rule in wanted.values()]})


def _made_here(session: Session) -> bool:
    """Whether anybody changed rules here before."""
    return session.execute(select(AclChange.id).limit(1)).first() is not None


def _since(
    present: Places, wanted: Places, last: Mapping[tuple[str, str], int], notes: list[Note], path: str
) -> tuple[list[Rule], list[Rule]]:
    """What to remove and to add so that only what changed there since ``last`` changes here."""
    remove = [
        rule for place, rule in present.items() if place not in wanted and last.get(place, rule.level + 1) == rule.level
    ]
    add: list[Rule] = []
    for place, rule in wanted.items():
        here = present.get(place)
        if here == rule or last.get(place) == rule.level:
            continue
        if here is None or last.get(place) == here.level:
            add.append(rule)
        elif place not in last and here.level > rule.level:
            add.append(rule)
            notes.append(Note(path, "changed", f"{NARROWER} ({rule.scope} {rule.who})"))
        else:
            notes.append(Note(path, "changed", f"{OTHER} ({rule.scope} {rule.who})"))
    return remove, add


def _read(found: ConfFile, notes: list[Note]) -> Places:
    """The rules by place; of two of one place, that which gives more, as they were read."""
    wanted: Places = {}
    for number, line in enumerate(text_of(found.data).split("\n"), 1):
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        rules = read_rules([bare])
        if not rules:
            notes.append(Note(found.path, "left", NO_RULE, number))
            continue
        rule = Rule(rules[0].scope, rules[0].who, min(rules[0].level, DELETE))
        if rules[0].doubtful:
            rule = Rule(rule.scope, rule.who, NONE)
            notes.append(Note(found.path, "changed", NO_LEVEL, number))
        _take(rule, wanted, notes, found.path, number)
    if len(wanted) > MOST_RULES:
        notes.append(Note(found.path, "left", TOO_MANY))
        return {("*", EVERYBODY): Rule("*", EVERYBODY, NONE)}
    return wanted


def _take(rule: Rule, wanted: Places, notes: list[Note], path: str, number: int) -> None:
    place = (rule.scope, rule.who)
    if place in wanted:
        notes.append(Note(path, "left", TWICE, number))
        if rule.level > wanted[place].level:
            wanted[place] = rule
    elif not _fits(rule.scope, LONGEST_SCOPE) or not _fits(rule.who, LONGEST_WHO):
        notes.append(Note(path, "left", TOO_LONG, number))
    else:
        wanted[place] = rule


def _fits(text: str, longest: int) -> bool:
    return len(text) <= longest and text.isprintable() and " " not in text
