"""``app`` for any WSGI server: the one module that makes something when it is imported."""

import atexit
import gc
import os

from app import create_app
from app.exchange.dokuwiki.import_job import works
from app.services.work import Worker
from app.settings import Settings

app = create_app(Settings.from_env(os.environ))
worker = Worker(app.extensions["lierre"].sessions, more=works(app.extensions["lierre"]))
worker.start()
atexit.register(worker.stop)

# What was made until here stays for good, and requests make few circles but many small values: collecting after
# every 700 of them, as is usual, took 0.2 of the 0.34 seconds in which 64 KB of table borders are read.
gc.freeze()
gc.set_threshold(50_000, 20, 50)
