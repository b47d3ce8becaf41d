"""Code with a language."""

from app.markup.escape import escape
from app.markup.nodes import CodeOptions


def highlight(text: str, language: str, options: CodeOptions) -> str:
    """``text`` as HTML for ``<pre>``."""
    del language
    lines = text.removeprefix("\n").rstrip(" \t\r\n").split("\n") if text.strip() else ["\xa0"]
    written = [escape(line) for line in lines]
    if options.first:
        return _numbered(written, options)
    return "\n".join(
        f'<span class="xtra ln-xtra">{line}</span>' if number in options.extra else line
        for number, line in enumerate(written, 1)
    )


def _numbered(lines: list[str], options: CodeOptions) -> str:
    start = f' start="{options.first}"' if options.first > 1 else ""
    items = (
        f'<li class="li1{" ln-xtra" if number in options.extra else ""}"><div class="de1">{line or "&nbsp;"}</div></li>'
        for number, line in enumerate(lines, 1)
    )
    return f"<ol{start}>{''.join(items)}</ol>"
