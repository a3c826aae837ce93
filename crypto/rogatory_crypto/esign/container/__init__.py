"""Signed containers: ASiC (EN 319 162)."""
