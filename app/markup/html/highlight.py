"""Code with a language."""

from app.markup.escape import escape
from app.markup.nodes import CodeOptions


def highlight(text: str, language: str, options: CodeOptions) -> str:
    """``text`` as HTML for ``<pre>``."""
    del language
    lines = _without_blank_ends(text.split("\n")) or ["\xa0"]
    written = [escape(line) if line.strip(" \t") else "" for line in lines]
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


def _without_blank_ends(lines: list[str]) -> list[str]:
    """Without one blank line in front and all at the end."""
    first, last = 0, len(lines)
    if lines and not lines[0].strip():
        first = 1
    while last > first and not lines[last - 1].strip():
        last -= 1
    return lines[first:last]
