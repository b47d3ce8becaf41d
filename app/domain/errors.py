"""Every error that is a person's to know, not the operator's::

    WikiError
    ├── BadInput            what was typed cannot be taken as it is
    │   ├── BadPageName
    │   ├── BadText
    │   │   ├── BadCharacter
    │   │   └── TextTooLong
    │   └── BadValue        one field of a form or an argument of a command
    │       ├── NotInRange
    │       ├── NotOffered
    │       ├── BadPart     of a list or table
    │       └── FileRefused a file that was sent, and why it is not taken; more of them in ``file_errors``
    │           ├── FileTooLarge
    │           ├── TypeNotTaken
    │           ├── NoRoomLeft   of a person
    │           └── NoRoomHere   of a namespace
    ├── NotFound            page, media file, account … (missing and forbidden look the same)
    │   ├── LinkOver        of a letter or an invitation: used, withdrawn, too old, or never made
    │   └── NoSuchRevision  of a page that is there and may be read
    ├── AccessDenied        the viewer may not do this, and may know that
    │   └── ActionDisabled  nobody may: the wiki has it switched off
    ├── FileInUse           pages show it: whoever deletes it must know
    ├── EditConflict        the page changed since the edit began
    ├── NameTaken           an account, group or page of that name exists
    ├── LastAdministrator   the wiki would be left without one
    │   └── NobodyLeft      whoever the setting names, nobody of them can sign in
    ├── SignInFailed        wrong name or password, or disabled: never says which
    │   ├── AccountWaits    the right password of an account that is not open yet
    │   ├── CodeRefused     a second step that is none, or was used already
    │   ├── PasskeyRefused  a passkey that opens nothing here
    │   ├── DoorRefused     another way in said no, or its answer does not belong to a question of ours
    │   ├── DoorUnreachable the server behind it does not answer
    │   ├── DoorClosed      it knows the person, we do not, and it may not make accounts
    │   ├── DoorTaken       … and somebody else here has the name
    │   └── DoorShut        it knows the person, whose account is disabled
    ├── NotConfirmed        the password must be asked for again first
    ├── TokenRefused        an access token that is none, or is over: never says which
    ├── TokenTooNarrow      a good access token that may not do this, whoever it belongs to
    ├── TooManyTries        slow down; knows for how long
    └── StorageFailed       disk full, database read-only or locked: nothing was stored

``message`` is English with named places, so that the web can translate it: ``translate(e.message).format(**e.facts)``.
It says what happened and what to do.
"""

from typing import ClassVar


class WikiError(Exception):
    """Base of the family. ``facts`` fill the named places of ``message``."""

    message: ClassVar[str] = "Something in the request could not be done."

    def __init__(self, **facts: object) -> None:
        super().__init__(self.message.format(**facts))
        self.facts = facts


class BadInput(WikiError):
    """Base of what was typed and cannot be taken as it is."""


class BadPageName(BadInput):
    """facts: ``name``, ``reason``."""

    message = "“{name}” cannot be the name of a page: {reason}"


class BadText(BadInput):
    """facts: ``reason``."""

    message = "This text cannot be stored: {reason}"


class BadCharacter(BadText):
    """facts: ``line`` from 1, ``what`` stands there."""

    message = "Line {line} of this text holds {what}, which cannot be stored. Take it out and save again."


class BlockedWords(BadText):
    """facts: ``words`` as they stand in the text or the summary."""

    message = "Nothing was saved: this wiki takes no text that holds “{words}”. Take it out and save again."


class TextTooLong(BadText):
    """facts: ``size`` and ``limit`` in KiB."""

    message = "This text is {size} KiB long; a page holds {limit} KiB. Divide it into several pages."


class BadValue(BadInput):
    """facts: ``field``, ``reason``. The form shows it beside the field."""

    message = "{reason}"


class NotInRange(BadValue):
    """facts: ``field``, ``low``, ``high``."""

    message = "“{field}” takes a whole number from {low} to {high}."


class NotOffered(BadValue):
    """facts: ``field``, ``choices`` as one text."""

    message = "“{field}” takes one of: {choices}."


class BadPart(BadValue):
    """facts: ``field``, ``part`` that cannot be taken, ``reason``."""

    message = "“{part}” cannot be taken: {reason}"


class FileRefused(BadValue):
    """facts: ``field``, always "file"; ``reason``. Nothing of the file was stored."""

    def __init__(self, **facts: object) -> None:
        super().__init__(field="file", **facts)


class FileTooLarge(FileRefused):
    """facts: ``limit`` in MiB."""

    message = "The file is larger than {limit} MiB. Choose a smaller one."


