"""Headings as other programs name them: GitHub's way, which most have taken over.

``What's new?`` is ``what_s_new`` here and ``whats-new`` there.
"""

import re

from app.domain.anchors import SectionIds
from app.domain.wiki_settings import WikiSettings
from app.markup.nodes import Document, Heading, TableOpen
from app.markup.sections import everything

_DROPPED = re.compile(r"[^\w\- ]")


def slugs(document: Document, settings: WikiSettings) -> dict[str, str]:
    """By the anchor that each heading has in the wiki."""
    ids = SectionIds(settings)
    found: dict[str, str] = {}
    times: dict[str, int] = {}
    for event in everything(document.events):
        if isinstance(event, TableOpen):
            ids.reserve("table")
        elif isinstance(event, Heading) and event.title:
            slug = _DROPPED.sub("", event.title.strip().lower()).replace(" ", "-")
            number = times.get(slug, 0)
            times[slug] = number + 1
            found[ids.unique(event.title)] = f"{slug}-{number}" if number else slug
    return found
