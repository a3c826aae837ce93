"""The append-only log: what it commits to, and how anybody checks it."""

from rogatory_crypto.log.origin import log_origin

__all__ = ["log_origin"]
