"""The access log: one request, one line. An address may hold line ends and terminal controls, the log must not."""

import logging
import re
from typing import Any, cast
from urllib.parse import quote

from granian.log import LOGGING_CONFIG

ACCESS_FORMAT = '[%(time)s] %(addr)s "%(method)s %(path)s %(protocol)s" %(status)d %(dt_ms).1fms'
# Whoever reads the log must not be able to set a password with what was sent to somebody else by mail.
SECRET = re.compile(r"^(/_(?:reset|confirm|mail|invitation|setup)/).+", re.DOTALL)
PLAIN = "/:;@!$&'()*+,=~"  # may stand in an address as they are


class AsSent(logging.Formatter):
    """The server hands over the path's decoded bytes (as WSGI does); they are written as browsers send them."""

    def format(self, record: logging.LogRecord) -> str:
        if isinstance(record.args, dict):
            sent = SECRET.sub(r"\1...", str(record.args["path"]))
            path = quote(sent, safe=PLAIN, encoding="latin-1", errors="replace")
            record.args = {**record.args, "path": path}
        return super().format(record)


def logging_config() -> dict[str, Any]:
    """What the server shall change of its own arrangement, in every worker process."""
    access = {"()": f"{__name__}.{AsSent.__name__}", "fmt": "%(message)s"}
    formatters = cast("dict[str, Any]", LOGGING_CONFIG["formatters"])
    return {"formatters": {**formatters, "access": access}}
