"""A report for other programs: the signature validation report of ETSI TS 119 102-2 V1.3.1.

Certificates stand in it by their SHA-256 hash, time stamps by their place in the report. Counter-signatures
follow the signatures. Sentences are for people and stay out.
"""

from collections.abc import Iterator
from typing import Final

from pyhanko.generated.etsi import ts_11910202, xades
from pyhanko.generated.w3c import xmldsig_core
from pyhanko.sign.validation.report.tools import NAMESPACES
from xsdata.formats.dataclass.serializers import XmlSerializer
from xsdata.formats.dataclass.serializers.config import SerializerConfig

from rogatory_client.plain_text import one_line
from rogatory_client.validation_report.etsi_more import more
from rogatory_client.validation_report.etsi_timestamps import (
    Names,
    name_timestamps,
    reference,
    timestamp_attributes,
    timestamp_objects,
)
from rogatory_client.validation_report.etsi_values import URN, main, moment, sub
from rogatory_crypto.esign import CertificateSummary, Report, SignatureReport
from rogatory_crypto.esign.report import BlockReport

_SHA256: Final = "http://www.w3.org/2001/04/xmlenc#sha256"


def write_etsi_xml(report: Report, document_sha256: bytes) -> bytes:
    """Return the report as XML.

    Args:
        report: the result of a check.
        document_sha256: SHA-256 of the whole file, by which the report names it.
    """
    names = name_timestamps(report)
    objects = (*(_validation_object(each) for each in _certificates(report)), *timestamp_objects(names))
    value = ts_11910202.ValidationReport(
        signature_validation_report=tuple(
            _signature(each, report, document_sha256, names)
            for each in (*report.signatures, *report.counter_signatures)
        ),
        signature_validation_objects=(
            ts_11910202.ValidationObjectListType(validation_object=objects) if objects else None
        ),
    )
    written: str = XmlSerializer(config=SerializerConfig(indent="  ")).render(value, ns_map=NAMESPACES)
    return written.encode()


def _signature(
    signature: SignatureReport, report: Report, document_sha256: bytes, names: Names
) -> ts_11910202.SignatureValidationReportType:
    return ts_11910202.SignatureValidationReportType(
        signature_identifier=ts_11910202.SignatureIdentifierType(
            hash_only=False, doc_hash_only=False, daidentifier=one_line(signature.identifier)
        ),
        validation_constraints_evaluation_report=_constraints(signature),
        validation_time_info=_times(signature, report, names),
        signers_document=ts_11910202.SignersDocumentType(digest_alg_and_value=_digest(document_sha256)),
        signature_attributes=_attributes(signature, names),
        signer_information=_signer(signature),
        signature_validation_process=ts_11910202.SignatureValidationProcessType(
            signature_validation_process_id=f"{URN}:validationprocess:{_process(signature)}"
        ),
        signature_validation_status=_status(signature),
    )


def _process(signature: SignatureReport) -> str:
    """Return the process of EN 319 102-1 that a signature of this level goes through."""
    if signature.level.endswith("-LTA"):
        return "LTA"
    return "LTVM" if signature.timestamps else "Basic"


def _times(signature: SignatureReport, report: Report, names: Names) -> ts_11910202.ValidationTimeInfoType:
    proven = signature.best_signature_time
    by = next((names[each] for each in signature.timestamps if each.time == proven), None)
    existed = ts_11910202.POEType(
        poetime=moment(report.validation_time if proven is None else proven),
        type_of_proof=f"{URN}:poetype:validation",
        poeobject=None if by is None else reference(by),
    )
    return ts_11910202.ValidationTimeInfoType(
        validation_time=moment(report.validation_time), best_signature_time=existed
    )


def _attributes(signature: SignatureReport, names: Names) -> ts_11910202.SignatureAttributesType | None:
    stamps = timestamp_attributes(signature.timestamps, names)
    if signature.claimed_time is None:
        return ts_11910202.SignatureAttributesType(**stamps) if stamps else None
    claimed = ts_11910202.SASigningTimeType(signed=True, time=moment(signature.claimed_time))
    return ts_11910202.SignatureAttributesType(signing_time=(claimed,), **stamps)


def _signer(signature: SignatureReport) -> ts_11910202.SignerInformationType | None:
    if signature.signer is None:
        return None
    return ts_11910202.SignerInformationType(
        signer_certificate=_reference(signature.signer), signer=one_line(signature.signer.subject)
    )


def _status(signature: SignatureReport) -> ts_11910202.ValidationStatusType:
    related = tuple(_related(signature))
    return ts_11910202.ValidationStatusType(
        main_indication=main(signature.indication),
        sub_indication=sub(signature.sub_indication),
        associated_validation_report_data=related,
    )


def _related(signature: SignatureReport) -> Iterator[ts_11910202.ValidationReportDataType]:
    told = more(signature)
    if told is not None:
        yield ts_11910202.ValidationReportDataType(additional_validation_report_data=told)
    if signature.signer is None:
        return
    anchor = signature.trust_anchor
    between = [each for each in signature.chain if each != signature.signer]
    yield ts_11910202.ValidationReportDataType(
        trust_anchor=None if anchor is None else _reference(anchor.certificate),
        certificate_chain=ts_11910202.CertificateChainType(
            signing_certificate=_reference(signature.signer),
            intermediate_certificate=tuple(_reference(each) for each in between),
            trust_anchor=None if anchor is None else _reference(anchor.certificate),
        ),
    )


def _constraints(
    signature: SignatureReport,
) -> ts_11910202.ValidationConstraintsEvaluationReportType | None:
    if not signature.blocks:
        return None
    return ts_11910202.ValidationConstraintsEvaluationReportType(
        validation_constraint=tuple(_constraint(each) for each in signature.blocks)
    )


def _constraint(block: BlockReport) -> ts_11910202.IndividualValidationConstraintReportType:
    return ts_11910202.IndividualValidationConstraintReportType(
        validation_constraint_identifier=f"urn:rogatory:building-block:{block.block.value}",
        constraint_status=ts_11910202.ConstraintStatusType(status=f"{URN}:constraintStatus:applied"),
        validation_status=ts_11910202.ValidationStatusType(
            main_indication=main(block.indication), sub_indication=sub(block.sub_indication)
        ),
    )


def _certificates(report: Report) -> Iterator[CertificateSummary]:
    seen: set[str] = set()
    for signature in (*report.signatures, *report.counter_signatures):
        anchor = signature.trust_anchor
        named = [signature.signer, *signature.chain, anchor.certificate if anchor else None]
        for certificate in named:
            if certificate is not None and certificate.sha256 not in seen:
                seen.add(certificate.sha256)
                yield certificate


def _validation_object(certificate: CertificateSummary) -> ts_11910202.ValidationObjectType:
    digest = _digest(bytes.fromhex(certificate.sha256))
    return ts_11910202.ValidationObjectType(
        id=_identifier(certificate),
        object_type=f"{URN}:validationObject:certificate",
        validation_object_representation=ts_11910202.ValidationObjectRepresentationType(
            digest_alg_and_value=digest
        ),
    )


def _reference(certificate: CertificateSummary) -> ts_11910202.VOReferenceType:
    return reference(_identifier(certificate))


def _identifier(certificate: CertificateSummary) -> str:
    return f"certificate-{certificate.sha256}"


def _digest(value: bytes) -> xades.DigestAlgAndValueType:
    return xades.DigestAlgAndValueType(
        digest_method=xmldsig_core.DigestMethod(_SHA256), digest_value=xmldsig_core.DigestValue(value)
    )
