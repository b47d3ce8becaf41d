"""Errors of ``errors`` that only files know::

FileRefused
├── TooManyFiles    in one request
├── TooMuchAtOnce   in one request
└── TooManyUploads  of one person, that are not finished
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
