import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.crypto.esign.cms.material import CONTENT, NOW, attached, detached, signatory
from tests.effort import examples

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign import Indication, check
from rogatory_crypto.esign.cms.ber import close_frame
from rogatory_crypto.esign.cms.signed_data import encapsulated_content, read_signed_data

SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
DATA = bytes.fromhex("06092a864886f70d010701")
END = bytes(2)


def encoded(tag: int, contents: bytes) -> bytes:
    length = len(contents)
    return bytes([tag, 0x83]) + length.to_bytes(3, "big") + contents


def opened(document: bytes, content: bytes, pieces: int) -> bytes:
    """The same signature as a product writes it that does not know its length beforehand."""
    whole = read_signed_data(document)
    cut = [content[:7], content[7:]] if pieces == 2 else [content]
    octets = b"\x24\x80" + b"".join(encoded(4, piece) for piece in cut) + END
    inside = b"\x30\x80" + DATA + b"\xa0\x80" + octets + END + END
    fields: list[bytes] = [whole["version"].dump(), whole["digest_algorithms"].dump(), inside]
    certificates: bytes = b"\xa0\x80" + whole["certificates"][0].dump() + END
    signers: bytes = b"\x31\x80" + whole["signer_infos"][0].dump() + END
    body = b"\x30\x80" + b"".join(fields) + certificates + signers + END
    return b"\x30\x80" + SIGNED_DATA + b"\xa0\x80" + body + END + END


@pytest.mark.parametrize("pieces", [1, 2])
def test_a_signature_written_in_pieces_is_the_same_signature(pieces: int) -> None:
    document = opened(attached(), CONTENT, pieces)
    assert encapsulated_content(read_signed_data(document)) == CONTENT
    report = check(document, trust=[signatory().pem], at=NOW + 60, revocation=False)
    assert report.indication is Indication.TOTAL_PASSED


def test_a_frame_that_is_closed_is_left_as_it_is() -> None:
    for document in (attached(), detached()):
        assert close_frame(document) is document


def test_pieces_of_pieces_are_put_together() -> None:
    document = opened(attached(), CONTENT, 1)
    piece = encoded(4, CONTENT)
    nested = document.replace(piece, b"\x24\x80" + encoded(4, CONTENT[:5]) + encoded(4, CONTENT[5:]) + END)
    assert nested != document
    assert encapsulated_content(read_signed_data(nested)) == CONTENT


@pytest.mark.parametrize("cut", [1, 2, 3, 10, 100, 600])
def test_a_frame_that_is_cut_off_is_refused(cut: int) -> None:
    with pytest.raises(PeerError) as caught:
        read_signed_data(opened(attached(), CONTENT, 2)[:-cut])
    assert caught.value.code is Code.MALFORMED


def test_more_pieces_than_anybody_writes_are_refused() -> None:
    document = opened(attached(), CONTENT, 1)
    piece = encoded(4, CONTENT)
    with pytest.raises(PeerError) as caught:
        read_signed_data(document.replace(piece, b"\x04\x01x" * 600_000))
    assert caught.value.code is Code.TOO_LARGE


def test_content_in_pieces_that_are_something_else_is_refused() -> None:
    document = opened(attached(), CONTENT, 1)
    with pytest.raises(PeerError):
        read_signed_data(document.replace(encoded(4, CONTENT), encoded(12, CONTENT)))


@settings(max_examples=examples(300), deadline=None)
@given(place=st.integers(0, 1_000_000), value=st.integers(0, 255))
def test_any_change_is_read_or_refused(place: int, value: int) -> None:
    document = bytearray(opened(attached(), CONTENT, 2))
    document[place % len(document)] = value
    try:
        read_signed_data(bytes(document))
    except PeerError:
        return
