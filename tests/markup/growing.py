"""All that the engine does with a page, and how its time grows with the page's length."""

import gc
import math
import time

from app.domain.wiki_settings import WikiSettings
from app.markup import Facts, metadata, parse, plain_text, questions, render, sections
from app.markup.nodes import Markup
from tests.markup.shapes import Shape

EVERYTHING = WikiSettings(typography=2, camelcase=True, useheading="1", base_url="https://wiki.example.org")
TRIES = 5
MOST = 2.4  # times, for a text twice as long


def work(text: str, markup: Markup = "dokuwiki") -> str:
    """The HTML, without its live places."""
    document = parse(text, EVERYTHING, markup)
    questions(document, "ns:page", EVERYTHING)
    metadata(document, "ns:page", Facts(), EVERYTHING)
    plain_text(document)
    sections(document, EVERYTHING)
    parts = render(document, "ns:page", Facts(), EVERYTHING).parts
    return "".join(part for part in parts if isinstance(part, str))


def seconds(page: str, markup: Markup = "dokuwiki") -> float:
    """Of this process alone, so that a busy machine does not count, and without the collector, which comes when the
    objects of all earlier tests have piled up."""
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
    least = 0.004 if large < 1_000_000 else 0.01  # seconds; below, nothing is measured well
    quick, slow = math.inf, math.inf
    for _ in range(TRIES):
        quick = min(quick, seconds(shape(small), markup), seconds(shape(small), markup))
        slow = min(slow, seconds(shape(large), markup))
        if slow < enough * max(quick, least):
            return True
    return False
