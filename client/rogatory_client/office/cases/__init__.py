"""A case: its life cycle, its deadlines, and what the register tells of it."""
