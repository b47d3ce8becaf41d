"""Lierre, a wiki. ``create_app`` will live here: the only place where all layers meet."""
