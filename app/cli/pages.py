"""``lierre page``: pages in and out as plain text."""

import json
import sys
from dataclasses import replace

import click
from sqlalchemy.orm import Session

from app.cli.opening import OPERATOR, now, opened
from app.domain.errors import NotFound
from app.domain.markups import MARKUPS, Markup, other
from app.domain.names import page_name
from app.domain.viewer import Viewer
from app.services.accounts import find_account
from app.services.conversion import change_markup
from app.services.indexes import all_pages
from app.services.pages import PageEdit, PageView, delete_page, read_page, save_page
from app.services.setting_rows import load_settings
from app.services.writing import Saved


@click.group()
def page() -> None:
    """Read, write, list and delete pages."""


@page.command()
@click.argument("name", metavar="ID")
@click.option("--summary", default="", help="What the change is about.")
@click.option("--author", default="", help="Login of the person it is credited to.")
@click.option("--markup", type=click.Choice(MARKUPS), help="What the text is written in; a page in another changes.")
def put(name: str, summary: str, author: str, markup: Markup | None) -> None:
    """Save the text on standard input as page ID."""
    text = _decoded(sys.stdin.buffer.read())
    with opened() as (_wiki, session):
        viewer = OPERATOR
        if author:
            person = find_account(session, author)
            viewer = Viewer(login=person.login, groups=frozenset(person.groups), is_admin=True)
        before = read_page(session, page_name(name, load_settings(session)), viewer=viewer)
        saved = _put(session, before, PageEdit(before.name, text, summary=summary, markup=markup), viewer)
    click.echo(f"{saved.name}: {saved.kind or 'unchanged'}", err=True)


def _put(session: Session, before: PageView, edit: PageEdit, viewer: Viewer) -> Saved:
    """Over what is there now; a text in another markup takes its markup along."""
    based_on = before.revision.id if before.revision else None
    if before.exists and edit.markup not in (None, before.markup) and edit.text.strip():
        to: Markup = other(before.markup)
        more = {"summary": edit.summary, "text": edit.text}
        return change_markup(session, edit.name, to, based_on=based_on, viewer=viewer, now=now(), **more)
    return save_page(session, replace(edit, based_on=based_on), viewer=viewer, now=now())


@page.command()
@click.argument("name", metavar="ID")
@click.option("--rev", type=int, metavar="TIME", help="As of the revision made at TIME, in seconds since 1970.")
def get(name: str, rev: int | None) -> None:
    """Print the text of page ID."""
    with opened() as (_wiki, session):
        found = read_page(session, page_name(name, load_settings(session)), viewer=OPERATOR, rev=rev)
    if not found.exists:
        raise NotFound(name=name)
    sys.stdout.buffer.write(found.text.encode())
    sys.stdout.buffer.flush()


@page.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line: title, markup, time of the last change.")
def list_pages(*, as_json: bool) -> None:
    """Print the names of all pages, one a line."""
    with opened() as (_wiki, session):
        for entry in all_pages(session, viewer=OPERATOR):
            row = {"id": entry.name, "title": entry.title, "changed": entry.changed_at, "markup": entry.markup}
            click.echo(json.dumps(row, ensure_ascii=False) if as_json else entry.name)


@page.command()
@click.argument("name", metavar="ID")
@click.option("--summary", default="", help="Why it goes.")
def delete(name: str, summary: str) -> None:
    """Delete page ID; its history stays."""
    with opened() as (_wiki, session):
        clean = page_name(name, load_settings(session))
        saved = delete_page(session, clean, summary=summary, viewer=OPERATOR, now=now())
    click.echo(f"{saved.name}: deleted", err=True)


def _decoded(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise click.ClickException(f"The text is not UTF-8 at byte {error.start}. Convert it first.") from error
