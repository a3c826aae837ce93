"""Revocation data of the officer's own choice: sources that are allowed, what they said, and how it is asked.

A check never asks anybody; it is given what is held here. Addresses come from the officer alone, never from
a document or a certificate.
"""

from rogatory_client.revocation.held import HeldEvidence, held_evidence, usable_evidence
from rogatory_client.revocation.sources import Source, Sources

__all__ = ["HeldEvidence", "Source", "Sources", "held_evidence", "usable_evidence"]
