"""Commands of a secretariat: who is admitted, and who belongs to a network."""
