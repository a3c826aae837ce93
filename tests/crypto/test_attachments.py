"""C2SP chunked-encryption, Cobblestone-256: against the specification's own words, in pieces of any size."""

from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from hypothesis import given, settings
from hypothesis import strategies as st

from rogatory_crypto import attachments
from rogatory_crypto.attachments import AttachmentKey, Decryptor, Encryptor, RandomAccess
from rogatory_crypto.errors import Code, MisuseError, PeerError

CHUNK = 16 * 1024
STORED_CHUNK = CHUNK + 16
CONTEXT = sha256(b"context").digest()
KEY = AttachmentKey(bytes(range(32)), bytes(range(24)), CONTEXT)
EDGES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK - 1, 2 * CHUNK, 3 * CHUNK + 77]


def plaintext_of(size: int) -> bytes:
    return bytes(number * 7 % 251 for number in range(251)) * (size // 251) + bytes(size % 251)


def specified(key: AttachmentKey, plaintext: bytes) -> bytes:
    """The specification's formulas, without streaming."""
    info = b"c2sp.org/chunked-encryption@v1+" + b"AEAD_AES_256_GCM" + b"\x00" + key.salt + key.context
    derived = HKDFExpand(SHA512(), 76, info).derive(key.key)
    aead, base, commitment = AESGCM(derived[:32]), derived[32:44], derived[44:]
    chunks = [
        aead.encrypt(
            bytes(left ^ right for left, right in zip(base, number.to_bytes(12, "big"), strict=True)),
            plaintext[number * CHUNK : (number + 1) * CHUNK],
            b"",
        )
        for number in range(len(plaintext) // CHUNK + 1)
    ]
    return key.salt + commitment + b"".join(chunks)


def encrypt(key: AttachmentKey, plaintext: bytes, piece: int = 1 << 20, offset: int = 0) -> bytes:
    encryptor = Encryptor(key, len(plaintext), stored_offset=offset)
    start = encryptor.plaintext_offset
    pieces = [
        encryptor.update(plaintext[index : index + piece]) for index in range(start, len(plaintext), piece)
    ]
    return b"".join([*pieces, encryptor.finish()])


def decrypt(key: AttachmentKey, stored: bytes, piece: int = 1 << 20) -> bytes:
    decryptor = Decryptor(key)
    pieces = [decryptor.update(stored[index : index + piece]) for index in range(0, len(stored), piece)]
    return b"".join([*pieces, decryptor.finish()])


def refusal_of(key: AttachmentKey, stored: bytes, piece: int = 1 << 20) -> Code:
    with pytest.raises(PeerError) as refusal:
        decrypt(key, stored, piece)
    return refusal.value.code


@pytest.mark.parametrize("size", EDGES)
def test_the_stored_form_is_the_specified_one(size: int) -> None:
    plaintext = plaintext_of(size)
    stored = encrypt(KEY, plaintext)
    assert stored == specified(KEY, plaintext)
    assert len(stored) == attachments.stored_size(size)
    assert attachments.plaintext_size(len(stored)) == size
    assert decrypt(KEY, stored) == plaintext


@settings(max_examples=60, deadline=None)
@given(
    size=st.sampled_from(EDGES) | st.integers(0, 4 * CHUNK),
    there=st.integers(500, 40_000),
    back=st.integers(500, 40_000),
)
def test_pieces_of_any_size_give_the_same_bytes(size: int, there: int, back: int) -> None:
    plaintext = plaintext_of(size)
    stored = encrypt(KEY, plaintext, there)
    assert stored == specified(KEY, plaintext)
    assert decrypt(KEY, stored, back) == plaintext


@settings(max_examples=60, deadline=None)
@given(size=st.sampled_from(EDGES) | st.integers(0, 3 * CHUNK), data=st.data())
def test_an_upload_goes_on_at_any_offset(size: int, data: st.DataObject) -> None:
    plaintext = plaintext_of(size)
    stored = specified(KEY, plaintext)
    edges = st.sampled_from([0, 24, 56, len(stored) - 16, len(stored) - 1, len(stored)])
    offset = data.draw(edges | st.integers(0, len(stored)))
    assert encrypt(KEY, plaintext, 10_000, offset) == stored[offset:]


def test_digests_are_those_of_both_forms() -> None:
    plaintext = plaintext_of(CHUNK + 5)
    encryptor = Encryptor(KEY, len(plaintext))
    stored = encryptor.update(plaintext) + encryptor.finish()
    decryptor = Decryptor(KEY)
    decryptor.update(stored)
    decryptor.finish()
    assert encryptor.digests() == decryptor.digests()
    assert encryptor.digests().plaintext_sha256 == sha256(plaintext).digest()
    assert encryptor.digests().stored_sha256 == sha256(stored).digest()
    with pytest.raises(MisuseError):
        Encryptor(KEY, 5, stored_offset=1).digests()


def test_every_truncation_is_noticed() -> None:
    stored = specified(KEY, plaintext_of(2 * CHUNK + 40))
    boundaries = [0, 1, 55, 56, 57, 71, 72, 56 + STORED_CHUNK, 56 + 2 * STORED_CHUNK, len(stored) - 1]
    for length in [*boundaries, *range(0, len(stored), 997)]:
        assert refusal_of(KEY, stored[:length]) in {Code.WRONG_LENGTH, Code.DECRYPTION_FAILED}


def test_a_cut_at_a_chunk_boundary_is_a_wrong_length() -> None:
    stored = specified(KEY, plaintext_of(2 * CHUNK))
    assert refusal_of(KEY, stored[: 56 + STORED_CHUNK]) is Code.WRONG_LENGTH
    assert refusal_of(KEY, stored[:-16]) is Code.WRONG_LENGTH


def test_reordering_duplicating_and_extending_are_noticed() -> None:
    stored = specified(KEY, plaintext_of(2 * CHUNK + 40))
    header, first, second = (
        stored[:56],
        stored[56 : 56 + STORED_CHUNK],
        stored[56 + STORED_CHUNK :][:STORED_CHUNK],
    )
    end = stored[56 + 2 * STORED_CHUNK :]
    for forged in (
        header + second + first + end,
        header + first + first + end,
        header + first + end,
        stored + b"\x00",
        stored + end,
        header + end,
    ):
        assert refusal_of(KEY, forged) is Code.DECRYPTION_FAILED


def test_every_changed_byte_is_noticed() -> None:
    stored = bytearray(specified(KEY, plaintext_of(40)))
    for index in range(len(stored)):
        stored[index] ^= 1
        assert refusal_of(KEY, bytes(stored)) is Code.DECRYPTION_FAILED
        stored[index] ^= 1


def test_another_key_salt_or_context_is_refused_before_any_chunk() -> None:
    stored = specified(KEY, b"content")
    for other in (
        AttachmentKey(bytes(32), KEY.salt, CONTEXT),
        AttachmentKey(KEY.key, bytes(24), CONTEXT),
        AttachmentKey(KEY.key, KEY.salt, bytes(32)),
    ):
        with pytest.raises(PeerError) as refusal:
            Decryptor(other).update(stored[:56])
        assert refusal.value.code is Code.DECRYPTION_FAILED


def test_after_a_refusal_nothing_more_comes_out() -> None:
    stored = bytearray(specified(KEY, plaintext_of(3 * CHUNK)))
    stored[60] ^= 1
    decryptor = Decryptor(KEY)
    for _ in range(2):
        with pytest.raises(PeerError):
            decryptor.update(bytes(stored))
    with pytest.raises(PeerError):
        decryptor.finish()


def test_an_interrupted_stream_has_no_end() -> None:
    decryptor = Decryptor(KEY)
    with pytest.raises(PeerError) as refusal:
        decryptor.finish()
    assert refusal.value.code is Code.WRONG_LENGTH


@settings(max_examples=80, deadline=None)
@given(size=st.sampled_from(EDGES), data=st.data())
def test_any_range_is_read_from_only_its_chunks(size: int, data: st.DataObject) -> None:
    plaintext = plaintext_of(size)
    stored = specified(KEY, plaintext)
    offset = data.draw(st.integers(0, size))
    length = data.draw(st.integers(0, size - offset))
    reader = RandomAccess(KEY, len(stored), stored[:56])
    span = reader.span(offset, length)
    assert len(span) <= (length // CHUNK + 2) * STORED_CHUNK
    assert (
        reader.decrypt(offset, length, stored[span.start : span.stop]) == plaintext[offset : offset + length]
    )


def test_random_access_refuses_foreign_headers_lengths_and_chunks() -> None:
    stored = specified(KEY, plaintext_of(2 * CHUNK))
    for header, length in ((bytes(56), len(stored)), (stored[:55], len(stored)), (stored[:56], 60)):
        with pytest.raises(PeerError):
            RandomAccess(KEY, length, header)
    reader = RandomAccess(KEY, len(stored), stored[:56])
    span = reader.span(0, CHUNK)
    with pytest.raises(PeerError):
        reader.decrypt(CHUNK, CHUNK, stored[span.start : span.stop])
    with pytest.raises(PeerError):
        reader.decrypt(0, CHUNK, stored[span.start : span.stop - 1])
    with pytest.raises(MisuseError):
        reader.span(2 * CHUNK, 1)


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_a_peer_error(stored: bytes) -> None:
    assert refusal_of(KEY, stored, 50) in {Code.DECRYPTION_FAILED, Code.WRONG_LENGTH}


@pytest.mark.parametrize("stored", [0, 55, 56, 71, 56 + STORED_CHUNK, 56 + STORED_CHUNK + 15, 1 << 60])
def test_no_plaintext_has_such_a_stored_length(stored: int) -> None:
    with pytest.raises(PeerError) as refusal:
        attachments.plaintext_size(stored)
    assert refusal.value.code is Code.WRONG_LENGTH


def test_the_counter_crosses_a_byte_without_a_carry_into_the_nonce() -> None:
    """Chunk 256 is the base nonce with its last byte but one changed."""
    size = 256 * CHUNK + 3
    stored = encrypt(KEY, bytes(size))
    assert stored == specified(KEY, bytes(size))


def test_a_plaintext_of_another_size_than_announced_is_our_mistake() -> None:
    encryptor = Encryptor(KEY, 3)
    with pytest.raises(MisuseError):
        encryptor.update(b"four")
    encryptor.update(b"tw")
    with pytest.raises(MisuseError):
        encryptor.finish()
    encryptor.update(b"o")
    encryptor.finish()
    with pytest.raises(MisuseError):
        encryptor.finish()
    with pytest.raises(MisuseError):
        encryptor.update(b"")


@pytest.mark.parametrize("offset", [-1, 75])
def test_an_offset_outside_the_stored_form_is_our_mistake(offset: int) -> None:
    with pytest.raises(MisuseError):
        Encryptor(KEY, 2, stored_offset=offset)


def test_impossible_sizes_and_keys_are_our_mistake() -> None:
    for size in (-1, attachments.MAX_PLAINTEXT_BYTES + 1):
        with pytest.raises(MisuseError):
            attachments.stored_size(size)
    with pytest.raises(MisuseError):
        AttachmentKey(bytes(31), bytes(24), b"")


def test_the_chunk_counter_ends_at_two_to_the_38() -> None:
    chunks = attachments._Chunks(KEY)
    with pytest.raises(PeerError) as refusal:
        chunks.decrypt(1 << 38, [bytes(16)])
    assert refusal.value.code is Code.TOO_LARGE


def test_the_context_changes_with_each_of_its_parts() -> None:
    base = (b"group", bytes(16), "letter.pdf", 5)
    others = [(b"grou", bytes(16), "letter.pdf", 5), (b"group", bytes(15) + b"1", "letter.pdf", 5)]
    others += [(b"group", bytes(16), "letter.pd", 5), (b"group", bytes(16), "letter.pdf", 6)]
    contexts = {attachments.attachment_context(*parts) for parts in [base, *others]}
    assert len(contexts) == 5


def test_a_new_key_takes_all_its_secrets_from_the_given_source() -> None:
    key = attachments.new_attachment_key(lambda count: b"\x07" * count, CONTEXT)
    assert key == AttachmentKey(b"\x07" * 32, b"\x07" * 24, CONTEXT)
    assert repr(key.key) not in repr(key)
