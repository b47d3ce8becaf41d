"""A page from one markup to the other.

Both are read into the same events, and from these the text is written anew. What both can say reads the same
afterwards; what the other cannot say is written as near as it goes, and listed.
"""

from dataclasses import dataclass

from app.domain.wiki_settings import WikiSettings
from app.markup.conversion.dokuwiki import to_dokuwiki
from app.markup.conversion.losses import Loss, Losses, Lost
from app.markup.conversion.markdown import to_markdown
from app.markup.nodes import Document, Markup


@dataclass(frozen=True, slots=True)
class Converted:
    """``lost``: in the order of the page, at most ``losses.MOST``; ``more``: how many there are beyond those."""

    text: str
    lost: tuple[Lost, ...] = ()
    more: int = 0


def convert(document: Document, to: Markup, settings: WikiSettings) -> Converted:
    """The text of ``document`` in the markup ``to``; in its own, just as it is."""
    if document.markup == to:
        return Converted(document.source)
    losses = Losses()
    text = (to_markdown if to == "markdown" else to_dokuwiki)(document, settings, losses)
    return Converted(text, tuple(losses.all), losses.more)


__all__ = ["Converted", "Loss", "Lost", "convert"]
