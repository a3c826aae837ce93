"""A structure with a device's signature over its very bytes, made outside MLS for a third party to check."""

from rogatory_crypto import cbor, signing
from rogatory_crypto.wire.structure import Structure


def sign_body(label: str, structure: Structure, private_key: bytes) -> bytes:
    """Return the array of a structure's bytes and the signature over them."""
    body = structure.encode()
    return cbor.encode([body, signing.sign(label, body, private_key)])


def open_body(data: bytes, limit: int) -> tuple[bytes, bytes]:
    """Return the bytes and the signature, which is not checked here.

    Args:
        data: the array.
        limit: of its length.

    Raises:
        PeerError: MALFORMED or TOO_LARGE.
    """
    encoded_body, signature = cbor.array(cbor.decode(data, limit=limit, max_depth=2), 2)
    return (
        cbor.byte_string(encoded_body, maximum=limit),
        cbor.byte_string(signature, length=signing.SIGNATURE_BYTES),
    )
