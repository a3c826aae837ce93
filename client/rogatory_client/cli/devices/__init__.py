"""Commands on the office's devices, its seal, and partners whose keys changed."""
