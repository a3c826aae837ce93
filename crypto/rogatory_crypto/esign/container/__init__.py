"""Signed containers: ASiC-S and ASiC-E (EN 319 162-1, EN 319 162-2), with or without the form of ODF or BDOC.

``archive`` reads the ZIP within limits (``placement``, ``entry_header`` and ``unpacking`` see to it that each
reader would see the same in it), ``layout`` says which file is what, ``manifest`` reads the lists of signed
files, ``signatures`` and ``timestamps`` find what stands on them, and ``document`` checks the whole.
"""
