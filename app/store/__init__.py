"""SQLAlchemy tables, sessions, and media bytes on disk. Decides nothing."""
