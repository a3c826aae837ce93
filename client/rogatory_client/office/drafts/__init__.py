"""Drafts of requests, of one officer or of the whole office."""
