import json
from base64 import b64encode
from dataclasses import replace
from typing import Any

import pytest
from tests.crypto.esign.trust.list_builder import DAY, ISSUED_AT, Party, written

from rogatory_crypto.errors import MisuseError, PeerError
from rogatory_crypto.esign.certificate_summary import anchor_summary, summary
from rogatory_crypto.esign.report import Coverage, Scope, SignatureReport
from rogatory_crypto.esign.trust.anchor import Purpose, SourceKind, Window
from rogatory_crypto.esign.trust.directory import directory_anchors, expected_signers
from rogatory_crypto.esign.trust.given import read_anchors
from rogatory_crypto.esign.verdict import Indication

SEAL = Party("Seal of the office")
CA = Party("Issuer of the state")
UNTIL = ISSUED_AT + 300 * DAY
WITHDRAWN = ISSUED_AT + 10 * DAY


def item(party: Party, purpose: str = "signer", **more: Any) -> dict[str, Any]:
    return {
        "certificate": b64encode(party.der).decode(),
        "purpose": purpose,
        "since": written(ISSUED_AT),
        **more,
    }


def record(*items: Any, **more: Any) -> dict[str, Any]:
    return {
        "record_id": "CNA-XA-01",
        "status": "active",
        "state": {"iso2": "XA", "name": "State"},
        "name": {"en": "Central authority"},
        "x_platform": {"trusted_certificates": list(items)},
        **more,
    }


def signature(party: Party, issuer: Party | None = None) -> SignatureReport:
    (anchor,) = directory_anchors([record(item(issuer or party))]).anchors
    certificate = summary(directory_anchors([record(item(party))]).anchors[0].certificate)
    return SignatureReport(
        "1",
        Indication.TOTAL_PASSED,
        None,
        "",
        "",
        certificate,
        (certificate,),
        anchor_summary(anchor),
        "",
        None,
        None,
        Scope(Coverage.WHOLE_DOCUMENT),
    )


def test_an_entry_names_certificates_with_purpose_window_and_state() -> None:
    found = directory_anchors([record(item(SEAL, until=written(UNTIL)), item(CA, "issuer"))])
    seal, issuer = found.anchors
    assert (set(seal.purposes), seal.windows) == ({Purpose.SIGNER}, (Window(ISSUED_AT, UNTIL),))
    assert (set(issuer.purposes), issuer.windows) == ({Purpose.ISSUER}, (Window(ISSUED_AT),))
    assert (seal.source.kind, seal.source.territory) == (SourceKind.DIRECTORY, "XA")
    assert seal.source.name == "entry CNA-XA-01 of the directory"
    assert seal.certificate.dump() == SEAL.der


def test_a_withdrawal_ends_a_pinned_signer_that_nobody_could_revoke() -> None:
    (seal,) = directory_anchors(
        [record(item(SEAL, until=written(UNTIL), withdrawn=written(WITHDRAWN)))]
    ).anchors
    assert seal.trusted(Purpose.SIGNER, WITHDRAWN - 1)
    assert not seal.trusted(Purpose.SIGNER, WITHDRAWN)
    (never,) = directory_anchors([record(item(SEAL, withdrawn=written(ISSUED_AT)))]).anchors
    assert not never.windows


@pytest.mark.parametrize(
    "damaged",
    [
        item(SEAL, "root"),
        item(SEAL, since="2026-01-01"),
        item(SEAL, since="2026-01-01T00:00:00"),
        item(SEAL, since=None),
        item(SEAL, until=5),
        item(SEAL, more="x"),
        item(SEAL, certificate="%%%"),
        item(SEAL, certificate=b64encode(SEAL.der[:-4]).decode()),
        item(SEAL, certificate="A" * 40_000),
        {"purpose": "signer", "since": written(ISSUED_AT)},
        7,
    ],
)
def test_a_damaged_entry_is_named_and_not_used(damaged: Any) -> None:
    found = directory_anchors([record(item(CA), damaged), record(item(SEAL), record_id="CNA-XA-02")])
    assert [anchor.certificate.dump() for anchor in found.anchors] == [SEAL.der]
    (shortcoming,) = found.shortcomings
    assert shortcoming.territory == "XA"
    assert shortcoming.reason.startswith("entry CNA-XA-01 of the directory: ")


def test_a_withdrawn_entry_and_one_that_names_too_many_are_not_used() -> None:
    for refused in (record(item(SEAL), status="withdrawn"), record(*[item(SEAL)] * 65)):
        found = directory_anchors([refused])
        assert not found.anchors
        assert len(found.shortcomings) == 1


def test_an_entry_that_names_nothing_is_no_shortcoming() -> None:
    assert not directory_anchors([{}, record(x_platform={}), record(x_platform=None)]).shortcomings


def test_the_entry_of_the_sender_says_whose_signature_is_expected() -> None:
    entry = record(item(SEAL), item(CA, "issuer"))
    expected = expected_signers(entry, ISSUED_AT)
    stranger = Party("Stranger")
    assert expected.includes(signature(SEAL)) is True
    assert expected.includes(signature(stranger)) is False
    assert expected.includes(signature(stranger, CA)) is True
    assert expected.includes(replace(signature(SEAL), signer=None)) is False
    # An issuer is named for those below it, and does not sign itself.
    assert expected_signers(record(item(SEAL, "issuer")), ISSUED_AT).includes(signature(stranger)) is False
    assert expected_signers(record(), ISSUED_AT).includes(signature(SEAL)) is None
    assert expected_signers(record(item(SEAL)), ISSUED_AT - 1).includes(signature(SEAL)) is None


def test_certificates_named_by_their_hash_alone_are_expected_too() -> None:
    sha256 = summary(directory_anchors([record(item(SEAL))]).anchors[0].certificate).sha256
    entry = record(x_platform={"signing_certificates_sha256": [sha256]})
    assert expected_signers(entry, ISSUED_AT).includes(signature(SEAL)) is True


def test_an_entry_that_cannot_be_read_expects_nobody_in_silence() -> None:
    with pytest.raises(PeerError):
        expected_signers(record(7), ISSUED_AT)


def test_a_state_of_the_directory_can_be_given_as_trusted() -> None:
    state = json.dumps([record(item(SEAL))]).encode()
    assert [anchor.certificate.dump() for anchor in read_anchors([state]).anchors] == [SEAL.der]
    for other in (b"[1]", b"[", b"[" * 100_000):
        with pytest.raises(MisuseError):
            read_anchors([other])
