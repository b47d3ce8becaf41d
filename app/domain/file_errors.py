"""Errors of ``errors`` that only files know::

FileRefused
├── TooManyFiles    in one request
├── TooMuchAtOnce   in one request
├── TooManyUploads  of one person, that are not finished
├── RunsOnServers   by its name, if a web server finds it
├── OtherType       than its name says, and which
├── NotItsType      and nothing that is known
├── NotText         although its name says so
├── HoldsTags       as a page does
├── BrokenPicture
├── TooManyPixels
├── TooManyFrames   of a picture that moves
├── TwoInOne        a picture that is an archive, too
├── DrawingRefused
├── PackedDrawing
├── DrawingTooComplex
├── DrawingWithEntities
├── NotRenamed      to what it is called already
├── AnotherType     the new name says that it is another type of file
├── NameWasUsed     by a file that was deleted
├── TooWidelyUsed   to be renamed: too many pages would change at once
└── PagesChanging   while they are rewritten, again and again
BadInput
└── NoFields        nothing can be written into this file
EditConflict
└── FileChanged     there is a newer version than the one that was looked at
NotFound
└── UploadOver      a file in parts that nobody knows any more
"""

from app.domain.errors import BadInput, EditConflict, FileRefused, NotFound


class TooManyFiles(FileRefused):
    """facts: ``limit``."""

    message = "At most {limit} files are taken at once. Send some of them first, then the others."


class TooMuchAtOnce(FileRefused):
    """facts: ``limit`` in MiB. The request was not read, or not to its end."""

    message = "What you sent is larger than {limit} MiB in all. Send fewer files at once, or smaller ones."


class TooManyUploads(FileRefused):
    """facts: ``limit``."""

    message = "{limit} uploads of yours are not finished. Finish or cancel one of them first, or wait a day."


class UploadOver(NotFound):
    """Finished a day ago, cancelled, not touched for a day, somebody else's, or never begun: the same words for all."""

    message = "This upload is not known any more. Send the file again."


class NoFields(BadInput):
    """facts: ``name``."""

    message = "Title and caption cannot be written into “{name}”: that is possible in JPEG pictures only."


class FileChanged(EditConflict):
    """facts: ``name``. Nothing was stored."""

    message = "“{name}” was replaced meanwhile, so nothing was stored. Look at the new version, then change it."


class NotRenamed(FileRefused):
    """facts: ``name``."""

    message = "The file is called “{name}” already. Type another name."


class AnotherType(FileRefused):
    """facts: ``ending``."""

    message = "A file keeps its type when it is renamed: let its name end in “.{ending}”."


class NameWasUsed(FileRefused):
    """facts: ``name``."""

    message = (
        "A file called “{name}” was deleted, and its history is kept under this name. Choose another name, or bring"
        " that file back."
    )


class TooWidelyUsed(FileRefused):
    """More pages, or longer ones, than are changed in one go. Says nothing of how many there are."""

    message = "Too many pages use this file to change them all at once. Upload it under the new name beside this one."


class PagesChanging(FileRefused):
    """Somebody saved one of the pages each time they were about to be written. Nothing was stored."""

    message = "The pages that use this file are being changed just now, so nothing was renamed. Try again in a moment."


class RunsOnServers(FileRefused):
    """facts: ``part`` of the name."""

    message = "The name holds “.{part}”: some web servers would run such a file. Take that part out of the name."


class OtherType(FileRefused):
    """facts: ``ending`` of the name; ``found``, an abbreviation such as PNG."""

    message = "The name ends in “.{ending}”, but what is in the file is {found}. Let the name end as it should."


class NotItsType(FileRefused):
    """facts: ``ending`` of the name."""

    message = "The name ends in “.{ending}”, but what is in the file is something else, or damaged. Save it anew."


class NotText(FileRefused):
    """facts: ``ending`` of the name."""

    message = "The name ends in “.{ending}”, but what is in the file is no text. Save it as text, in UTF-8."


class HoldsTags(FileRefused):
    """Some browser might take it for a page of this wiki."""

    message = "The file begins like a web page, and such files are not taken. Put it into a ZIP file and send that."


class BrokenPicture(FileRefused):
    """It cannot be read, or not to its end."""

    message = "This picture is damaged or not whole. Open it in a program for pictures, save it anew, and send that."


class TooManyPixels(FileRefused):
    """facts: ``limit`` in millions."""

    message = "This picture has more than {limit} million pixels. Make it smaller."


class TooManyFrames(FileRefused):
    """facts: ``limit``."""

    message = "This moving picture is too long: it has more than {limit} frames, or large ones. Send it as a video."


class TwoInOne(FileRefused):
    """A picture with an archive at its end: whoever opens it as one gets something else than what is seen."""

    message = "This picture holds an archive, too. Save it anew in a program for pictures, and send that."


class DrawingRefused(FileRefused):
    """It cannot be read, or is no SVG."""

    message = "This is no drawing that can be read. Save it as plain SVG, in UTF-8."


class PackedDrawing(FileRefused):
    """SVGZ: what is in it would be shown without having been looked at."""

    message = "This drawing is packed (SVGZ). Save it as plain SVG."


class DrawingTooComplex(FileRefused):
    """Too many bytes, or elements inside elements."""

    message = "This drawing is too large or too complex. Simplify it, or save it as a PNG."


class DrawingWithEntities(FileRefused):
    """A few lines of those can become gigabytes."""

    message = "This drawing defines abbreviations (ENTITY), which are not taken. Save it as plain SVG."
