"""From document to HTML, escaped by construction: what comes from a page passes ``escape`` or an address builder."""
