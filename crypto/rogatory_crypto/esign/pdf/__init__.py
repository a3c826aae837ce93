"""Signatures in PDF files: PAdES (EN 319 142-1) and plain ISO 32000-1 section 12.8.

Rules of this room: a file is read strictly, and leniently only where that fails, with the same rules on what
stands behind the last signature; what many signatures need is done once; every walk through a file is bounded
and none is recursive. ``reading``, ``revision`` and ``object_streams`` read, ``embedded`` and ``fields`` find
signatures, ``placement``, ``differences``, ``changes`` and ``integrity`` say what each covers and what
happened since, ``security_store`` gathers evidence, ``document`` asks ``validation`` about trust and time,
``salvage`` says what is left where nothing can be read. ``revisions`` and ``hidden_content`` serve the reader
and the signer. Whatever could make one reader show something else than another counts as a change: what a
file says twice, what only a repair would find, what only looks as if it showed nothing.
"""
