"""What protects every response and every form: headers, form tokens, sizes.

The policy allows no inline script or style at all. Remote pictures may be shown over HTTPS and learn no address.
"""

from flask import Flask, Response, request
from flask_wtf.csrf import CSRFProtect

from app.settings import Settings
from app.web.bearer import init_bearer
from app.web.context import current_program
from app.web.identity import init_identity
from app.web.trusted_header import init_trusted_header
from app.web.upload_limits import init_upload_limits

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; media-src 'self';"
    " font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none';"
    " base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    # Ordinary pages may be kept but not used without asking: what was typed survives "back", a sign-out shows.
    "Cache-Control": "private, no-cache",
}
# Addresses whose pages no cache may keep at all: they hold what is one person's, or what lets somebody in.
PERSONAL = (
    *("/_account", "/_admin", "/_login", "/_logout", "/_view-as"),
    *("/_confirm", "/_invitation", "/_mail", "/_register", "/_reset", "/_setup"),
)


class FormTokens(CSRFProtect):  # type: ignore[misc]  # the library has no types
    """Asked of browsers: a program's header is not sent by a page of another site."""

    def protect(self, *, apply_exemptions: bool = False) -> None:
        if current_program() is None:
            super().protect(apply_exemptions=apply_exemptions)


def add_headers(response: Response) -> Response:
    """A view that needs another policy (a file shown alone) has set it already: it stays."""
    if request.path.startswith(PERSONAL):
        response.headers["Cache-Control"] = "no-store"
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def form_bytes(max_page_bytes: int) -> int:
    """How long the body of a form may be.

    Every byte of a text may come as ``%XX``; and a text twice too long is still read, so that it can be given back.
    """
    return 2 * 3 * max_page_bytes + 256 * 1024


def init_security(app: Flask, settings: Settings) -> None:
    app.config.update(
        MAX_CONTENT_LENGTH=form_bytes(settings.max_page_bytes),
        MAX_FORM_MEMORY_SIZE=form_bytes(settings.max_page_bytes),
        MAX_FORM_PARTS=1000,
        SESSION_COOKIE_SECURE=settings.secure_cookies is True or settings.base_url.startswith("https://"),
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: whoever writes for hours can still save
        # The token decides. Asking for a referrer besides would lock out browsers that send none.
        WTF_CSRF_SSL_STRICT=False,
    )
    init_identity(app)
    init_bearer(app)  # before forms are asked for their tokens
    init_trusted_header(app)
    init_upload_limits(app)  # a form token is read from the body: files are looked at before
    FormTokens(app)
    app.after_request(add_headers)
