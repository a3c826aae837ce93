"""A monitor of the log: downloads all of it, replays it offline, and tells its history in plain words."""
