"""Letters: composed so that nothing breaks out of a header, sent through a real server, tried again when it is away."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.domain.wiki_settings import WikiSettings
from app.mail_settings import MailServer
from app.services import jobs
from app.services.catalogs import languages
from app.services.config import save_setting
from app.services.jobs import WAITS, list_jobs
from app.services.mail import NOTICES, SENDER, Letter, NotSent, can_send, compose, deliver, queue
from app.services.setting_rows import BASE_URL
from app.services.work import run_due
from app.store.database import session_factory, transaction
from app.store.state import Job
from tests.conftest import ALICE, NOW
from tests.directory import certificates
from tests.services.mailboxes import LOGIN, PASSWORD, Mailbox, mail_server

LINK = "https://wiki.example.org/_reset/secret"
VALUES = {
    "login": "bob",
    "name": "Bob Brown",
    "link": LINK,
    "hours": "2",
    "days": "7",
    "known": "bobby",
    "mail": "new@example.org",
    "by": "Alice",
    "note": "Welcome",
    "token": "backup",
}
HEADERS = {
    *("from", "to", "subject", "date", "message-id", "mime-version", "content-type", "content-language"),
    *("auto-submitted", "x-auto-response-suppress", "list-unsubscribe"),
}
POISON = (
    "\r\nBcc: thief@example.org",
    "\nBcc: thief@example.org\n\nbody",
    "\x0bBcc:",
    "\u2028Bcc: t@e.org",
    "\0",
    "=?utf-8?q?=0ABcc:?=",
)
KINDS = (*sorted(NOTICES), "confirm", "invitation", "mail_change", "reset", "test")


@pytest.fixture
def mailbox(session: Session) -> Iterator[Mailbox]:
    session.info[BASE_URL] = "https://wiki.example.org"
    with mail_server() as box:
        session.info[SENDER] = box.server
        yield box


def letter(kind: str = "reset", to: str = "bob@example.org", language: str = "en", **values: str) -> Letter:
    return Letter(kind, to, language, VALUES | values)


def post(session: Session, *letters: Letter) -> None:
    with transaction(session):
        for one in letters:
            queue(session, one, now=NOW)


# ------------------------------------------------------------------ what is sent


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("kind", KINDS)
def test_every_letter_is_whole_in_every_language(session: Session, mailbox: Mailbox, kind: str, language: str) -> None:
    post(session, letter(kind, language=language))
    assert run_due(session, NOW) == 1

    (sent,) = mailbox.letters
    plain, html = (sent.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    assert mailbox.recipients == ["bob@example.org"]
    assert "Lierre" in sent["Subject"]
    assert sent["Content-Language"] == language
    assert sent["From"].addresses[0].addr_spec == "wiki@example.org"
    assert sent["Message-ID"].endswith("@wiki.example.org>")
    assert sent["Auto-Submitted"] == "auto-generated"
    assert (sent["List-Unsubscribe"] == "<https://wiki.example.org/_account>") == (kind in NOTICES)
    for body in (plain.get_content(), html.get_content()):
        assert "{{" not in body
        assert "None" not in body
        assert (LINK in body) == (kind not in ("test", "mail_changed"))
    assert f'<html lang="{language}" dir="ltr">' in html.get_content()


def test_a_letter_speaks_the_language_of_its_reader_or_of_the_wiki(session: Session, mailbox: Mailbox) -> None:
    save_setting(session, "lang", "fr", by=ALICE, now=NOW)
    post(session, letter(language="en"), letter(language=""), letter(language="xx"))
    run_due(session, NOW)

    assert [sent["Content-Language"] for sent in mailbox.letters] == ["en", "fr", "fr"]


def test_html_of_a_letter_is_escaped(session: Session, mailbox: Mailbox) -> None:
    post(session, letter("waiting", name="<b>x</b>", login="<script>"))
    run_due(session, NOW)

    html = mailbox.letters[0].get_body(("html",))
    assert html is not None
    assert "<script>" not in html.get_content()
    assert "&lt;b&gt;" in html.get_content()


def test_every_letter_has_a_number_of_its_own(session: Session, mailbox: Mailbox) -> None:
    for _ in range(3):  # each alone in the table: SQLite gives their rows one id
        post(session, letter())
        run_due(session, NOW)

    assert len({sent["Message-ID"] for sent in mailbox.letters}) == 3


# ------------------------------------------------------------------ attacks


@pytest.mark.parametrize(
    "title",
    [
        "Société d’histoire, de sciences et de lettres des vallées alpines et de leurs environs, wiki de travail",
        "A very long title that has to be broken <thief@example.org> somewhere in the middle of all its words",
        '"quoted" (with a comment), \\ and a very long tail that goes on and on until the line is over and beyond',
        "x" * 300,
        "é" * 300,
        ", ; @ < > ( )",
        "",
    ],
)
def test_whatever_the_wiki_is_called_letters_come_from_its_address(
    session: Session, mailbox: Mailbox, title: str
) -> None:
    session.info["wiki_settings"] = replace(WikiSettings(), title=title, base_url="https://wiki.example.org")
    with transaction(session):
        queue(session, letter(), now=NOW)
    run_due(session, NOW)

    (sent,) = mailbox.letters
    assert [address.addr_spec for address in sent["From"].addresses] == ["wiki@example.org"]


@pytest.mark.parametrize("kind", ["confirm", "registered", "mail_change"])
def test_nobody_sends_their_own_words_to_an_address_that_is_not_theirs(
    session: Session, mailbox: Mailbox, kind: str
) -> None:
    post(session, letter(kind, name="Cheap watches at https://watches.example"))
    run_due(session, NOW)

    assert "watches" not in mailbox.letters[0].as_string()


def test_a_value_begins_no_paragraph(session: Session, mailbox: Mailbox) -> None:
    post(session, letter("waiting", name="x\n\nhttps://thief.example\n\ny"))
    run_due(session, NOW)

    html = mailbox.letters[0].get_body(("html",))
    assert html is not None
    assert 'href="https://thief.example' not in html.get_content()


@pytest.mark.parametrize("poison", POISON)
@pytest.mark.parametrize("where", ["login", "by", "name", "wiki", "to"])
def test_nothing_breaks_out_of_a_header(session: Session, mailbox: Mailbox, where: str, poison: str) -> None:
    values = {where: f"x{poison}"} if where in VALUES else {}
    to = f"bob{poison}@example.org" if where == "to" else "bob@example.org"
    if where == "wiki":
        session.info["wiki_settings"] = replace(WikiSettings(), title=f"x{poison}", base_url="https://wiki.example.org")
    try:
        composed = compose(session, letter("waiting", to, **values), key="k", now=NOW)
    except NotSent:
        assert where == "to"
        return
    raw = composed.as_bytes()
    head = raw.partition(b"\n\n")[0].lower()

    assert b"\nbcc" not in head
    assert {name.lower() for name in list(composed)} <= HEADERS
    assert len(head.split(b"\nto:")) == 2


@pytest.mark.parametrize(
    "to",
    [
        *("", "nobody", "a b@example.org", "a@example.org,b@example.org", "a@b@example.org\n", "a@example..org"),
        *("a(b)c@example.org", '"a b"@example.org', "a@[127.0.0.1]", "=?utf-8?q?a?=@example.org", ".a@example.org"),
    ],
)
def test_what_is_no_address_gets_no_letter(session: Session, mailbox: Mailbox, to: str) -> None:
    post(session, letter(to=to))
    run_due(session, NOW)

    assert mailbox.letters == []
    assert [job.failed for job in list_jobs(session, viewer=ALICE)] == [True]


# ------------------------------------------------------------------ servers that do not take it


def test_a_server_that_is_busy_gets_the_letter_later_and_once(session: Session, mailbox: Mailbox) -> None:
    mailbox.answers = ["451 busy", "451 busy"]
    post(session, letter())
    run_due(session, NOW)
    (waiting,) = list_jobs(session, viewer=ALICE)
    assert (waiting.due_at, waiting.error) == (NOW + WAITS[0], "451 busy")

    run_due(session, NOW + WAITS[0])
    assert mailbox.letters == []
    run_due(session, NOW + WAITS[0] + WAITS[1])
    run_due(session, NOW + 10 * WAITS[-1])

    assert len(mailbox.letters) == 1
    assert list_jobs(session, viewer=ALICE) == ()


def test_a_server_that_refuses_is_asked_once(session: Session, mailbox: Mailbox) -> None:
    mailbox.answers = ["550 unknown here"]
    post(session, letter())
    run_due(session, NOW)
    run_due(session, NOW + 10 * WAITS[-1])

    (refused,) = list_jobs(session, viewer=ALICE)
    assert (refused.failed, refused.error, refused.attempts) == (True, "550 unknown here", 1)
    assert mailbox.letters == []


@pytest.mark.parametrize(
    ("command", "answer", "good"),
    [
        pytest.param("RCPT", "550 nobody here", "given up", id="nobody there"),
        pytest.param("RCPT", "450 later", "waits", id="full"),
        pytest.param("MAIL", "550 not you", "waits", id="the sender is refused, which an administrator may mend"),
        pytest.param("MAIL", "421 too many", "waits", id="busy"),
    ],
)
def test_what_the_server_refuses(session: Session, mailbox: Mailbox, command: str, answer: str, good: str) -> None:
    mailbox.says = {command: answer}
    post(session, letter())
    run_due(session, NOW)

    (job,) = list_jobs(session, viewer=ALICE)
    assert (job.failed, job.error) == (good == "given up", answer)
    assert mailbox.letters == []


def test_a_letter_that_was_taken_is_sent_though_the_server_says_no_goodbye(session: Session, mailbox: Mailbox) -> None:
    mailbox.says = {"QUIT": "421 away"}
    post(session, letter())
    run_due(session, NOW)

    assert len(mailbox.letters) == 1
    assert list_jobs(session, viewer=ALICE) == ()


def test_a_worker_that_dies_after_sending_sends_the_same_letter_again(session: Session, mailbox: Mailbox) -> None:
    post(session, letter())
    taken = jobs.take(session, NOW)  # and then the machine stops, before it says that it was done
    assert taken is not None
    deliver(session, taken.payload, now=NOW)
    assert run_due(session, NOW + jobs.LEASE - 1) == 0
    assert run_due(session, NOW + jobs.LEASE) == 1

    assert len(mailbox.letters) == 2
    assert len({sent["Message-ID"] for sent in mailbox.letters}) == 1
    assert list_jobs(session, viewer=ALICE) == ()


def test_workers_side_by_side_send_each_letter_once(session: Session, engine: Engine, mailbox: Mailbox) -> None:
    post(session, *(letter(to=f"reader{n}@example.org") for n in range(12)))

    def labour() -> None:
        with session_factory(engine, **session.info)() as own:
            run_due(own, NOW)

    workers = [threading.Thread(target=labour) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)

    assert sorted(mailbox.recipients) == sorted(f"reader{n}@example.org" for n in range(12))


def test_a_notice_given_up_may_be_tried_again(session: Session, mailbox: Mailbox) -> None:
    mailbox.answers = ["550 unknown here"]
    post(session, letter("approved"))
    run_due(session, NOW)
    (job,) = list_jobs(session, viewer=ALICE)
    jobs.retry(session, job.id, by=ALICE, now=NOW)
    run_due(session, NOW)

    assert LINK in mailbox.letters[0].as_string()


# ------------------------------------------------------------------ what is spoken with a server


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    certificates(folder)
    return folder


def send_one(session: Session, box: Mailbox) -> str:
    """What went wrong, "" for nothing."""
    session.info |= {BASE_URL: "https://wiki.example.org"}
    session.info[SENDER] = replace(box.server, user=LOGIN, password=PASSWORD)
    post(session, letter())
    run_due(session, NOW)
    return "".join(job.error for job in list_jobs(session, viewer=ALICE))


@pytest.mark.parametrize("security", ["", "starttls", "tls"])
def test_the_wiki_signs_in_at_a_server_it_trusts(
    session: Session, keys: Path, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(keys / "ca.pem"))
    with mail_server(security=security, folder=keys) as box:
        assert send_one(session, box) == ""
        assert (box.logins, len(box.letters)) == ([(LOGIN, PASSWORD)], 1)


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2"])
def test_a_server_that_is_not_who_it_says_gets_neither_password_nor_letter(
    session: Session, keys: Path, monkeypatch: pytest.MonkeyPatch, security: str, host: str
) -> None:
    if host == "127.0.0.2":  # the authority is known, but the certificate is another machine's
        monkeypatch.setenv("SSL_CERT_FILE", str(keys / "ca.pem"))
    with mail_server(host=host, security=security, folder=keys) as box:
        assert "certificate verify failed" in send_one(session, box).lower()
        assert (box.logins, box.letters) == ([], [])


def test_a_server_that_takes_tls_away_gets_nothing(session: Session) -> None:
    with mail_server() as box:
        box.server = replace(box.server, security="starttls")
        assert "STARTTLS" in send_one(session, box)
        assert (box.logins, box.letters) == ([], [])


def test_a_wrong_password_is_told_and_tried_again(session: Session, mailbox: Mailbox) -> None:
    session.info[SENDER] = replace(mailbox.server, user=LOGIN, password="another")
    post(session, letter())
    run_due(session, NOW)

    (job,) = list_jobs(session, viewer=ALICE)
    assert job.error.startswith("535")
    assert (job.failed, "another" in job.error) == (False, False)


def test_a_letter_given_up_keeps_no_link(session: Session, mailbox: Mailbox) -> None:
    mailbox.answers = ["550 unknown here"]
    post(session, letter())
    run_due(session, NOW)

    payload = session.execute(select(Job.payload)).scalar_one()
    assert LINK not in payload
    assert json.loads(payload)["to"] == "bob@example.org"


def test_a_server_that_is_away_gives_up_at_last(session: Session) -> None:
    session.info[SENDER] = MailServer("127.0.0.1", 9, "wiki@example.org")
    post(session, letter())
    now = NOW
    for wait in (*WAITS, 1):
        run_due(session, now)
        now += wait

    (job,) = list_jobs(session, viewer=ALICE)
    assert (job.failed, job.attempts) == (True, len(WAITS) + 1)


def test_without_a_server_letters_wait(session: Session) -> None:
    assert not can_send(session)
    post(session, letter())
    run_due(session, NOW)

    (job,) = list_jobs(session, viewer=ALICE)
    assert "LIERRE_SMTP_URL" in job.error
    assert not job.failed


def test_a_password_of_the_server_is_never_shown() -> None:
    assert "hush" not in repr(MailServer("h", 25, "a@b.c", "tls", "me", "hush"))
