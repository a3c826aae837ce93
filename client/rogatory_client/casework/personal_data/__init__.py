"""Personal data in what is said informally, and a draft without it."""
