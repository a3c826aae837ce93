"""Commands on a network's root of trust."""
