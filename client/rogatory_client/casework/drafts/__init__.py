"""Drafts as values: revisions, progress, templates, terms."""
