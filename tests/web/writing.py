"""Pages for the tests of views: written by the services, as if somebody had done so earlier."""

from app.domain.markups import Markup
from app.domain.viewer import Viewer
from app.services.pages import PageEdit, read_page, save_page
from app.services.writing import Saved
from app.wiki import Wiki

NOW = 1_750_000_000
WRITER = Viewer(login="bob", groups=frozenset({"user"}), address="192.0.2.2")


def write(
    wiki: Wiki, name: str, text: str, *, now: int = NOW, summary: str = "", markup: Markup | None = None
) -> Saved:
    """Make ``text`` the page ``name``, whatever it is now."""
    with wiki.sessions() as session:
        page = read_page(session, name, viewer=WRITER)
        based_on = page.revision.id if page.revision else None
        edit = PageEdit(name, text, summary, based_on=based_on, markup=markup)
        return save_page(session, edit, viewer=WRITER, now=now)


def text_of(wiki: Wiki, name: str) -> str:
    with wiki.sessions() as session:
        return read_page(session, name, viewer=WRITER).text


def markup_of(wiki: Wiki, name: str) -> str:
    with wiki.sessions() as session:
        return read_page(session, name, viewer=WRITER).markup


def newest(wiki: Wiki, name: str) -> int | None:
    """Id of the newest revision, a deletion included."""
    with wiki.sessions() as session:
        revision = read_page(session, name, viewer=WRITER).revision
        return revision.id if revision else None
