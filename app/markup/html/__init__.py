"""From document to HTML, escaped by construction: whatever comes from the page passes ``escape`` or an address builder."""
