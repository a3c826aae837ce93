"""What is due by when, on whose calendar, and whom to turn to."""
