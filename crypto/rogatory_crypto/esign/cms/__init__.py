"""Signatures in CMS (RFC 5652, EN 319 122) and time-stamp tokens (RFC 3161)."""
