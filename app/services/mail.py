"""Letters to people: written down with what caused them, sent by a worker, in the reader's language."""

import re
import secrets
import smtplib
import ssl
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from babel import Locale
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from sqlalchemy.orm import Session

from app.domain.errors import BadValue
from app.mail_settings import MailServer
from app.resources import resource_dir
from app.services import jobs
from app.services.catalogs import SOURCE_LANGUAGE, languages, translations
from app.services.fields import checked_mail
from app.services.setting_rows import load_settings

SENDER = "mail_server"  # a session is told this by whoever opened the wiki, where mail is set up
JOB = "mail"
NO_ADDRESS = "This is no mail address."
_NOT_IN_NAMES = re.compile(r'[()<>\[\]:;@\\,."]')  # what would have to be quoted
SECONDS = 20  # that a server may take for each answer: all of them fit into the lease of a job
LONGEST_NAME = 60  # of a sender: one line of a header, see ``_address``
NOTICES = {  # what nobody asked for by a click: they say how to get no more of them
    "approved",
    "mail_changed",
    "password_changed",
    "registered",
    "second_step_changed",
    "token_added",
    "waiting",
}


class NotSent(Exception):
    """The server did not take the letter. ``for_good``: it will not take it later either."""

    def __init__(self, reason: str, *, for_good: bool) -> None:
        super().__init__(reason)
        self.for_good = for_good


@dataclass(frozen=True, slots=True)
class Letter:
    """``kind`` names its template, ``values`` stand in it; ``to`` is an address, ``language`` its reader's."""

    kind: str
    to: str
    language: str
    values: Mapping[str, str]


def can_send(session: Session) -> bool:
    """Whether this wiki can send mail at all."""
    return session.info.get(SENDER) is not None


def queue(session: Session, letter: Letter, *, now: int) -> None:
    """Inside a transaction: have ``letter`` sent once it is committed."""
    jobs.add(session, JOB, written(letter), now=now)


def written(letter: Letter) -> dict[str, object]:
    """A letter as it waits. Its key is the same for every try, so that a reader's program knows it again."""
    # Not the job's number: SQLite gives that of a row that is gone to the next one.
    return asdict(letter) | {"key": secrets.token_hex(16), "secrets": [] if letter.kind in NOTICES else ["link"]}


def deliver(session: Session, payload: Mapping[str, Any], *, now: int) -> None:
    """The job: send a letter, as ``written``, now. Raises: NotSent."""
    server: MailServer | None = session.info.get(SENDER)
    if server is None:
        raise NotSent("Mail is not set up: LIERRE_SMTP_URL and LIERRE_MAIL_FROM.", for_good=False)
    letter = Letter(payload["kind"], payload["to"], payload["language"], payload["values"])
    message = compose(session, letter, key=payload["key"], now=now)
    session.rollback()  # nothing of the database is held while a server is waited for
    send(server, message, letter.to)


def compose(session: Session, letter: Letter, *, key: str, now: int) -> EmailMessage:
    """The letter as it is sent: plain text, the same as HTML, and headers that nothing can break out of."""
    settings = load_settings(session)
    server: MailServer | None = session.info.get(SENDER)
    sender = server.sender if server else ""
    language = _language(letter.language, settings.lang)
    account = f"{settings.base_url}/_account" if letter.kind in NOTICES else ""
    values = {name: _flat(text) for name, text in letter.values.items()} | {"wiki": _flat(settings.title)}
    subject, _, body = _environment(language).get_template(f"{letter.kind}.txt").render(values).partition("\n")
    frame = {"blocks": _blocks(body), "subject": subject, "wiki": values["wiki"], "account": account}
    frame |= {"lang": language, "direction": Locale.parse(language).text_direction}
    message = EmailMessage()
    message["From"] = _address(settings.title, sender)
    message["To"] = _address("", _checked(letter.to))
    message["Subject"] = one_line(subject)
    message["Date"] = format_datetime(datetime.fromtimestamp(now, UTC))
    message["Message-ID"] = f"<{key}@{urlsplit(settings.base_url).hostname or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if account:
        message["List-Unsubscribe"] = f"<{account}>"
    message.set_content(_environment(language).get_template("frame.txt").render(frame))
    message.add_alternative(_environment(language).get_template("frame.html").render(frame), subtype="html")
    message["Content-Language"] = language  # last: headers of that name move into the first part
    return message


def send(server: MailServer, message: EmailMessage, to: str) -> None:
    """Hand ``message`` over, for ``to`` alone whatever its headers say. Raises: NotSent."""
    try:
        with closing(_connection(server)) as smtp:
            if server.user:
                smtp.login(server.user, server.password)
            smtp.send_message(message, server.sender, [to])
            with suppress(smtplib.SMTPException, OSError):  # it has the letter: a cold goodbye changes nothing
                smtp.quit()
    except smtplib.SMTPRecipientsRefused as error:
        code, answer = next(iter(error.recipients.values()))
        raise NotSent(_said(code, answer), for_good=code >= 500) from error
    except smtplib.SMTPDataError as error:
        raise NotSent(_said(error.smtp_code, error.smtp_error), for_good=error.smtp_code >= 500) from error
    except smtplib.SMTPResponseException as error:  # what it refuses is this wiki, not the letter: that can be mended
        raise NotSent(_said(error.smtp_code, error.smtp_error), for_good=False) from error
    except (smtplib.SMTPException, OSError) as error:
        raise NotSent(f"{server.host}: {error}", for_good=False) from error


def one_line(text: str) -> str:
    """``text`` as a header may hold it: the one wall against headers within headers.

    Python's headers read encoded words in what they are given, and may write what was in them, line ends too
    (CVE-2024-6923): here nothing is one.
    """
    return _flat(text).replace("=?", "= ?")[:500]


def _flat(text: str) -> str:
    """``text`` in one line without signs that cannot be seen: a value never begins a paragraph of its own."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _checked(mail: str) -> str:
    """Raises: NotSent: it could not have been typed as an address."""
    try:
        if mail and "=?" not in mail and checked_mail(mail) == mail:
            return mail
    except BadValue as error:
        raise NotSent(NO_ADDRESS, for_good=True) from error
    raise NotSent(NO_ADDRESS, for_good=True)


def _address(name: str, mail: str) -> Address:
    """Python forgets the quotes around a name when it breaks its line, so none is needed: see ``one_line``."""
    local, _, host = mail.rpartition("@")
    plain = " ".join(_NOT_IN_NAMES.sub(" ", one_line(name)).split())
    return Address(plain[:LONGEST_NAME].strip(), local, host)


def _connection(server: MailServer) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if server.security == "tls":
        return smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=context)
    smtp = smtplib.SMTP(server.host, server.port, timeout=SECONDS)
    if server.security == "starttls":
        try:
            smtp.starttls(context=context)
        except BaseException:
            smtp.close()
            raise
    return smtp


def _said(code: int, answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return one_line(f"{code} {text}")


def _language(wanted: str, site: str) -> str:
    return next((code for code in (wanted, site) if code in languages()), SOURCE_LANGUAGE)


def _blocks(body: str) -> list[str]:
    return [block.strip() for block in body.split("\n\n") if block.strip()]


@cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(resource_dir("templates") / "mail"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]  # made by the extension
    return environment
