"""Blocks of code in Markdown.

```python hello.py
print("hello")
```
"""

import re

from app.markup.conversion.losses import Losses
from app.markup.markdown import info
from app.markup.nodes import Code

_FENCES = re.compile(r"^[ ]{0,3}(`{3,}+|~{3,}+)", re.MULTILINE)
_ESCAPED = re.compile(r"[\\&`]")


def fenced(block: Code, losses: Losses) -> list[str]:
    """The lines of a block between fences: backticks for ``code``, tildes for ``file``."""
    about = information(block)
    if info.fenced(block.kind, about, block.text)[2:] != block[2:]:
        losses.add("code", f"{block.language} {block.filename}")
    text = block.text.removeprefix("\n").removesuffix("\n")
    sign = "~" if block.kind == "file" else "`"
    longest = max((len(fence) for fence in _FENCES.findall(text) if fence[0] == sign), default=2)
    fence = sign * (longest + 1)
    return [fence + about, *text.split("\n"), fence]


def information(block: Code) -> str:
    """What stands behind the fence: language, file name, options."""
    language = "html" if block.language == "html4strict" else block.language
    words = [language or "-", block.filename] if block.filename else [language]
    options = options_of(block)
    text = " ".join(word for word in (*words, options) if word)
    return _ESCAPED.sub(r"\\\g<0>", " ".join(text.split()))


def options_of(block: Code) -> str:
    """``[key="value" …]`` for the options that are not as usual."""
    options, found = block.options, list[str]()
    if options.first:
        found.append('enable_line_numbers="true"')
    if options.first > 1:
        found.append(f'start_line_numbers_at="{options.first}"')
    if options.extra:
        found.append(f'highlight_lines_extra="{",".join(str(line) for line in sorted(options.extra))}"')
    if not options.links:
        found.append('enable_keyword_links="false"')
    return f"[{' '.join(found)}]" if found else ""


def indented(text: str) -> list[str] | None:
    """The lines of ``text`` indented; None where the first or last is blank, and would be lost."""
    lines = text.strip("\r\n").split("\n")
    if not lines[0].strip() or not lines[-1].strip():
        return None
    return [f"    {line}" if line else "" for line in lines]
