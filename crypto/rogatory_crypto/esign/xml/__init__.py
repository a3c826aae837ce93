"""Signatures in XML: XMLDSig and XAdES (EN 319 132).

Rules of this room: nothing is fetched and no XPath of a document is run; a transform that is not on the list
leaves a signature open and is named; what a reference calls a part of its signature must be one; each limit
stands before the work it bounds. Order of modules: ``names``, ``elements``, ``reading``, ``excision``,
``canonical``, ``source``, ``xpath``, ``transforms``, ``algorithms``, ``references``, ``qualifying``,
``parts``, ``coverage``, ``dsig``, ``certificates``, ``signer``, ``timestamps``, ``carried``, ``claims``,
``signatures``, ``document``.
"""
