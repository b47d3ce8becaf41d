"""The wiki's icons inside of a page: on a disk no browser takes them from another file."""

import re
from collections.abc import Mapping
from functools import cache

from app.resources import resource_dir

_SYMBOL = re.compile(r'<symbol id="([a-z-]+)" viewBox="([0-9 ]+)">(.*?)</symbol>', re.DOTALL)


def icon(name: str) -> str:
    """HTML of the icon. Raises: KeyError: there is none of this name."""
    return _svg(f"icon icon-{name}", name)


def mark() -> str:
    """HTML of the wiki's own sign."""
    return _svg("mark", "leaf")


def _svg(classes: str, name: str) -> str:
    box, shapes = _symbols()[name]
    return f'<svg class="{classes}" viewBox="{box}" aria-hidden="true" focusable="false">{shapes}</svg>'


@cache
def _symbols() -> Mapping[str, tuple[str, str]]:
    sheet = (resource_dir("static") / "icons.svg").read_text("utf-8")
    return {name: (box, shapes) for name, box, shapes in _SYMBOL.findall(sheet)}
