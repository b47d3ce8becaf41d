"""What passkeys are asked waits in the signed cookie; that it is good once is the services' to see."""

from urllib.parse import urlsplit

from flask import request, session

from app.domain.errors import NotFound
from app.services.passkey_questions import Answer, Challenge, Party, Question, party_of
from app.web.context import current_settings

CHALLENGE = "challenge"


def offered_party() -> Party | None:
    """Who this wiki is to passkeys; None where browsers would offer none at the address at hand."""
    party = party_of(current_settings().base_url, request.host_url)
    here = (urlsplit(request.host_url).hostname or "").rstrip(".")
    return party if party is not None and party.id == here else None


def this_party() -> Party:
    """Raises: NotFound."""
    party = offered_party()
    if party is None:
        raise NotFound(name="passkey")
    return party


def keep(question: Question) -> str:
    """What the browser is to be given."""
    asked = question.challenge
    session[CHALLENGE] = [asked.value, asked.purpose, asked.expires_at]
    return question.options


def answer_of_form() -> Answer:
    """The answer sent, with the question that it must be to."""
    kept = session.pop(CHALLENGE, None)
    return Answer(request.form.get("credential", ""), Challenge(*kept) if kept else None)
