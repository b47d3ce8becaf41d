"""What stands around the text of a page in a site of plain files."""

from collections.abc import Callable
from html import escape

from app.exchange.html_frame import time_tag
from app.services.pages import PageView
from app.services.rendering import Body


def text_of_page(html: str, lang: str) -> str:
    return f'<div class="page-body dokuwiki" id="page-body" lang="{escape(lang)}" dir="auto">\n{html}\n</div>'


def contents(body: Body, say: Callable[[str], str]) -> str:
    """Beside the text; "" where the page shows none."""
    if not body.toc:
        return ""
    return (
        '<nav class="contents" id="contents" aria-labelledby="contents-title">\n'
        f'<h2 id="contents-title">{escape(say("Contents"))}</h2>\n{_headings(body)}\n</nav>'
    )


def contents_fold(body: Body, say: Callable[[str], str]) -> str:
    """The same above the text, where there is no room beside it."""
    if not body.toc:
        return ""
    summary = f"<summary>{escape(say('Contents'))}</summary>"
    return f'<details class="contents-fold">\n{summary}\n{_headings(body)}\n</details>'


def _headings(body: Body) -> str:
    lines = "\n".join(
        f'<li class="level{entry.level}"><a href="#{escape(entry.anchor)}">{escape(entry.title)}</a></li>'
        for entry in body.toc
    )
    return f"<ul>\n{lines}\n</ul>"


def page_foot(page: PageView, say: Callable[[str], str]) -> str:
    change = page.revision
    if change is None:
        return ""
    who = change.author_name or change.author or change.address or say("somebody")
    return (
        f'<footer class="page-foot">\n<p>{escape(say("Last change:"))} {time_tag(change.time)}, '
        f'<bdi class="person">{escape(who)}</bdi></p>\n'
        f'<p><span class="page-name"><code>{escape(page.name)}</code></span></p>\n</footer>'
    )
