"""What stands around a page: the sidebar page of the nearest namespace, and the names beside it."""

from dataclasses import dataclass
from typing import Any

from flask import Response, make_response, render_template

from app.domain.names import namespace_of, natural_key
from app.services.indexes import Branch, PageEntry, SpaceEntry, branch, path_of, sidebar_of
from app.services.pages import read_page
from app.services.paging import Slice
from app.services.permissions import Level, level
from app.web.actions import offers
from app.web.bodies import body_of, good_until
from app.web.context import current_session, current_settings, current_viewer, now

BESIDE = 50  # pages named in the tree beside a page
NO_PAGES: Slice[PageEntry] = Slice((), more=False)
KEEP = {"X-Lierre-Keep": "1"}  # the same for every reader without an account: the fast path may keep it


@dataclass(frozen=True, slots=True)
class Node:
    """A namespace in the tree. ``pages`` and ``nodes`` are filled where ``opened``; the root has an empty name."""

    name: str
    count: int
    opened: bool = False
    nodes: tuple["Node", ...] = ()
    pages: Slice[PageEntry] = NO_PAGES


def around(name: str) -> dict[str, Any]:
    """For templates: ``sidebar_html``, and the ``tree`` of the namespace that ``name`` lies in."""
    return {"sidebar_html": _sidebar(name), "tree": beside(namespace_of(name))}


def beside(namespace: str) -> Node:
    return _node(branch(current_session(), namespace, viewer=current_viewer(), limit=BESIDE), namespace)


def opened(namespace: str, after: str = "") -> Node:
    """The tree from the root down to ``namespace``, whose pages begin behind ``after``."""
    spaces = (*path_of(namespace), namespace) if namespace else ("",)
    inner: Node | None = None
    for space in reversed(spaces):
        here = branch(
            current_session(),
            space,
            viewer=current_viewer(),
            after=natural_key(after) if after and space == namespace else None,
        )
        inner = _node(here, space, inner)
    return inner or Node("", 0, opened=True)


def render_page(template: str, name: str, **context: Any) -> str:
    """A template about the page ``name``, with what stands around it."""
    may = level(current_session(), current_viewer(), name)
    return render_template(
        template, name=name, may_edit=may >= Level.EDIT and offers("edit"), **around(name), **context
    )


def shared(page: str, status: int = 200) -> Response:
    """An answer that holds nothing of one visitor, so that readers without an account can share it.

    What changes though nothing in the wiki does is kept until that moment, and not at all where that is now.
    """
    response = make_response(page, status)
    until = good_until()
    if until is None or until > now():
        response.headers.update(KEEP if until is None else KEEP | {"X-Lierre-Keep-Until": str(until)})
    return response


def _node(here: Branch, name: str, inner: Node | None = None) -> Node:
    nodes = tuple(_child(space, inner) for space in here.spaces)
    return Node(name, sum(space.pages for space in here.spaces), opened=True, nodes=nodes, pages=here.pages)


def _child(space: SpaceEntry, inner: Node | None) -> Node:
    if inner is not None and inner.name == space.name:
        return Node(space.name, space.pages, opened=True, nodes=inner.nodes, pages=inner.pages)
    return Node(space.name, space.pages)


def _sidebar(name: str) -> str:
    session, viewer = current_session(), current_viewer()
    sidebar = sidebar_of(session, name, current_settings(), viewer=viewer)
    return "" if sidebar is None else body_of(read_page(session, sidebar, viewer=viewer), main=name).html
