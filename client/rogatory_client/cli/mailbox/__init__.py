"""Commands on how the own office works: inbox, notes, assignments, deputies."""
