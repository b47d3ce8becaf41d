"""What an administrator may switch off, by the names that the old wiki has for it."""

from app.domain.wiki_settings import WikiSettings


def disabled_actions(settings: WikiSettings) -> frozenset[str]:
    """The setting as names: small letters, without blanks."""
    return frozenset(part.strip().lower() for part in settings.disableactions.split(",") if part.strip())


def is_disabled(action: str, settings: WikiSettings) -> bool:
    """Whether nobody may do ``action``: ``edit``, ``source``, ``profile_delete`` …

    Each name stands for itself alone: ``source`` leaves ``export_raw`` on.
    """
    return action in disabled_actions(settings)
