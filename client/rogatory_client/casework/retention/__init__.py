"""How long cases are kept, and when one is purged."""
