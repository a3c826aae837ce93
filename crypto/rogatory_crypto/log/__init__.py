"""The append-only log: what it commits to, and how anybody checks it."""
