"""What goes wrong on the officer's own machine or for good; every message says what to do."""

from typing import Final

from rogatory_crypto.errors import RogatoryError, TransportError

UNTRUSTED: Final = (
    "the relay's certificate is not from the authority in the network profile: do not go on, "
    "and ask the secretariat whether the profile is current"
)


class VaultError(RogatoryError):
    """The vault cannot be opened or written; nothing was lost or half written."""


class DiskFullError(VaultError):
    """The disk is full; the vault is as it was."""


class StandingFailureError(TransportError):
    """The relay cannot be used until somebody does something; trying again by itself is of no use."""