class TypeNotTaken(FileRefused):
    """facts: ``endings`` that are taken, as one text."""

    message = "Files of this type are not taken. Known endings: {endings}."


class NoRoomLeft(FileRefused):
    """facts: ``limit`` in MiB."""

    message = "Your files would take more than {limit} MiB in all, older versions included. Ask an administrator."


class NoRoomHere(FileRefused):
    """facts: ``limit`` in MiB."""

    message = "The files here would take more than {limit} MiB in all, older versions included. Ask an administrator."


class NotFound(WikiError):
    """facts: ``name``."""

    message = "There is nothing called “{name}” here, or it is not open to you."


class LinkOver(NotFound):
    """A secret that is good once. Never says why it is not."""

    message = "This link is not good any more: it was used, withdrawn, or is too old. Ask for a new one."


class NoSuchRevision(NotFound):
    """facts: ``name`` of the page. Only for pages that the viewer may read: it says that the page is there."""

    message = "“{name}” has no version of that time. Its history lists those that it has."


class AccessDenied(WikiError):
    """facts: ``what``."""

    message = "You may not {what}. Sign in with an account that may, or ask an administrator."


class ActionDisabled(AccessDenied):
    """facts: ``action``, as the setting ``disableactions`` names it."""

    message = "“{action}” is switched off in this wiki. Ask an administrator if you need it."


class EditConflict(WikiError):
    """facts: ``page_id``, ``based_on``, ``newest``: revision ids; None stands for no page."""

    message = "Someone saved “{page_id}” while you were editing it. Compare the two texts and save again."


class FileInUse(WikiError):
    """facts: ``name``."""

    message = "Pages show or link the file “{name}”. Take it out of them first, or say that you delete it all the same."


class NameTaken(WikiError):
    """facts: ``name``."""

    message = "The name “{name}” is taken. Choose another one."


class LastAdministrator(WikiError):
    """facts: ``login``."""

    message = "“{login}” is the last administrator. Make another one first."


class NobodyLeft(LastAdministrator):
    """facts: ``field``."""

    message = "Nobody could administer this wiki then. Name a login or a group of somebody who can sign in."


class SignInFailed(WikiError):
    """Wrong name, wrong password, disabled: the same words for all."""

    message = "This name and password do not fit together. Check both and try again."


class AccountWaits(SignInFailed):
    """facts: ``reason``. Only to whoever knows the password: it says that the account is there."""

    message = "{reason}"


class CodeRefused(SignInFailed):
    """Wrong, used before, or of another time: the same words for all."""

    message = "This code is not right, or was used already. Wait for the next one and try again."


class PasskeyRefused(SignInFailed):
    """Unknown, of another person or site, or too slow: the same words for all."""

    message = "This passkey did not fit, or it took too long. Try again, or take another way to sign in."


class DoorRefused(SignInFailed):
    """Cancelled, too late, used twice, or not what we asked for: the same words for all."""

    message = "This sign-in did not work, or took too long. Start it again from here."


class DoorUnreachable(SignInFailed):
    """The server that knows the person is away, or says what cannot be understood."""

    message = "The server that would say who you are does not answer. Try again in a moment, or sign in another way."


class DoorClosed(SignInFailed):
    """Somebody whom another server knows has no account here."""

    message = "You have no account in this wiki yet. Ask an administrator for one."


class DoorShut(SignInFailed):
    """The account of somebody whom another server knows is disabled."""

    message = "Your account in this wiki is not open. Ask an administrator."


class DoorTaken(SignInFailed):
    """facts: ``name``. Only to whoever proved elsewhere that this is what they are called."""

    message = (
        "There is an account “{name}” here that does not belong to this sign-in. If it is yours, sign in with its"
        " password and connect the two in your account, or ask an administrator to."
    )


class NotConfirmed(WikiError):
    """What is asked for wants the password again: this device may have been left open."""

    message = "Confirm first that it is you: give your password."


class TokenRefused(WikiError):
    """Unknown, expired, revoked, or of somebody who cannot sign in: the same words for all."""

    message = "This access token is not valid, or not any more. Make a new one in your account."


class TokenTooNarrow(WikiError):
    """facts: ``what``."""

    message = "This access token may not {what}. Make another one in your account, or sign in in a browser."


class TooManyTries(WikiError):
    """facts: ``seconds`` until the next try is heard."""

    message = "Too many tries. Wait {seconds} seconds, then try again."


class StorageFailed(WikiError):
    """facts: ``reason``."""

    message = "The wiki cannot store anything right now ({reason}). Your text is kept below; try again later."
