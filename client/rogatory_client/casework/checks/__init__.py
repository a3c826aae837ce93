"""What is said before a request leaves: what it lacks, and what the addressee's entry says against it."""
