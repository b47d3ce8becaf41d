"""Every table, for migrations and tests: importing a module registers its tables with ``Base.metadata``."""

from app.store import accounts, feeds, links, media, pages, state
from app.store.base import Base

METADATA = Base.metadata
MODULES = (accounts, feeds, links, media, pages, state)
