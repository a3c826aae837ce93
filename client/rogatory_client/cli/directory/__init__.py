"""Commands on the directory, and those of its operator."""
