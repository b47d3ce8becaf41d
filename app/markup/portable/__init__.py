"""Pages for any program that reads Markdown: links lead to addresses, and what only a wiki knows is shown as source."""

from app.markup.portable.events import without_wiki
from app.markup.portable.headings import slugs
from app.markup.portable.leads import Lead
from app.markup.portable.text import pointed

__all__ = ["Lead", "pointed", "slugs", "without_wiki"]
