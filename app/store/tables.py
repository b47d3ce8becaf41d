"""Every table, for migrations and tests: importing a module registers its tables with ``Base.metadata``."""

from app.store import accounts, links, media, pages, state
from app.store.base import Base

METADATA = Base.metadata
MODULES = (accounts, links, media, pages, state)
