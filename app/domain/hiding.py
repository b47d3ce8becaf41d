"""Pages that an administrator keeps out of lists: they stay reachable by their address."""

import re
from functools import lru_cache

from app.domain.wiki_settings import WikiSettings


def is_hidden(name: str, settings: WikiSettings) -> bool:
    """Whether the setting ``hidepages`` (a regular expression, any case, on ``:`` + name) means this page."""
    pattern = _compiled(settings.hidepages) if settings.hidepages else None
    return pattern is not None and pattern.search(f":{name}") is not None


@lru_cache(maxsize=8)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern, re.IGNORECASE)
    except re.error:  # an expression that means nothing hides nothing
        return None
