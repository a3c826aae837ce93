"""Who belongs to a network: decided by two officers of its secretariat, compared by everybody."""
