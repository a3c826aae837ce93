"""Signatures in PDF files: PAdES (EN 319 142-1) and plain ISO 32000-1 section 12.8."""
