"""What else an old wiki holds: who wants to hear of changes, what new pages begin with, files that nothing reads."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.exchange.dokuwiki.changelog import as_text
from app.exchange.dokuwiki.conf_files import read_subscriptions
from app.exchange.dokuwiki.model import Note, OldSubscription, Sorted, Unreadable
from app.exchange.dokuwiki.settling import MOST, Reads, Run, one_transaction, remember, remembered
from app.exchange.dokuwiki.store_kept import keep_files
from app.exchange.dokuwiki.store_people import FILE as PEOPLE
from app.exchange.dokuwiki.store_rights import FILE as RIGHTS
from app.exchange.dokuwiki.store_settings import LICENCES, LOCAL
from app.exchange.dokuwiki.store_style import SHEETS
from app.exchange.dokuwiki.store_tables import BLOCKED, PLUGINS, TABLES
from app.store.exchange import NamespaceTemplate, Subscription

READ = frozenset(
    {PEOPLE, RIGHTS, PLUGINS, BLOCKED, "dokuwiki.php", *LOCAL, *TABLES, *SHEETS, LICENCES}
)  # files of ``conf`` that are read elsewhere
BACK = frozenset({*LOCAL, PLUGINS, *SHEETS, LICENCES})  # they say more than there is here: an export says it again
TEMPLATES = {"_template.txt": False, "__template.txt": True}  # whether the namespaces below begin so, too
MOST_TEMPLATE = 1024 * 1024  # bytes
LONGEST = 255  # characters of a login or target
NOBODY = "Nobody here can be called so."
TWICE = "They stand once more below, and that counts."
OTHER = "What is here was changed since, and stays as it is."


def bring(session: Session, run: Run, files: Sequence[Sorted]) -> list[Note]:
    """Store subscriptions, templates and what nobody reads in ``conf``; the notes of what was not stored as it is."""
    notes: list[Note] = []
    with one_transaction(session, dry_run=run.dry_run):
        _subscriptions(session, run, [one for one in files if one.kind == "subscription"], notes)
        _templates(session, run, [one for one in files if one.kind == "template"], notes)
    notes += keep_files(session, run, [one for one in files if _is_unread(one)])
    keep_files(session, run, [one for one in files if one.kind == "conf" and _leaf(one) in BACK])  # told already
    return notes


def _leaf(one: Sorted) -> str:
    return one.file.path.rpartition("/")[2]


def _is_unread(one: Sorted) -> bool:
    return one.kind == "conf" and _leaf(one) not in READ


def _read(source: Reads, one: Sorted, most: int, notes: list[Note]) -> bytes | None:
    try:
        return source.read(one.file.path, most)
    except Unreadable as error:
        notes.append(Note(one.file.path, "left", error.reason))
        return None


def _subscriptions(session: Session, run: Run, files: Sequence[Sorted], notes: list[Note]) -> None:
    last = remembered(session, run, "subscriptions")
    there = {_place(row.target, row.login): row for row in session.execute(select(Subscription)).scalars()}
    found: dict[str, list[object]] = {}
    for one in files:
        data = _read(run.source, one, MOST, notes)
        if data is None:  # nothing is known: what came from it stays
            found |= {place: state for place, state in last.items() if place.startswith(_place(target_of(one), ""))}
            continue
        for each in _subscribers(data, one, notes):
            found[_place(each.target, each.login)] = [each.style, each.since]
            _subscribe(session, each, there, last, notes, one.file.path)
    for place, state in last.items():
        row = there.get(place)
        if place not in found and row is not None and [row.style, row.since] == state:
            session.delete(row)
    remember(session, run, "subscriptions", found)


def _subscribers(data: bytes, one: Sorted, notes: list[Note]) -> Iterable[OldSubscription]:
    """By login, the last line of each."""
    by_login: dict[str, OldSubscription] = {}
    for each in read_subscriptions(data, target_of(one), one.file.path):
        if isinstance(each, Note):
            notes.append(each)
        elif len(each.login) > LONGEST or len(each.target) > LONGEST:
            notes.append(Note(one.file.path, "left", NOBODY, each.line))
        else:
            if each.login in by_login:
                notes.append(Note(one.file.path, "changed", TWICE, by_login[each.login].line))
            by_login[each.login] = each
    return by_login.values()


def target_of(one: Sorted) -> str:
    """A page, ``ns:`` or ``:``."""
    if _leaf(one) != ".mlist":
        return one.name
    return f"{one.name.strip(':')}:"


def _place(target: str, login: str) -> str:
    return f"{target}\n{login}"


def _subscribe(
    session: Session,
    each: OldSubscription,
    there: dict[str, Subscription],
    last: dict[str, list[object]],
    notes: list[Note],
    path: str,
) -> None:
    place = _place(each.target, each.login)
    row, state = there.get(place), [each.style, each.since]
    if row is None and place not in last:
        there[place] = Subscription(login=each.login, target=each.target, style=each.style, since=each.since)
        session.add(there[place])
    elif last.get(place) == state or (row is not None and [row.style, row.since] == state):
        return
    elif row is not None and [row.style, row.since] == last.get(place):
        row.style, row.since = each.style, each.since
    else:
        notes.append(Note(path, "left", OTHER, each.line))


def _templates(session: Session, run: Run, files: Sequence[Sorted], notes: list[Note]) -> None:
    last = remembered(session, run, "templates")
    found: dict[str, str] = {}
    for one in files:
        deep, namespace = TEMPLATES[_leaf(one)], namespace_of(one)
        data = _read(run.source, one, MOST_TEMPLATE, notes)
        if data is None:
            unread = f"{int(deep)}{namespace}"
            found |= {unread: last[unread]} if unread in last else {}
            continue
        text = as_text(data.removeprefix(b"\xef\xbb\xbf")).replace("\r\n", "\n").replace("\0", "\ufffd")
        place = f"{int(deep)}{namespace}"
        found[place] = text
        row = session.get(NamespaceTemplate, (namespace, deep))
        if last.get(place) == text:
            continue
        if row is None:
            session.add(NamespaceTemplate(namespace=namespace, deep=deep, text=text))
        elif row.text in (text, last.get(place)):
            row.text = text
        else:
            notes.append(Note(one.file.path, "left", OTHER))
    for place in last.keys() - found.keys():
        row = session.get(NamespaceTemplate, (place[1:], place[0] == "1"))
        if row is not None and row.text == last[place]:
            session.delete(row)
    remember(session, run, "templates", found)


def namespace_of(one: Sorted) -> str:
    """Of a template: the name of its folder, whether it was sorted by that or by its own."""
    above, _, leaf = one.name.rpartition(":")
    return above if leaf.strip("_") == "template" else one.name.strip(":")
