"""Lierre, a wiki. ``create_app`` is the only place where all layers meet."""

import logging
from wsgiref.headers import Headers

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from app.opening_doors import open_doors
from app.resources import resource_dir
from app.settings import Settings
from app.store.version import watch
from app.web import init_web
from app.web.fastpath import FastPath
from app.web.gate import Gate
from app.web.hosts import HostGuard
from app.web.security import form_bytes
from app.web.static_files import prepare
from app.web.trusted_header import HeaderDoor
from app.web.upload_limits import PATH, request_bytes
from app.wiki import open_wiki

TEN_YEARS = 10 * 365 * 24 * 3600


def create_app(settings: Settings) -> Flask:
    """The web application of the wiki that ``settings`` describe; its database must be migrated."""
    app = Flask("app", static_folder=None, template_folder=str(resource_dir("templates")))
    wiki = open_wiki(settings)
    app.extensions["lierre"] = wiki
    app.extensions["lierre.doors"] = open_doors(settings.doors)
    app.secret_key = wiki.secret
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.logger.setLevel(getattr(logging, settings.log_level))
    static = prepare(settings.home)
    app.jinja_env.globals["static_url"] = static.url
    init_web(app)
    _wrap(app, settings, static.root, static.prefix, static.version)
    return app


def _guard_file(headers: Headers, _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"


def _wrap(app: Flask, settings: Settings, root: object, prefix: str, build: str) -> None:
    """From the inside out: kept responses, static files, slow clients, host names, proxies, who they say is asking."""
    wsgi = FastPath(app.wsgi_app, watch(app.extensions["lierre"].engine), build)
    files = WhiteNoise(
        wsgi,
        root=str(root),
        prefix=prefix,
        max_age=TEN_YEARS,
        immutable_file_test=lambda *_: True,
        allow_all_origins=False,
        add_headers_function=_guard_file,
    )
    gate = Gate(
        files, longest=form_bytes(settings.max_page_bytes), uploads=PATH, longest_upload=request_bytes(settings)
    )
    outer = HostGuard(gate, settings)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        outer = ProxyFix(outer, x_for=hops, x_proto=hops, x_host=hops, x_prefix=0)  # type: ignore[assignment]  # wsgi either way
    if settings.doors.header:
        outer = HeaderDoor(outer, settings.doors.header)  # type: ignore[assignment]  # the same
    app.wsgi_app = outer  # type: ignore[method-assign]  # how Flask wants to be wrapped
