"""The office's own work as values: who works on what, folders, releases."""
