"""When time is short: the ladder, oral requests, reminders."""
