"""``lierre render``: wiki text to HTML, as an anonymous reader of this wiki would get it."""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import click
from sqlalchemy.orm import Session

from app.cli.opening import opened
from app.domain.hiding import is_hidden
from app.domain.options import settings_with
from app.domain.viewer import ANYONE
from app.domain.wiki_settings import WikiSettings
from app.markup import Facts, Live, PageFact, Rendered, parse, questions, render_backlinks
from app.markup import render as render_document
from app.services.config import load_settings
from app.services.facts import load_facts
from app.services.links import listed_backlinks
from app.services.rendering import backlinks_target

MARKUPS = ("dokuwiki",)


class BadLine(Exception):
    """A line of the input that cannot be rendered; the text says why."""


@dataclass(frozen=True, slots=True)
class Job:
    """One line of the input. ``pages``: render as if just these existed; None: as this wiki is."""

    name: str
    page_id: str
    text: str
    settings: Mapping[str, Any]
    pages: tuple[str, ...] | None


@click.command()
@click.option("--jsonl", is_flag=True, required=True, help='Lines {"name","id","text"} in, {"name","html"} out.')
@click.option("--plugins", default="", help="Syntax beyond core, backlinks and info: none is installed yet.")
def render(*, jsonl: bool, plugins: str) -> None:
    """Render wiki text from standard input, a JSON object a line."""
    del jsonl
    if plugins:
        raise click.ClickException(f"There is no syntax plugin “{plugins}”.")
    bad = 0
    with opened() as (wiki, session):
        settings = load_settings(session)
        for number, line in enumerate(sys.stdin, 1):
            if not line.strip():
                continue
            try:
                job = _read(line)
                html = _html(session, job, settings_with(settings, job.settings), wiki.secret)
            except (BadLine, ValueError, TypeError) as error:
                bad += 1
                click.echo(f"line {number}: {error}", err=True)
                continue
            click.echo(json.dumps({"name": job.name, "html": html}))
    if bad:
        raise SystemExit(1)


def _read(line: str) -> Job:
    row = json.loads(line)
    if not isinstance(row, dict) or not all(isinstance(row.get(key), str) for key in ("name", "id", "text")):
        raise BadLine("it needs name, id and text, each a string")
    if row.get("markup", "dokuwiki") not in MARKUPS:
        raise BadLine(f"markup {row['markup']!r} is not known yet; known: {', '.join(MARKUPS)}")
    pages = row.get("pages")
    return Job(row["name"], row["id"], row["text"], row.get("settings") or {}, None if pages is None else tuple(pages))


def _html(session: Session, job: Job, settings: WikiSettings, secret: bytes) -> str:
    document = parse(job.text, settings)
    if job.pages is None:
        facts = load_facts(session, questions(document, job.page_id, settings))
    else:
        facts = Facts(pages={name: PageFact() for name in job.pages})
    made = render_document(document, job.page_id, facts, settings, secret)
    return "".join(_parts(session, job, settings, made))


def _parts(session: Session, job: Job, settings: WikiSettings, made: Rendered) -> Iterator[str]:
    for part in made.parts:
        if isinstance(part, str):
            yield part
        elif part.kind == "backlinks":
            yield render_backlinks(_linking(session, job, settings, part), settings)


def _linking(session: Session, job: Job, settings: WikiSettings, place: Live) -> list[tuple[str, str]]:
    if job.pages is not None:
        return []  # pages without texts link nowhere
    target = backlinks_target(place.args["page"], job.page_id, settings)
    only, without = place.args["filter"], bool(place.args["negate"])
    rows = listed_backlinks(session, target, only=only, without=without, viewer=ANYONE)
    return [row for row in rows if not is_hidden(row[0], settings)]
