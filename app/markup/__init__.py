"""Wiki text to document to HTML, plain text and metadata. Pure: no Flask, no SQL, no file, no clock."""
