"""The line to the relay: what comes in, what goes out, and what the relay lists of the log."""
