"""The office's memory on one device: an encrypted database that one process at a time may open.

``key`` turns a passphrase into the database key, ``lock`` keeps a second process out, ``database`` opens and
writes, ``schema`` holds tables and ``migrations`` leads to them; the other modules each read and write one
subject.
"""

from rogatory_client.vault.database import Vault, create_vault, open_vault
from rogatory_client.vault.key import Cost

__all__ = ["Cost", "Vault", "create_vault", "open_vault"]
