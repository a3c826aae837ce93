"""Commands on how messages arrive, over the line or past it."""
