"""Files by the place they lie in, as pictures or as a table. With ``pick`` the same page serves the editor, which takes
what stands in ``[data-picker]`` into a dialog and follows the links in it.
"""

from dataclasses import dataclass

from flask import Blueprint, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from app.domain.media_syntax import MediaMark, write_mark
from app.domain.names import name_of, namespace_of
from app.domain.wiki_tables import file_types
from app.services.media import MediaView
from app.services.media_list import ORDERS, FileQuery, Order, Shown, list_media, mark
from app.services.media_tree import file_tree
from app.services.permissions import Level, level
from app.services.quotas import room_left
from app.web.addresses import about_url, here, space_named
from app.web.context import current_session, current_settings, current_viewer, current_wiki
from app.web.pictures import sized_url

bp = Blueprint("media_manager", __name__)

PER_PAGE = 60
LONGEST_SEARCH = 200
YEAR = 365 * 24 * 3600
SMALL, TWICE = (240, 180), (480, 360)  # pixels that a picture in the list takes, on plain screens and on fine ones
VIEWS = ("grid", "list")
KINDS: tuple[Shown, ...] = ("", "picture", "sound", "film", "other")
DIRECTIONS: dict[Order, str] = {"name": "asc", "date": "desc", "size": "desc"}  # where nothing else is asked for
ICONS = {"picture": "image", "sound": "music", "film": "film", "text": "file-text", "archive": "file-archive"}
ARCHIVES = frozenset({"zip", "rar", "7z", "tar", "gz", "tgz", "bz2", "rpm", "deb"})
TEXTS = frozenset({"pdf", "doc", "docx", "rtf", "odt", "txt", "vtt", "ps"})


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How files are shown: as chosen now, else as this browser chose last."""

    view: str
    order: Order
    direction: str

    @property
    def is_backwards(self) -> bool:
        return self.direction != DIRECTIONS[self.order]

    @property
    def turned(self) -> str:
        return "asc" if self.direction == "desc" else "desc"


@dataclass(frozen=True, slots=True)
class FileCard:
    """A file in the list. ``small`` and ``twice``: addresses of its picture, "" where it has none."""

    file: MediaView
    kind: str
    icon: str
    small: str
    twice: str
    syntax: str
    may_replace: bool
    may_remove: bool


@dataclass(frozen=True, slots=True)
class Limits:
    """What is told before anything is sent. ``room``: bytes, None where nothing limits it."""

    largest: int
    endings: tuple[str, ...]
    room: int | None


@bp.get("/_files")
def files() -> ResponseReturnValue:
    namespace, how = space_named("ns"), _arrangement()
    asked = FileQuery(namespace, how.order, how.is_backwards, _shown(), _search())
    session, viewer = current_session(), current_viewer()
    found = list_media(session, asked, viewer=viewer, after=_after(), limit=PER_PAGE)
    may = level(session, viewer, f"{namespace}:*" if namespace else "*")
    html = render_template(
        "media/manager.html",
        picking=bool(request.args.get("pick")),
        namespace=namespace,
        asked=asked,
        how=how,
        after=_after(),
        root=file_tree(session, namespace, viewer=viewer),
        cards=_cards(found.items),
        further=here(after=mark(found.items[-1], how.order)) if found.more else "",
        limits=limits_of(namespace) if may >= Level.UPLOAD else None,
    )
    return _remembered(make_response(html), how)


def _arrangement() -> Arrangement:
    kept = dict(zip(("view", "order", "dir"), request.cookies.get("files", "").split("."), strict=False))
    view = _one_of(VIEWS, "view", kept) or "grid"
    order: Order = next((one for one in ORDERS if one == _one_of(ORDERS, "order", kept)), "name")
    if request.args.get("order") in ORDERS:
        kept.pop("dir", None)  # another order begins with its own direction
    return Arrangement(view, order, _one_of(("asc", "desc"), "dir", kept) or DIRECTIONS[order])


def _one_of(offered: tuple[str, ...], name: str, kept: dict[str, str]) -> str:
    given = (request.args.get(name, ""), kept.get(name, ""))
    return next((value for value in given if value in offered), "")


def _remembered(answer: Response, how: Arrangement) -> Response:
    """The browser keeps what was chosen just now."""
    if {"view", "order", "dir"} & request.args.keys():
        chosen = f"{how.view}.{how.order}.{how.direction}"
        answer.set_cookie("files", chosen, max_age=YEAR, samesite="Lax", httponly=True, secure=request.is_secure)
    return answer


def _shown() -> Shown:
    return next((kind for kind in KINDS if kind == request.args.get("shown")), "")


def _search() -> str:
    return " ".join(request.args.get("q", "").replace("\0", " ").split())[:LONGEST_SEARCH]


def _after() -> str | None:
    return request.args.get("after", "").replace("\0", "") or None  # which PostgreSQL takes in no question


def _cards(found: tuple[MediaView, ...]) -> tuple[FileCard, ...]:
    """Rights are asked once a namespace: files have none of their own."""
    spaces = {namespace_of(file.name) for file in found}
    session, viewer = current_session(), current_viewer()
    held = {space: level(session, viewer, f"{space}:*" if space else "*") for space in spaces}
    return tuple(_card(file, held[namespace_of(file.name)]) for file in found)


def _card(file: MediaView, held: int) -> FileCard:
    kind = _kind(file)
    small, twice = _pictures(file) if file.is_picture else ("", "")
    return FileCard(
        file=file,
        kind=kind,
        icon=ICONS.get(_sort_of(file, kind), "file"),
        small=small,
        twice=twice,
        syntax=write_mark(MediaMark(file.name), "dokuwiki"),  # which both markups understand
        may_replace=held >= Level.UPLOAD,
        may_remove=held >= Level.DELETE,
    )


def _kind(file: MediaView) -> str:
    whole = file.mime.partition("/")[0]
    return {"image": "picture", "audio": "sound", "video": "film"}.get(whole, "other")


def _sort_of(file: MediaView, kind: str) -> str:
    ending = name_of(file.name).rpartition(".")[2]
    if kind != "other":
        return kind
    return "archive" if ending in ARCHIVES else "text" if ending in TEXTS else ""


def _pictures(file: MediaView) -> tuple[str, str]:
    """Drawings and small ones as they are: they need no other size."""
    is_small = 0 < (file.width or 0) <= SMALL[0] and 0 < (file.height or 0) <= SMALL[1]
    if is_small or file.mime == "image/svg+xml":
        return about_url("media", file.name), ""
    return sized_url(file.name, *SMALL), sized_url(file.name, *TWICE)


def limits_of(namespace: str) -> Limits:
    return Limits(
        largest=current_wiki().settings.max_upload_bytes,
        endings=tuple(sorted(file_types(current_settings()))),
        room=room_left(current_session(), namespace, viewer=current_viewer()),
    )
