"""DokuWiki's files, read and written. Source: the formats as observed, docs/formats/dokuwiki.md."""
