"""What goes wrong on the officer's own machine; every message says what to do."""

from rogatory_crypto.errors import RogatoryError


class VaultError(RogatoryError):
    """The vault cannot be opened or written; nothing was lost or half written."""
