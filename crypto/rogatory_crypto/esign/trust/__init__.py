"""Whom a check trusts, for what, since when, and who said so."""
