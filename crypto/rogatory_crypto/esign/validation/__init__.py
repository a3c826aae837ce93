"""The checks that are the same for every format: time stamps first, then path and time (EN 319 102-1)."""
