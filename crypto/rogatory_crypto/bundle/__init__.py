"""The court bundle: one formal exchange with all its proof in one file (ASiC-E), checked offline."""
