"""Fixed words that are part of the format: they are stored with a change, in English whatever the reader's language."""

from datetime import UTC, datetime

SUMMARIES = {"create": "created", "delete": "removed"}
FIELDS_CHANGED = "metadata edited"
MARKUP_SUMMARIES = {"dokuwiki": "markup changed to DokuWiki", "markdown": "markup changed to Markdown"}


def summary_for(kind: str) -> str:
    """What a change says for itself where its author said nothing; "" for none."""
    return SUMMARIES.get(kind, "")


def revert_summary(rev: int) -> str:
    return f"old revision restored ({datetime.fromtimestamp(rev, UTC):%Y/%m/%d %H:%M})"


def undone_summary(who: str) -> str:
    return f"changes of {who} undone"


def renamed_summary(old: str, new: str) -> str:
    return f"file {old} renamed to {new}"
