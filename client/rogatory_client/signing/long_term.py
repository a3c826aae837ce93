"""What makes a signature last: a time stamp, and proof that no certificate was revoked when it was made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rogatory_crypto.errors import MisuseError, PeerError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pyhanko.sign.timestamps import TimeStamper

    from rogatory_crypto.esign.asn1_types import Certificate, OcspResponse, SignedData
    from rogatory_crypto.esign.evidence import Evidence


@dataclass(frozen=True, slots=True)
class LongTerm:
    """What levels T, LT and LTA need.

    Attributes:
        time_stamper: an RFC 3161 time-stamping authority.
        trust: in whom the signer's and the authority's chains end: what a receiver would trust.
        evidence: issuers between, revocation lists and OCSP responses for both chains (DER or PEM).
        archive: level LTA: a document time stamp over all of that, so that it outlives its certificates.
        revocation: whether to embed proof that nothing was revoked; without it, level T.
    """

    time_stamper: TimeStamper
    trust: Sequence[bytes]
    evidence: Sequence[bytes] = ()
    archive: bool = False
    revocation: bool = True

    def __post_init__(self) -> None:
        """Refuse an archive stamp over a signature without revocation data.

        Raises:
            MisuseError: both were asked for.
        """
        if self.archive and not self.revocation:
            raise MisuseError("an archive stamp needs revocation data under it: level LTA, or level T")

    @property
    def level(self) -> str:
        """The baseline level it makes."""
        if not self.revocation:
            return "T"
        return "LTA" if self.archive else "LT"


def given_evidence(long_term: LongTerm) -> Evidence:
    """Return what was given beside the key.

    Raises:
        MisuseError: a file is none.
    """
    from rogatory_crypto.esign.given_evidence import read_evidence

    try:
        return read_evidence(long_term.evidence)
    except PeerError as error:
        raise MisuseError(error.detail) from error


def carried(signed_data: SignedData) -> Iterator[Certificate]:
    """Return the certificates beside a signature and those in its time stamps."""
    from pyhanko.sign.general import find_cms_attribute_iter

    stamps = find_cms_attribute_iter(
        signed_data["signer_infos"][0]["unsigned_attrs"], "signature_time_stamp_token"
    )
    for each in (signed_data, *(stamp["content"] for stamp in stamps)):
        yield from (certificate.chosen for certificate in each["certificates"])


def embedded_evidence(long_term: LongTerm, certificates: Iterable[Certificate]) -> Evidence:
    """Return what a receiver needs to check these certificates without a network.

    Of long lists only what concerns one of the certificates counts: issuers above it, revocation lists of its
    issuer, OCSP responses about it.

    Args:
        long_term: what was given.
        certificates: the signer's, the time-stamping authority's, and what came along with them.

    Raises:
        MisuseError: a file is none.
    """
    from rogatory_crypto.esign.evidence import Evidence
    from rogatory_crypto.esign.trust.given import read_anchors

    given = given_evidence(long_term)
    trusted = [each.certificate for each in read_anchors(long_term.trust).anchors]
    found = {each.dump(): each for each in (*certificates, *given.certificates)}
    waiting = list(found.values())
    while waiting:
        issuer = waiting.pop().issuer.hashable
        for each in trusted:
            if each.subject.hashable == issuer and each.dump() not in found:
                found[each.dump()] = each
                waiting.append(each)
    issuers = {each.issuer.hashable for each in found.values()}
    serials = {each.serial_number for each in found.values()}
    return Evidence(
        tuple(found.values()),
        tuple(each for each in given.crls if each.issuer.hashable in issuers),
        tuple(each for each in given.ocsps if serials & _answered(each)),
    )


def _answered(response: OcspResponse) -> set[int]:
    """Return the serial numbers that an OCSP response is about."""
    if response["response_status"].native != "successful":
        return set()
    answers = response.basic_ocsp_response["tbs_response_data"]["responses"]
    return {each["cert_id"]["serial_number"].native for each in answers}
