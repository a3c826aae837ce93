"""What is searched for, and where it was found."""
