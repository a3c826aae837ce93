"""Commands on signatures: check, sign, revocation data, trusted lists."""
