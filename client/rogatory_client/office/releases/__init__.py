"""Two persons for what leaves the office."""
