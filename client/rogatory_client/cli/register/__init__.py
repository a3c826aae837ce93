"""Commands on all cases: register, search, retention, holds."""
