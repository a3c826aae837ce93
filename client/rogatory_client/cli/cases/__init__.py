"""Commands on a case: where it stands, what is due, who is in it, what a court is shown of it."""
