"""The access rules of an old wiki: ``acl.auth.php``. What cannot be read denies; nothing opens wider than before."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from unicodedata import category

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.access import DELETE, EVERYBODY, NONE, READ, UPLOAD, Rule
from app.exchange.dokuwiki.conf_files import read_rules
from app.exchange.dokuwiki.model import Note, Sorted
from app.exchange.dokuwiki.settling import (
    ConfFile,
    Run,
    all_read,
    conf_file,
    is_on,
    one_transaction,
    remember,
    remembered,
    said,
)
from app.services.rulebook import rulebook
from app.services.rules import LONGEST_SCOPE, LONGEST_WHO, MOST_RULES, RuleChange, write_rules
from app.store.rules import AclChange

FILE = "acl.auth.php"
TOO_LONG = "This rule is too long or holds signs that are not text: it could never apply."
TWICE = "Another line gives the same people more in the same place, and counts."
TOO_MANY = "These are more rules than a wiki can hold. Administrators alone may do anything until there are fewer."
NARROWER = "A rule that was made here gave more, and gives way."
OTHER = "A rule that was made here says otherwise, and stays."
SWITCHED_OFF = "The old wiki had no rules in force: everybody could read, write and send files, as they can here now."
NOT_IN_FORCE = "These rules were not in force, and are left out."
UNSAID = (
    "The settings do not say that the rules are in force; here they are. If everybody shall write, change the rules."
)
NO_RULES = "The old wiki's rules are missing, so nobody but administrators could read anything; here it is the same."
SUMMARY = "From DokuWiki"
Places = dict[tuple[str, str], Rule]
OPEN: Places = {("*", EVERYBODY): Rule("*", EVERYBODY, UPLOAD)}
CLOSED: Places = {("*", EVERYBODY): Rule("*", EVERYBODY, NONE)}
OF_NEW_WIKI = (("*", EVERYBODY, READ), ("*", "@user", UPLOAD))  # nobody made these


def bring(session: Session, run: Run, files: Sequence[Sorted]) -> list[Note]:
    """Store the rules in one transaction; the notes of lines that were not stored as they stand.

    Rules that were there replace ours where nobody made rules here; afterwards only what changed there changes here.
    """
    notes: list[Note] = []
    wanted = _wanted(run, files, notes)
    if wanted is not None:
        with one_transaction(session, dry_run=run.dry_run):
            _store(session, run, wanted, notes)
    return notes


def _wanted(run: Run, files: Sequence[Sorted], notes: list[Note]) -> Places | None:
    """The rules that were in force; None: nothing is known of any. Where it is doubtful, what is closed stays closed.

    The old wiki closes where its rules are switched on and their file is not there, and opens where they are off.
    """
    switch = run.layout.config.get("useacl")
    found = conf_file(run, FILE, files, notes)
    told, sure = said(run, files, "useacl"), all_read(run, files)
    is_missing = found is None and not notes  # a file that cannot be read is one, too
    if sure and (is_missing if switch is None else not is_on(switch)):
        notes.append(replace(told, why=SWITCHED_OFF))
        if found is not None:
            notes.append(Note(found.path, "changed", NOT_IN_FORCE))
        return OPEN
    if found is not None:
        if not is_on(switch or "") and run.layout.conf_path("local.php") is not None:
            notes.append(replace(told, why=UNSAID))
        return rules_in(found, notes)
    if not is_missing or is_on(switch or ""):
        notes.append(replace(told, why=NO_RULES))
        return CLOSED
    return None


def _store(session: Session, run: Run, wanted: Places, notes: list[Note]) -> None:
    path = run.layout.conf_path(FILE) or ""
    present = {(rule.scope, rule.who): rule for rule in rulebook(session, fresh=True).rules}
    before = remembered(session, run, "rules")
    last = {(scope, who): level for scope, who, level in before.get("rules", OF_NEW_WIKI)}
    if not before and not _made_here(session):
        remove, add = list(present.values()), list(wanted.values())
    else:
        remove, add = _since(present, wanted, last, notes, path)
    change = RuleChange(remove=remove, add=add, summary=SUMMARY)
    write_rules(session, change, by=run.operator, now=run.now)
    remember(session, run, "rules", {"rules": [[rule.scope, rule.who, rule.level] for rule in wanted.values()]})


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


def rules_in(found: ConfFile, notes: list[Note]) -> Places:
    """The rules by place; of two of one place, that which gives more, as they were read."""
    wanted: Places = {}
    for one in read_rules(found.data, found.path):
        if isinstance(one, Note):
            notes.append(one)
        else:
            _take(Rule(one.scope, one.who, min(one.level, DELETE)), wanted, notes, found.path, one.line)
    if len(wanted) > MOST_RULES:
        notes.append(Note(found.path, "left", TOO_MANY))
        return CLOSED
    return wanted


def _take(rule: Rule, wanted: Places, notes: list[Note], path: str, number: int) -> None:
    place = (rule.scope, rule.who)
    if place in wanted:
        notes.append(Note(path, "changed", TWICE, number))
        if rule.level > wanted[place].level:
            wanted[place] = rule
    elif not _fits(rule.scope, LONGEST_SCOPE) or not _fits(rule.who, LONGEST_WHO):
        notes.append(Note(path, "left", TOO_LONG, number))
    else:
        wanted[place] = rule


def _fits(text: str, longest: int) -> bool:
    """Controls stand in no name; signs that are too new for this machine's tables may stand in one that is closed."""
    return len(text) <= longest and not any(category(sign) in ("Cc", "Cs") or sign.isspace() for sign in text)
