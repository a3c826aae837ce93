"""QR codes: shown on a terminal, read from pictures."""
