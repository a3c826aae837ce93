"""Who is in a case: named officers, other offices, liaisons."""
