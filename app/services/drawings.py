"""Drawings (SVG): programs as much as pictures, so that only what draws is kept of one."""

from xml.parsers import expat

from py_svg_hush import filter_svg

from app.domain.file_errors import DrawingRefused, DrawingTooComplex, DrawingWithEntities

MAX_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 200
# The sum of the depths of all elements. What is written is indented: a small file may become a very large one.
MAX_DEPTHS = 4_000_000
SVG = "http://www.w3.org/2000/svg svg"
# Pictures inside it that are kept; none of them can hold a program.
INSIDE = {"image": ["png", "jpeg", "gif", "webp"]}


class _Walk:
    """Looks at every element once, before anything is built of it."""

    def __init__(self) -> None:
        self.root = ""
        self._depth = self._depths = 0

    def begins(self, name: str, _attributes: object) -> None:
        self.root = self.root or name
        self._depth += 1
        self._depths += self._depth
        if self._depth > MAX_DEPTH or self._depths > MAX_DEPTHS:
            raise DrawingTooComplex

    def ends(self, _name: str) -> None:
        self._depth -= 1

    def declares(self, *_entity: object) -> None:
        raise DrawingWithEntities


def is_drawing(body: bytes) -> bool:
    """Whether it is one, clean or not."""
    try:
        return _root(body) == SVG
    except (DrawingRefused, DrawingTooComplex, DrawingWithEntities):
        return False


def cleaned(body: bytes) -> bytes:
    """What draws of a drawing: no script, nothing that acts, nothing from elsewhere. Cleaning it again changes nothing.

    Raises:
        DrawingRefused: it is none that can be read.
        DrawingTooComplex, DrawingWithEntities.
    """
    if len(body) > MAX_BYTES:
        raise DrawingTooComplex
    if _root(body) != SVG:
        raise DrawingRefused
    try:
        return filter_svg(body, INSIDE)
    except ValueError as error:
        raise DrawingRefused from error


def _root(body: bytes) -> str:
    """Raises: DrawingRefused, DrawingTooComplex, DrawingWithEntities."""
    walk = _Walk()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = walk.begins
    parser.EndElementHandler = walk.ends
    parser.EntityDeclHandler = walk.declares
    try:
        parser.Parse(body, True)  # noqa: FBT003 it takes no keyword
    except (expat.ExpatError, ValueError) as error:
        raise DrawingRefused from error
    return walk.root
