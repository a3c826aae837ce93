"""Casework: what an office writes, asks and keeps, as pure values (bytes, values and time are arguments)."""
