"""What is at hand to build and judge paths: trust, and evidence in layers, each of which was indexed once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from rogatory_crypto.esign.asn1_types import Certificate, CertificateList
from rogatory_crypto.esign.evidence import Evidence
from rogatory_crypto.esign.evidence_index import Answer, Index
from rogatory_crypto.esign.names import comparable
from rogatory_crypto.esign.report import Origin
from rogatory_crypto.esign.terms import Terms
from rogatory_crypto.esign.validation.use import Use

MAX_ANSWERS: Final = 64
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Known:
    """Terms and evidence.

    Attributes:
        terms: whom to trust.
        carried: what the document carries, in layers.
        given: what was given beside it.
    """

    terms: Terms
    carried: tuple[Index, ...]
    given: Index

    @property
    def certificates(self) -> tuple[Certificate, ...]:
        """Every certificate at hand that can be read, first what was given."""
        found: dict[bytes, Certificate] = {}
        for layer in self._layers:
            for group in layer.certificates.values():
                found |= group
        return tuple(found.values())

    def named(self, subject: str) -> tuple[Certificate, ...]:
        """Return the certificates of one subject, by the name's comparable form."""
        return _in_order([layer.certificates.get(subject, {}) for layer in self._layers])

    def answers_about(self, serial_number: int) -> Iterator[Answer]:
        """Yield OCSP answers about certificates with a serial number."""
        for layer in self.carried:
            yield from layer.answers.get(serial_number, ())[:MAX_ANSWERS]
        for answer in self.given.answers.get(serial_number, ())[:MAX_ANSWERS]:
            yield replace(answer, origin=Origin.GIVEN)

    def lists_about(self, issuer: str) -> tuple[CertificateList, ...]:
        """Return the revocation lists that may be about the certificates of an issuer."""
        return _in_order([{**layer.crls.get(issuer, {}), **layer.indirect} for layer in self._layers])

    def origin_of(self, crl: CertificateList) -> Origin:
        """Return where a revocation list came from; what the document carries too is the document's."""
        issuer, digest = comparable(crl.issuer), bytes(crl.sha256)
        carried = any(digest in layer.crls.get(issuer, {}) for layer in self.carried)
        return Origin.DOCUMENT if carried else Origin.GIVEN

    def was_given(self, crl: CertificateList) -> bool:
        """Tell whether a revocation list was given, whether or not the document carries it as well."""
        return bytes(crl.sha256) in self.given.crls.get(comparable(crl.issuer), {})

    def is_given(self, certificate: Certificate) -> bool:
        """Tell whether a certificate is at hand only because it was given beside the document."""
        subject, digest = comparable(certificate.subject), bytes(certificate.sha256)
        carried = any(digest in layer.certificates.get(subject, {}) for layer in self.carried)
        return not carried and digest in self.given.certificates.get(subject, {})

    def existed_by(self, origin: Origin, use: Use) -> int:
        """Return by when revocation data are proven to exist: what was given may have been made today."""
        return self.terms.at if origin is Origin.GIVEN else use.evidence_by

    def outlived(self, origin: Origin, speaker: Certificate) -> bool:
        """Tell whether revocation data are not proven to be older than the end of who made them.

        Nobody guards a key whose certificate has expired; trust in that very certificate goes on.
        """
        expired = self.terms.at > int(speaker.not_valid_after.timestamp())
        return origin is Origin.GIVEN and expired and next(self.terms.anchors.of(speaker), None) is None

    @property
    def _layers(self) -> tuple[Index, ...]:
        # What was given comes first: a flood in a document must not keep it from being looked at.
        return (self.given, *self.carried)


def _in_order(layers: Sequence[Mapping[bytes, _Value]]) -> tuple[_Value, ...]:
    """Return what was given, then what is carried, each in one order.

    A verdict must not depend on how a document shuffles its evidence.
    """
    given, carried = layers[0], dict[bytes, _Value]()
    for layer in layers[1:]:
        carried.update(layer)
    beside = sorted(carried.keys() - given.keys())
    return (*(given[digest] for digest in sorted(given)), *(carried[digest] for digest in beside))


def known(terms: Terms, *held: Evidence, beside: Iterable[Certificate] = ()) -> Known:
    """What a check may use.

    Args:
        terms: whom to trust, and what was given beside the document.
        held: what the document carries; each is indexed once, whoever asks.
        beside: certificates of the one signature or token.
    """
    layers = (Evidence(tuple(beside)), *held)
    return Known(terms, tuple(layer.index for layer in layers if not layer.empty), terms.evidence.index)
