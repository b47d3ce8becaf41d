"""The markup engine, a pure library: text to document, document to HTML, text and metadata.

Facts about the wiki come in as values, in two steps, so that a page with 5,000 links costs one query::

    document = parse(text, settings)
    asked = questions(document, page_id, settings)       # look these up, all at once
    rendered = render(document, page_id, facts, settings)
"""

from app.markup.asking import code_blocks, questions
from app.markup.facts import FOLDER_SIZE, Facts, MediaFact, PageFact, Questions
from app.markup.installed import versions
from app.markup.metadata import Metadata, Reference, metadata
from app.markup.nodes import Document
from app.markup.parsing import parse
from app.markup.plain import plain_text
from app.markup.rendering import Rendered, filler, render
from app.markup.sections import Section, sections
from app.markup.syntax import LiveWiki
from app.markup.writer import Live, TocEntry

ENGINE = 5  # raise it when the same text may give other HTML: what was kept is made anew

__all__ = [
    "ENGINE",
    "FOLDER_SIZE",
    "Document",
    "Facts",
    "Live",
    "LiveWiki",
    "MediaFact",
    "Metadata",
    "PageFact",
    "Questions",
    "Reference",
    "Rendered",
    "Section",
    "TocEntry",
    "code_blocks",
    "filler",
    "metadata",
    "parse",
    "plain_text",
    "questions",
    "render",
    "sections",
    "versions",
]
