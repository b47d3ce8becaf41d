"""Other wikis in and out, through services and store."""
