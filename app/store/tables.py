"""Every table, for migrations and tests: importing a module registers its tables with ``Base.metadata``."""

from app.store import accounts, credentials, exchange, feeds, links, media, pages, rules, state
from app.store.base import Base

METADATA = Base.metadata
MODULES = (accounts, credentials, exchange, feeds, links, media, pages, rules, state)
