"""The sample wiki out again: the same files as it came with; and in once more: the same wiki."""

import gzip
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.domain.table_text import read_own
from app.exchange.dokuwiki import php_values
from app.exchange.dokuwiki.conf_files import read_people, read_subscriptions
from app.exchange.dokuwiki.exporting import export_wiki
from app.exchange.dokuwiki.importing import Options, import_wiki
from app.exchange.dokuwiki.model import OldPerson
from app.exchange.dokuwiki.php_source import read_config
from app.exchange.dokuwiki.store_tables import TABLES
from app.first_start import init_wiki
from app.settings import Settings
from app.wiki import Wiki, open_wiki
from tests.conformance.sample_wiki import Statement, copied, imported
from tests.exchange.wholes import differences, whole

ROLES = ("pages", "attic", "media", "media_attic")
NOT_CARRIED = ("useacl", "authtype", "disableactions", "target")


def statements(folder: Path) -> Iterator[Statement]:
    """``folder`` holds ``sample-wiki`` and what is expected of it."""
    with imported(folder) as found, tempfile.TemporaryDirectory(prefix="lierre-back-") as place:
        old, new = copied(folder, Path(place) / "old"), Path(place) / "new"
        now = int(found.expected["now"])
        report = export_wiki(found.wiki, new, lambda _: None, now=now)
        yield Statement("left out", "nothing", [], report.left)
        yield from _contents(old, new)
        yield from _logs(old, new)
        yield from _meta(old, new)
        yield from _conf(old, new)
        with _wiki(Path(place) / "home") as again, again.sessions() as session:
            import_wiki(again, new, Options(), lambda _: None, lambda: now)
            different = differences(whole(found.session), whole(session))
            yield Statement("again", "the same wiki", [], [line for line in different if not _by_design(line)])


@contextmanager
def _wiki(home: Path) -> Iterator[Wiki]:
    wiki = open_wiki(Settings(home=home, database_url=f"sqlite:///{home}/wiki.db"))
    try:
        init_wiki(wiki, empty=True)
        yield wiki
    finally:
        wiki.engine.dispose()


def _by_design(line: str) -> bool:
    """See docs/formats/dokuwiki-export.md."""
    return line.startswith(("kept conf/", "settings disableactions"))


def _contents(old: Path, new: Path) -> Iterator[Statement]:
    """Every text and file, byte for byte, and the time of what is there now."""
    for role in ROLES:
        for file in sorted((old / "data" / role).rglob("*")):
            if not file.is_file():
                continue
            name = file.relative_to(old)
            there = new / name
            wanted, got = (_bytes(path) if path.is_file() else None for path in (file, there))
            yield Statement(role, str(name), True, wanted == got)
            if role in ("pages", "media") and not file.name.startswith("_"):
                times = (int(path.stat().st_mtime) if path.is_file() else None for path in (file, there))
                yield Statement(role, f"{name} time", *times)
    held = {path.relative_to(new / "data") for role in ("pages", "media") for path in (new / "data" / role).rglob("*")}
    more = [str(path) for path in held if not (old / "data" / path).exists()]
    yield Statement("more than there was", "pages and files", [], sorted(more))


def _bytes(path: Path) -> bytes:
    raw = path.read_bytes()
    return gzip.decompress(raw) if path.name.endswith(".txt.gz") and "attic" in path.parts else raw


def _logs(old: Path, new: Path) -> Iterator[Statement]:
    """Every log, those of all pages and all files apart: their length follows from the day."""
    names = {path.relative_to(root) for root in (old, new) for path in (root / "data").rglob("*.changes")}
    for name in sorted(name for name in names if not name.name.startswith("_")):
        wanted, got = (path.read_bytes() if path.is_file() else None for path in (old / name, new / name))
        yield Statement("logs", str(name), wanted, got)


def _meta(old: Path, new: Path) -> Iterator[Statement]:
    for path in sorted((old / "data/meta").rglob("*.meta")):
        wanted = php_values.loads(path.read_bytes())
        there = new / path.relative_to(old)
        got = php_values.loads(there.read_bytes()) if there.is_file() else {}
        assert isinstance(wanted, dict)
        assert isinstance(got, dict)
        yield Statement("meta", path.name, wanted["persistent"], got.get("persistent"))
        if got.get("current", {}).get("date"):
            yield Statement("meta", f"{path.name} title", wanted["current"].get("title"), got["current"].get("title"))


def _conf(old: Path, new: Path) -> Iterator[Statement]:
    people, there = (_people(root / "conf/users.auth.php") for root in (old, new))
    yield from (Statement("people", login, values, there.get(login)) for login, values in people.items())
    for name in ("local.php", "plugins.local.php"):
        wanted, got = (read_config((root / "conf" / name).read_text(), _variable(name))[0] for root in (old, new))
        for key, value in wanted.items():
            if key not in NOT_CARRIED:
                yield Statement("settings", str(key), str(value), str(got.get(key)))
    for name, table in TABLES.items():
        wanted, got = (read_own(table, (root / "conf" / name).read_text()).entries for root in (old, new))
        yield Statement("tables", name, wanted, got)
    rules, ours = (_rules(root / "conf/acl.auth.php") for root in (old, new))
    yield Statement("rules", "acl.auth.php", rules, ours)
    for path in sorted((old / "data/meta").rglob("*.mlist")):
        lists = (list(read_subscriptions((root / path.relative_to(old)).read_bytes(), "", "")) for root in (old, new))
        yield Statement("subscriptions", path.name, *lists)


def _variable(name: str) -> str:
    return "plugins" if name.startswith("plugins") else "conf"


def _people(path: Path) -> dict[str, tuple[object, ...]]:
    found = [one for one in read_people(path.read_bytes(), "") if isinstance(one, OldPerson)]
    return {one.login: (one.hash, one.name, one.mail, sorted(one.groups)) for one in found}


def _rules(path: Path) -> list[list[str]]:
    lines = (line.partition("#")[0].split() for line in path.read_text().splitlines())
    return sorted(line for line in lines if line)
