"""What a client signs outside of any message, with the key of its leaf (RFC 9420 section 5.1.2).

Labels of applications must differ from those of MLS, so that a signature made for one never serves as the
other.
"""

from typing import Final

from rogatory_crypto.errors import MisuseError
from rogatory_crypto.primitives import CipherSuite

_MLS_LABELS: Final = frozenset({"FramedContentTBS", "LeafNodeTBS", "KeyPackageTBS", "GroupInfoTBS"})


def sign_with_label(suite: CipherSuite, private: bytes, label: str, content: bytes) -> bytes:
    """Return the signature of a statement.

    Raises:
        MisuseError: for a label that MLS itself uses.
    """
    return suite.sign_with_label(private, _foreign(label), content)


def verify_with_label(
    suite: CipherSuite, public: bytes, label: str, content: bytes, signature: bytes
) -> None:
    """Return only if the statement is signed by this key under this label.

    Raises:
        PeerError: BAD_SIGNATURE.
        MisuseError: for a label that MLS itself uses.
    """
    suite.verify_with_label(public, _foreign(label), content, signature)


def _foreign(label: str) -> bytes:
    if label in _MLS_LABELS:
        raise MisuseError(f"{label} is a label of MLS itself")
    return label.encode()
