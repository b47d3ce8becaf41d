"""Pages for other programs: the source, the plain HTML, and one block of code. Addresses as the old wiki's."""

import re
from dataclasses import replace

from flask import Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from app.domain.errors import NotFound
from app.domain.markups import Markup
from app.domain.names import name_of
from app.services.pages import PageView, read_page
from app.services.rendering import code_block, one_picture
from app.web.addresses import about_url, is_namespace, moved, noun, seconds
from app.web.bodies import body_of
from app.web.context import current_session, current_settings, current_viewer
from app.web.legacy import start_of_namespace

bp = noun("exports")

ENDINGS: dict[Markup, str] = {"dokuwiki": "txt", "markdown": "md"}
_ODD = re.compile(r"[^\w.-]+")


@bp.before_request
def open_namespace() -> ResponseReturnValue | None:
    """``/_export/raw/a:b:`` is the page that the namespace begins with, whichever that is today."""
    if not is_namespace(request.endpoint, request.path):
        return None
    kind = request.path.removeprefix("/_export/").partition("/")[0]
    return moved(about_url(f"export/{kind}", start_of_namespace((request.view_args or {})["name"])), 302)


@bp.get("/_export/raw/<any_name:name>")
def raw(name: str) -> ResponseReturnValue:
    page = _page(name)
    return _file(page.text, f"{name_of(name)}.{ENDINGS[page.markup]}")


@bp.get("/_export/xhtml/<any_name:name>")
def xhtml(name: str) -> ResponseReturnValue:
    page = _page(name)
    body = body_of(page)
    plain = replace(body, html=one_picture(body.html))
    return _unlisted(make_response(render_template("pages/export.html", page=page, body=plain)))


@bp.get("/_export/xhtmlbody/<any_name:name>")
def xhtmlbody(name: str) -> ResponseReturnValue:
    return _unlisted(make_response(one_picture(body_of(_page(name)).html)))


@bp.get("/_export/code/<any_name:name>")
def code(name: str) -> ResponseReturnValue:
    """Block ``codeblock`` of the page, counted from 0, under the file name that the page gives it."""
    number = request.args.get("codeblock", "0")
    if not (number.isascii() and number.isdigit() and len(number) < 8):
        raise NotFound(name=name)
    block = code_block(_page(name), int(number), current_settings())
    if block is None:
        raise NotFound(name=name)
    return _file(block.text, block.filename or f"snippet.{block.language or 'txt'}")


def _page(name: str) -> PageView:
    page = read_page(current_session(), name, viewer=current_viewer(), rev=seconds("rev"))
    if not page.exists:
        raise NotFound(name=name)
    return page


def _file(text: str, filename: str) -> Response:
    """A text to be saved, never shown; of a name that a page gives only the last part is taken, without odd signs."""
    response = _unlisted(Response(text, content_type="text/plain; charset=utf-8"))
    plain = _ODD.sub("_", filename.replace("\\", "/").rpartition("/")[2]).lstrip(".") or "file.txt"
    response.headers.set("Content-Disposition", "attachment", filename=plain)
    return response


def _unlisted(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex"
    return response
