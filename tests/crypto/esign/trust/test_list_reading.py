from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.crypto.esign.trust.list_builder import ISSUED_AT, NEXT_UPDATE, Entry, ListDraft, Party, written

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.trust.given_lists import read_signed_list
from rogatory_crypto.esign.trust.list_reading import (
    MAX_LIST_BYTES,
    MAX_SERVICES,
    open_list,
    read_trusted_list,
)
from rogatory_crypto.esign.trust.trusted_list import TrustedList

CA = Party("Issuer")
LIST = ListDraft([[Entry("granted", ISSUED_AT, [CA.der])]])


def read(document: bytes) -> TrustedList:
    return read_trusted_list(open_list(document))


def refused(document: bytes) -> Code:
    with pytest.raises(PeerError) as caught:
        read(document)
    return caught.value.code


@pytest.mark.parametrize("version", [3, 4, 5, 6])
def test_every_version_in_use_is_read(version: int) -> None:
    trusted = read(ListDraft(LIST.services, version=version).xml())
    assert (trusted.version, trusted.territory, trusted.operator) == (version, "XA", "Authority")
    assert (trusted.issued_at, trusted.next_update) == (ISSUED_AT, NEXT_UPDATE)


@pytest.mark.parametrize("version", [1, 2, 7])
def test_a_version_nobody_knows_is_not_guessed_at(version: int) -> None:
    assert refused(ListDraft(LIST.services, version=version).xml()) is Code.UNSUPPORTED


def test_another_namespace_is_another_thing() -> None:
    assert (
        refused(ListDraft(LIST.services, namespace="http://uri.etsi.org/02231/v3#").xml()) is Code.MALFORMED
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<TSLSequenceNumber>7</TSLSequenceNumber>", b""),
        (b"<TSLSequenceNumber>7<", b"<TSLSequenceNumber>-7<"),
        (b"<TSLSequenceNumber>7<", b"<TSLSequenceNumber>7777777777<"),
        (b"<SchemeTerritory>XA<", b"<SchemeTerritory> <"),
        (written(ISSUED_AT).encode(), b"2025-02-30T00:00:00Z"),
        (written(ISSUED_AT).encode(), written(ISSUED_AT)[:-1].encode()),
        (b"/granted<", b"/" + b"g" * 300 + b"<"),
    ],
)
def test_a_list_with_a_damaged_field_is_refused_whole(old: bytes, new: bytes) -> None:
    assert old in LIST.xml()
    assert refused(LIST.xml().replace(old, new)) is Code.MALFORMED


@pytest.mark.parametrize(
    "prefix",
    [
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        b'<!DOCTYPE a SYSTEM "https://list.example/a.dtd">',
        b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    ],
)
def test_a_document_type_is_refused(prefix: bytes) -> None:
    assert refused(prefix + LIST.xml()) is Code.MALFORMED


def test_what_is_too_large_is_refused_before_it_is_parsed() -> None:
    assert refused(b"<" + b" " * MAX_LIST_BYTES) is Code.TOO_LARGE
    assert (
        refused(ListDraft(LIST.services, extra="<a/>" * 400_001 + "<b/>" * 400_001).xml()) is Code.TOO_LARGE
    )


def test_a_list_has_no_more_services_than_any_state_needs() -> None:
    with pytest.raises(PeerError) as caught:
        read(ListDraft([[Entry("granted", ISSUED_AT)]] * (MAX_SERVICES + 1)).xml())
    assert caught.value.code is Code.TOO_LARGE


@given(st.integers(0, len(LIST.xml()) - 1), st.binary(max_size=8), st.integers(0, 8))
def test_hostile_bytes_end_in_a_list_or_a_refusal(place: int, inserted: bytes, removed: int) -> None:
    document = LIST.xml()
    with suppress(PeerError):
        assert read_signed_list(document[:place] + inserted + document[place + removed :]).signer is None


@pytest.mark.parametrize(
    ("written_as", "meant"), [("EL", "GR"), ("UK", "GB"), ("xa", "XA"), ("EE_T", "EE_T")]
)
def test_territories_are_named_as_certificates_name_them(written_as: str, meant: str) -> None:
    assert read(ListDraft(LIST.services, territory=written_as).xml()).territory == meant
