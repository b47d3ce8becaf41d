"""Functions by their tables: input, and what the reference answered."""

from collections.abc import Callable
from typing import Any

from app.domain import interwiki
from app.domain.access import read_rules, rights
from app.domain.anchors import SectionIds
from app.domain.names import clean_id, clean_login
from app.domain.options import settings_with
from app.domain.resolve import resolve_media, resolve_page
from app.domain.wiki_settings import WikiSettings
from app.exchange.dokuwiki.changelog import read_line, write_line
from app.markup import Facts, MediaFact, Metadata, PageFact, metadata, parse, render, sections
from app.services.passwords import fits
from tests.conformance.world import SHIPPED

Row = dict[str, Any]
Check = Callable[[Row], bool]


def _settings(row: Row) -> WikiSettings:
    return settings_with(SHIPPED, row.get("config") or {})


def _clean_id(row: Row) -> bool:
    return bool(clean_id(row["raw"], _settings(row)) == row["clean"])


def _clean_user(row: Row) -> bool:
    return bool(clean_login(row["raw"], _settings(row)) == row["clean"])


def _section_id(row: Row) -> bool:
    ids = SectionIds(_settings(row))
    return bool([ids.unique(heading) for heading in row["headings"]] == row["ids"])


def _resolve_page(row: Row) -> bool:
    pages = set(row["pages"])
    found = resolve_page(row["raw"], row["context"], pages.__contains__, _settings(row))
    return (found.id, found.exists, found.hash) == (row["id"], row["exists"], row.get("hash", ""))


def _resolve_media(row: Row) -> bool:
    found = resolve_media(row["raw"], row["context"], _settings(row))
    return (found, found in row["media"]) == (row["id"], row["exists"])


def _interwiki(row: Row) -> bool:
    own = {row["shortcut"]: row["pattern"]} if "pattern" in row else {}
    settings = settings_with(SHIPPED, {"interwiki": own})
    found = interwiki.resolve(row["shortcut"], row["reference"], interwiki.table(settings), settings)
    exists = None if found.page_id is None else found.page_id in row.get("pages", ())
    wanted = (row["url"], row["exists"], row.get("shortcut_after", row["shortcut"]))
    return (found.url, exists, found.shortcut) == wanted


def _toc(row: Row) -> bool:
    settings = _settings(row)
    made = render(parse(row["text"], settings), "test:page", Facts(), settings)
    entries = [{"level": entry.level, "id": entry.anchor, "title": entry.title} for entry in made.toc]
    return (entries, made.notoc) == (row["toc"], row["notoc"])


def _sections(row: Row) -> bool:
    document = parse(row["text"], SHIPPED)
    found = [
        {
            "target": each.kind,
            "name": each.title,
            "anchor": each.anchor,
            "range": list(each.byte_range(document.source)),
        }
        for each in sections(document, SHIPPED)
    ]
    return bool(found == row["sections"])


def _about(row: Row) -> Metadata:
    pages = {page: PageFact() for page in (*row["pages"], row["id"])}
    facts = Facts(pages, {name: MediaFact(1) for name in row["media"]})
    return metadata(parse(row["text"], SHIPPED), row["id"], facts, SHIPPED)


def _abstract(row: Row) -> bool:
    return bool(_about(row).abstract == row["abstract"])


def _metadata(row: Row) -> bool:
    about = _about(row)
    exists = {(each.kind, each.target): each.exists for each in about.references}
    return {
        "title": about.title or None,
        "firstimage": about.first_image,
        "references": {target: exists["page", target] for target in about.targets("page")},
        "media_refs": {target: exists["media", target] for target in about.targets("media")},
        "toc": [{"level": entry.level, "id": entry.anchor, "title": entry.title} for entry in about.headings],
        "internal": {"cache": not about.nocache, "toc": not about.notoc},
        "haspart": dict.fromkeys(about.feeds, True),
    } == {name: row[name] for name in ("title", "firstimage", "references", "media_refs", "toc", "internal", "haspart")}


def _acl(row: Row) -> bool:
    rules = read_rules(row["rules"])
    given = {"superuser": row["superuser"]} | ({"manager": row["manager"]} if "manager" in row else {})
    settings = settings_with(SHIPPED, given)
    return all(
        rights(rules, probe["user"], probe["groups"], settings).level(probe["id"]) == probe["perm"]
        for probe in row["probes"]
    )


def _passwords(row: Row) -> bool:
    return bool(fits(row["password"], row["hash"]) == row["ok"])


def _changelog(row: Row) -> bool:
    found = read_line(row["line"])
    if found is None:
        return row["parsed"] is False
    fields = {
        "date": found.time,
        "ip": found.address,
        "type": found.kind,
        "id": found.name,
        "user": found.user,
        "sum": found.summary,
        "extra": found.extra,
        "sizechange": found.size_change,
    }
    wanted = row["parsed"] and {
        # A text that is missing is none there and empty here; an unknown size stays unknown.
        key: "" if value is None and key != "sizechange" else value
        for key, value in row["parsed"].items()
    }
    return bool(fields == wanted and write_line(found) == row["line"].removesuffix("\n"))


CHECKS: dict[str, Check | None] = {
    "clean_id": _clean_id,
    "clean_user": _clean_user,
    "section_id": _section_id,
    "resolve_page": _resolve_page,
    "resolve_media": _resolve_media,
    "interwiki": _interwiki,
    "toc": _toc,
    "sections": _sections,
    "metadata": _metadata,
    "acl": _acl,
    "passwords": _passwords,
    "changelog": _changelog,
    "search_query": None,
    "search_query_or": None,
}
# One field of a table, counted by itself.
FIELDS: dict[str, dict[str, Check]] = {"metadata": {"abstract": _abstract}}
