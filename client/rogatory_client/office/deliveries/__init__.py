"""How messages arrive: receipts, terms, non-delivery, files brought again."""
