"""``{{backlinks>page#filter}}``: the pages that link to ``page``, filled in when the page is shown.

``{{backlinks>.#wiki}}`` gives the pages in ``wiki`` that link to this one::

    <div id="plugin__backlinks">
    <ul class="idx"><li><div class="li"><a href="/wiki:ivy" class="wikilink1" title="wiki:ivy" …>Ivy</a></div></li>
    </ul>
    </div>
"""

from collections.abc import Sequence
from typing import NamedTuple

from app.domain.resolve import resolve_page
from app.domain.wiki_settings import WikiSettings
from app.markup.addresses import in_attribute, page_url
from app.markup.escape import escape
from app.markup.grammar import Trigger
from app.markup.syntax import LiveWiki, Syntax, until
from app.markup.writer import Live, Writer

_NONE = '<div id="plugin__backlinks">\n<strong>Plugin Backlinks: Nothing was found.</strong>\n</div>\n'


class Wanted(NamedTuple):
    """``page`` as typed; ``filter``: what the ids of the pages listed begin with; ``negate``: those are left out."""

    page: str
    filter: str
    negate: bool


def _parse(token: str) -> Wanted:
    page, _, wanted = token.removeprefix("{{backlinks>").removesuffix("}}").partition("#")
    wanted = "" if wanted == "0" else wanted
    negate = wanted.startswith("!")
    return Wanted(page, wanted[1:] if negate else wanted, negate)


def _write(w: Writer, wanted: Wanted) -> None:
    w.out.append(
        Live("backlinks", {"page": wanted.page, "filter": wanted.filter, "negate": "1" if wanted.negate else ""})
    )


def _fill(wiki: LiveWiki, args: dict[str, str]) -> str | None:
    page = _target(args["page"], wiki)
    rows = wiki.backlinks(page, only=args["filter"], without=bool(args["negate"]))
    return None if rows is None else listing(rows, wiki.settings)


def listing(rows: Sequence[tuple[str, str | None]], settings: WikiSettings) -> str:
    """Ids with their titles, in the order given."""
    if not rows:
        return _NONE
    items = "".join(_item(page_id, title, settings) for page_id, title in rows)
    return f'<div id="plugin__backlinks">\n<ul class="idx">{items}</ul>\n</div>\n'


def _target(page: str, wiki: LiveWiki) -> str:
    """Taken literally unless it is relative."""
    if page == ".":
        return wiki.page_id
    return resolve_page(page, wiki.page_id, lambda _name: False, wiki.settings).id if ".:" in page else page


def _item(page_id: str, title: str | None, settings: WikiSettings) -> str:
    page = escape(page_id)
    target = f' target="{escape(settings.target_wiki)}"' if settings.target_wiki else ""
    return (
        f'<li><div class="li"><a href="{in_attribute(page_url(page_id, settings))}" class="wikilink1"{target}'
        f' title="{page}" data-wiki-id="{page}">{escape(title or page_id)}</a></div></li>\n'
    )


BACKLINKS = Syntax(
    name="backlinks",
    sort=304,
    category="substitution",
    triggers=(Trigger("{", r"\{backlinks>"),),
    reach=until("}}"),
    parse=_parse,
    write=_write,
    fill=_fill,
    block=True,
    examples=("{{backlinks>.}}", "{{backlinks>wiki:syntax#!wiki}}"),
)
