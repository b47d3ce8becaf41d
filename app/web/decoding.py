"""Form data that is not UTF-8.

The framework would turn a stray byte into ``%E9``, or drop the whole form, without a word. Here such a value is read
as Latin-1, which loses nothing, and the request remembers it: the view gives the text back to be looked at.
"""

from typing import IO, cast
from urllib.parse import parse_qsl

from flask import Request, request
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from app.web.context import current_wiki

IN_MEMORY = 500_000  # bytes
Parsed = tuple[IO[bytes], MultiDict[str, str], MultiDict[str, FileStorage]]


class FormParser(FormDataParser):
    misread = False

    def _parse_urlencoded(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str]
    ) -> Parsed:
        del mimetype, content_length, options
        sent = stream.read()
        if self.max_form_parts is not None and sent.count(b"&") >= self.max_form_parts:
            raise RequestEntityTooLarge  # millions of empty fields fit into the longest text, and fill the memory
        body = sent.decode("utf-8", "surrogateescape")
        pairs = parse_qsl(body, keep_blank_values=True, errors="surrogateescape")
        return stream, self.cls([(self._readable(key), self._readable(value)) for key, value in pairs]), self.cls()

    def _readable(self, value: str) -> str:
        try:
            value.encode()
        except UnicodeEncodeError:
            self.misread = True
            return value.encode("utf-8", "surrogateescape").decode("latin-1")
        return value


class WikiRequest(Request):
    form_data_parser_class = FormParser
    form_parser: FormParser | None = None

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        """Where a file of a form waits: small ones in memory, as the framework does it, others where files come in."""
        if (total_content_length or 0) <= IN_MEMORY:
            return super()._get_file_stream(total_content_length, content_type, filename, content_length)
        return current_wiki().blobs.spool()

    def make_form_data_parser(self) -> FormParser:
        self.form_parser = cast("FormParser", super().make_form_data_parser())
        return self.form_parser


def is_misread() -> bool:
    """Whether some value of the form at hand was not UTF-8."""
    parser = cast("WikiRequest", request).form_parser if request.form else None
    return parser is not None and parser.misread
