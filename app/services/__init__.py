"""What the wiki does. Session, viewer and clock are arguments; one public function is one transaction."""
