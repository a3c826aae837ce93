"""Signatures in CMS: CAdES (EN 319 122-1), plain CMS (RFC 5652) and time-stamp tokens (RFC 3161).

``signed_data`` reads, ``signer`` judges one SignerInfo by its own bytes, ``token`` a time-stamp token,
``archive_timestamp`` what an archive time stamp covers, and ``cades`` a whole document. PDF files and
containers use the same functions for the CMS inside them.
"""
