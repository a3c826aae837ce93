"""Evidence is found by what a check asks for, whatever it was put together from, and within limits."""

from tests.crypto.esign.validation.pki import NOW, answer, crl, evidence, key_of, party

from rogatory_crypto.esign.evidence import MAX_CERTIFICATES, MAX_REVOCATION_DATA, NOTHING, Evidence
from rogatory_crypto.esign.evidence_index import Index

CA = party("ca", ca=True)
SIGNERS = [party(f"signer {number}", CA, key=key_of("signers")) for number in range(4)]


def counted(index: Index) -> tuple[int, int, int]:
    return (
        sum(map(len, index.certificates.values())),
        sum(map(len, index.crls.values())),
        sum(map(len, index.answers.values())),
    )


def test_together_they_are_found_as_one_piece() -> None:
    parts = [evidence(CA, each, crls=(crl(CA),), ocsps=(answer(each, CA, CA),)) for each in SIGNERS]
    whole = sum(parts, NOTHING)
    piece = Evidence(whole.certificates, whole.crls, whole.ocsps)
    assert whole == piece
    assert whole.parts == tuple(parts)
    assert counted(whole.index) == (5, len({each.sha256 for each in whole.crls}), 4)
    assert whole.index.certificates.keys() == piece.index.certificates.keys()
    assert whole.index.answers.keys() == piece.index.answers.keys()


def test_nothing_more_is_the_same_value() -> None:
    """So that what was indexed for one signature is indexed for all that share it."""
    held = evidence(CA)
    assert held + NOTHING is held
    assert NOTHING + held is held
    assert (held + evidence(SIGNERS[0]) + evidence(SIGNERS[1])).parts[0] is held


def test_a_flood_is_cut_whether_in_one_piece_or_in_many() -> None:
    many = [party("signer", CA, begins=NOW - 1 - number, key=key_of("signers")) for number in range(600)]
    flood = [crl(CA, issued=NOW + number) for number in range(300)]
    pieces = sum(
        (evidence(*many[at : at + 6], crls=flood[at // 2 : at // 2 + 3]) for at in range(0, 600, 6)), NOTHING
    )
    certificates, crls, _ = counted(pieces.index)
    assert MAX_CERTIFICATES <= certificates < MAX_CERTIFICATES + 6
    assert MAX_REVOCATION_DATA <= crls < MAX_REVOCATION_DATA + 3
    piece = Evidence(pieces.certificates, pieces.crls)
    assert counted(piece.index)[:2] == (MAX_CERTIFICATES, MAX_REVOCATION_DATA)


def test_copies_do_not_crowd_out_what_is_there_once() -> None:
    crowd = evidence(*[CA] * 600, SIGNERS[0], crls=[crl(CA)] * 300)
    assert counted(crowd.index)[0] == 2
