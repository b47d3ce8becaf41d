"""All that the engine does with a page, and how its time grows with the page's length."""

import gc
import math
import time

from app.domain.wiki_settings import WikiSettings
from app.markup import (
    Facts,
    MediaFact,
    PageFact,
    Questions,
    metadata,
    parse,
    plain_text,
    questions,
    render,
    sanitize,
    sections,
)
from app.markup.nodes import Markup
from tests.markup.shapes import Shape

EVERYTHING = WikiSettings(typography=2, camelcase=True, useheading="1", base_url="https://wiki.example.org")
TRIES = 10
MOST = 2.4  # times, for a text twice as long


def answers(asked: Questions) -> Facts:
    """All that is asked about exists; films have their words beside them."""
    words = {f"{prefix}sub.en.vtt" for prefix in asked.media_prefixes}
    return Facts({name: PageFact("T") for name in asked.pages}, {name: MediaFact(9) for name in asked.media | words})


def work(text: str, markup: Markup = "dokuwiki", *, exists: bool = True) -> str:
    """The HTML, without its live places. ``exists``: whatever the page leads to is there."""
    document = parse(text, EVERYTHING, markup)
    facts = answers(questions(document, "ns:page", EVERYTHING)) if exists else Facts()
    metadata(document, "ns:page", facts, EVERYTHING)
    plain_text(document)
    sections(document, EVERYTHING)
    parts = render(document, "ns:page", facts, EVERYTHING).parts
    return "".join(part for part in parts if isinstance(part, str))


def seconds(page: str, markup: Markup = "dokuwiki") -> float:
    """Of this process alone, so that a busy machine does not count, and without the collector, which comes when the
    objects of all earlier tests have piled up. Nothing is known from pages cleaned before: all that a short page holds
    would be, and of a long one little."""
    sanitize._clean_short.cache_clear()
    gc.collect()
    gc.disable()
    start = time.process_time()
    try:
        work(page, markup)
    finally:
        gc.enable()
    return time.process_time() - start


def grows_with_length(shape: Shape, markup: Markup, small: int, large: int) -> bool:
    """Whether doubling a text of ``small`` characters up to ``large`` costs ``MOST`` each time at most.

    By the best of several tries of each, tried again until it does: noise only ever adds.
    """
    enough = MOST ** math.log2(large / small)
    least = 0.008 if large < 1_000_000 else 0.01  # seconds; below, nothing is measured well
    quick, slow = math.inf, math.inf
    for _ in range(TRIES):
        quick = min(quick, seconds(shape(small), markup), seconds(shape(small), markup))
        slow = min(slow, seconds(shape(large), markup))
        if slow < enough * max(quick, least):
            return True
    return False
