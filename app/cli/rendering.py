"""``lierre render``: wiki text to HTML, as an anonymous reader of this wiki would get it."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import click
from sqlalchemy.orm import Session

from app.cli.opening import now, opened
from app.domain.markups import MARKUPS, Markup
from app.domain.options import settings_with
from app.domain.viewer import ANYONE
from app.domain.wiki_settings import WikiSettings
from app.markup import Facts, PageFact, filler, parse, questions
from app.markup import render as render_document
from app.markup.installed import EVERY, OURS, installed
from app.services.facts import load_facts
from app.services.live import Reading, Rows
from app.services.permissions import sight_of
from app.services.setting_rows import load_settings

ALL = "all"
OLD_MARKDOWN = "md"  # as the old wiki's setting ``syntax`` has it


class BadLine(Exception):
    """A line of the input that cannot be rendered; the text says why."""


@dataclass(frozen=True, slots=True)
class Job:
    """One line of the input. ``pages``: render as if just these existed; None: as this wiki is."""

    name: str
    page_id: str
    text: str
    markup: Markup
    settings: Mapping[str, Any]
    pages: tuple[str, ...] | None


@dataclass(slots=True)
class Alone(Reading):
    """Pages without texts link nowhere."""

    def backlinks(self, page: str, *, only: str, without: bool) -> Rows:
        del page, only, without
        return ()


@click.command()
@click.option("--jsonl", is_flag=True, required=True, help='Lines {"name","id","text"} in, {"name","html"} out.')
@click.option("--plugins", default="", help="Installed syntaxes to use, besides the wiki's own: names, or all.")
def render(*, jsonl: bool, plugins: str) -> None:
    """Render wiki text from standard input, a JSON object a line."""
    del jsonl
    wanted = _wanted(plugins)
    bad = 0
    with opened() as (wiki, session):
        settings = load_settings(session)
        for number, line in enumerate(sys.stdin, 1):
            if not line.strip():
                continue
            try:
                job = _read(line)
                html = _html(session, job, _settings(settings, job, wanted), wiki.secret)
            except (BadLine, ValueError, TypeError) as error:
                bad += 1
                click.echo(f"line {number}: {error}", err=True)
                continue
            click.echo(json.dumps({"name": job.name, "html": html}))
    if bad:
        raise SystemExit(1)


def _wanted(plugins: str) -> tuple[str, ...]:
    known = tuple(one.syntax.name for one in installed())
    names = known if plugins == ALL else tuple(name.strip() for name in plugins.split(",") if name.strip())
    for name in names:
        if name not in known:
            shown = ", ".join(known) or "none"
            raise click.ClickException(f"There is no syntax “{name}”. Installed besides the wiki's own: {shown}.")
    return names


def _settings(settings: WikiSettings, job: Job, plugins: tuple[str, ...]) -> WikiSettings:
    """Those of the wiki and the line. Which installed syntaxes are used is the command's to say alone.

    No other site is asked for anything: feeds are links, pictures stand with their own addresses.
    """
    given = settings_with(settings, job.settings)
    ours = {name: switch for name, switch in given.plugins.items() if name in OURS}
    return replace(given, plugins=ours | {EVERY: "0"} | dict.fromkeys(plugins, "1"), feedhosts="", picturehosts="")


def _read(line: str) -> Job:
    row = json.loads(line)
    if not isinstance(row, dict) or not all(isinstance(row.get(key), str) for key in ("name", "id", "text")):
        raise BadLine("it needs name, id and text, each a string")
    settings, pages = row.get("settings") or {}, row.get("pages")
    if not isinstance(settings, dict):
        raise BadLine("its settings are no object")
    markup = row.get("markup") or ("markdown" if settings.get("syntax") == OLD_MARKDOWN else "dokuwiki")
    if markup not in MARKUPS:
        raise BadLine(f"markup {markup!r} is not known; known: {', '.join(MARKUPS)}")
    return Job(row["name"], row["id"], row["text"], markup, settings, None if pages is None else tuple(pages))


def _html(session: Session, job: Job, settings: WikiSettings, secret: bytes) -> str:
    document = parse(job.text, settings, job.markup)
    if job.pages is None:
        facts = load_facts(session, questions(document, job.page_id, settings), sight_of(session, ANYONE))
        kind = Reading
    else:
        facts = Facts(pages={name: PageFact() for name in job.pages})
        kind = Alone
    fill = filler(kind(session, ANYONE, settings, job.page_id, now()))
    made = render_document(document, job.page_id, facts, settings, secret)
    return "".join(part if isinstance(part, str) else fill(part) for part in made.parts)
