"""``app`` for any WSGI server: the one module that makes something when it is imported."""

import os

from app import create_app
from app.settings import Settings

app = create_app(Settings.from_env(os.environ))
