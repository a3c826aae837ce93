"""The name of a relay's log: the origin of its checkpoints (C2SP tlog-checkpoint)."""


def log_origin(origin: str) -> str:
    """Return the log's origin for a relay's, the name in its postmarks and addresses."""
    return f"{origin}/log"
