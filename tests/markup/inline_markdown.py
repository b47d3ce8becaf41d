"""Text in Markdown alone: its events, and the HTML that the writers make of them, before anything is cleaned."""

import re

from app.domain.wiki_settings import WikiSettings
from app.markup import render
from app.markup.markdown.inline import References, grammar_for, read_inline
from app.markup.nodes import (
    Document,
    Event,
)
from tests.markup.drawing import FACTS

UNTYPOGRAPHIC = WikiSettings(typography=0, mailguard="visible")


def read(source: str, settings: WikiSettings = UNTYPOGRAPHIC, references: References | None = None) -> list[Event]:
    return read_inline(source, grammar_for(settings), references or References())


def draw(source: str, settings: WikiSettings = UNTYPOGRAPHIC, references: References | None = None) -> str:
    document = Document(source, tuple(read(source, settings, references)))
    return "".join(str(part) for part in render(document, "ns:page", FACTS, settings, b"secret").parts)


def spans(source: str) -> str:
    """Only tags without attributes and text: enough for what holds no links."""
    return re.sub(r' (?:title|class)="[^"]*"', "", draw(source))


def only(source: str, references: References | None = None) -> Event:
    (event,) = read(source, references=references)
    return event
