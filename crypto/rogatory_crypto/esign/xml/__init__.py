"""Signatures in XML: XMLDSig and XAdES (EN 319 132)."""
