"""Addresses of pages and of what is about them: made in one place, and read in one place.

A clean name never begins with ``_``, so whatever is no page lives under ``/_…``. A name that was typed or linked in
another spelling (capitals, blanks, slashes for colons) is answered with a permanent redirect to the clean one.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

from flask import Blueprint, Flask, abort, redirect, request, url_for
from werkzeug.routing import BaseConverter
from werkzeug.wrappers import Response

from app.domain.names import clean_id, page_name
from app.web.context import current_settings

SAFE = ":;/~"  # stay readable in an address
READING = {"GET", "HEAD"}
OPEN = ("pages.show", "exports.")  # whose names may be those of namespaces
Query = str | int | None


class AnyName(BaseConverter):
    """A page or file as the address spells it, slashes included; ``read_names`` makes it clean."""

    part_isolating = False
    regex = ".+?"
    weight = 200

    def to_url(self, value: str) -> str:
        return encode(value)


class PageName(AnyName):
    """The same at the root of the wiki, where ``_`` begins everything that is no page."""

    regex = "[^/_].*?"
    weight = 300  # after every other address


def encode(name: str) -> str:
    return quote(name, safe=SAFE, errors="replace")


def page_url(name: str, **query: Query) -> str:
    """The address of a page; arguments that are None or "" are left out."""
    return with_query(f"/{encode(name)}", query)


def about_url(what: str, name: str, **query: Query) -> str:
    """The address of something about a page or file: ``about_url("history", "a:b")`` is ``/_history/a:b``."""
    return with_query(f"/_{what}/{encode(name)}", query)


def with_query(address: str, query: dict[str, Query]) -> str:
    given = {key: value for key, value in query.items() if value not in (None, "")}
    return f"{address}?{urlencode(given, quote_via=quote, safe=SAFE, errors='replace')}" if given else address


def here(**changes: Query) -> str:
    """The address at hand with some arguments changed; None takes one away."""
    query: dict[str, Query] = {key: value for key, value in request.args.items() if key not in changes}
    return with_query(encode(request.path), query | changes)


def read_names(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Make ``name`` of the address clean before the view sees it.

    Raises:
        BadPageName: no page or file can have this name.
    """
    if not endpoint or not values or "name" not in values:
        return
    raw: str = values["name"]
    name = page_name(raw.replace("/", ":"), current_settings())
    if raw != name and request.method in READING and not is_namespace(endpoint, raw) and not asks_more(endpoint):
        abort(moved(url_for(endpoint, **values | {"name": name})))
    values["name"] = name


def is_namespace(endpoint: str | None, raw: str) -> bool:
    """``/a:b:`` or ``/a/b/``: the start page of a namespace, whichever that is today; also where it is sent on."""
    return endpoint is not None and endpoint.startswith(OPEN) and raw.endswith((":", "/"))


def asks_more(endpoint: str) -> bool:
    """Whether a page is asked for in the old wiki's way, with ``do`` or ``idx``: ``legacy`` leads there at once."""
    return endpoint == "pages.show" and (old_do() is not None or bool(request.args.get("idx")))


def old_do() -> str | None:
    """The old wiki's ``do``, also written as ``do[save]=…``; None for none."""
    for key, value in request.args.items():
        if key == "do":
            return value
        if key.startswith("do["):
            return key[3:].rstrip("]")
    return None


def moved(address: str, code: int = 301) -> Response:
    """A redirect that keeps the query of the request."""
    query = request.query_string.decode("ascii", "ignore")
    return redirect(f"{address}?{query}" if query else address, code)


def noun(name: str) -> Blueprint:
    """A blueprint whose views get clean names."""
    blueprint = Blueprint(name, __name__)
    blueprint.url_value_preprocessor(read_names)
    return blueprint


def seconds(argument: str) -> int | None:
    """A time in the query: whole seconds; None where there is none, -1 (no revision has it) for anything else."""
    value = request.args.get(argument, "")
    if not value or value == "0":
        return None
    return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else -1


def space_named(argument: str) -> str:
    """The namespace in the query; "" where there is none.

    Raises:
        BadPageName: no page can lie there. Every level of a namespace costs work, so their number must be bounded.
    """
    raw, settings = request.args.get(argument, ""), current_settings()
    return page_name(raw, settings) if clean_id(raw, settings) else ""


def init_addresses(app: Flask) -> None:
    app.url_map.converters |= {"any_name": AnyName, "page_name": PageName}
    makers: tuple[Callable[..., str], ...] = (page_url, about_url, with_query, here)
    app.jinja_env.globals.update({maker.__name__: maker for maker in makers})
