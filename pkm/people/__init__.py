"""People: contacts, circles, and what passed between us."""
