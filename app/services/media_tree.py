"""The namespaces that files lie in, or may be put into, as a tree."""

from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.domain.names import namespaces_above, natural_key
from app.domain.viewer import Viewer
from app.services.media_list import MAX_SPACES, file_spaces
from app.services.permissions import Level, counted_for, level
from app.store.pages import Namespace
from app.store.rules import SpaceCount


@dataclass(frozen=True, slots=True)
class FileNode:
    """A namespace (the root: ""); ``files``: how many that the viewer may see lie in it at any depth.

    ``nodes``: what lies directly below, known where ``opened``. Of the root ``files`` leaves out its own.
    """

    name: str
    files: int
    opened: bool = False
    nodes: tuple["FileNode", ...] = ()


def file_tree(session: Session, namespace: str, *, viewer: Viewer) -> FileNode:
    """The tree from the root, opened down to ``namespace``, which is always in it: nothing tells whether it exists.

    Beside the namespaces that hold files stand those of pages where the viewer may upload. Two queries a level.
    """
    inner: FileNode | None = None
    for space in (namespace, *namespaces_above(namespace), "") if namespace else ("",):
        below = _below(session, space, viewer)
        if inner is not None:
            inner = FileNode(inner.name, below.get(inner.name, 0), opened=True, nodes=inner.nodes)
            below.setdefault(inner.name, 0)
        names = sorted(below, key=natural_key)
        nodes = tuple(inner if inner and name == inner.name else FileNode(name, below[name]) for name in names)
        inner = FileNode(space, sum(below.values()), opened=True, nodes=nodes)
    return inner or FileNode("", 0)


def _below(session: Session, space: str, viewer: Viewer) -> dict[str, int]:
    """Names to numbers of files."""
    found = {one.name: one.files for one in file_spaces(session, space, viewer=viewer)}
    for name in _spaces_of_pages(session, space, viewer):
        if name not in found and level(session, viewer, f"{name}:*") >= Level.UPLOAD:
            found[name] = 0
    return found


def _spaces_of_pages(session: Session, space: str, viewer: Viewer) -> list[str]:
    readable = exists().where(SpaceCount.namespace == Namespace.name, counted_for(session, viewer))
    query = select(Namespace.name).where(Namespace.parent == space, readable)
    return list(session.execute(query.order_by(Namespace.sort_key).limit(MAX_SPACES)).scalars())
