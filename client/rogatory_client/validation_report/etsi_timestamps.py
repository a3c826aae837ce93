"""Time stamps in the ETSI report: objects with a verdict and what they prove (TS 119 102-2 clause 4.4)."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pyhanko.generated.etsi import ts_11910202

from rogatory_client.validation_report.etsi_values import URN, main, moment, sub
from rogatory_crypto.esign import Report, TimestampReport

# The attribute that each kind is (TS 119 102-2 clause 4.2.7); a container's covers what archive ones do.
_ATTRIBUTES: Final = {
    "content": "all_data_objects_time_stamp",
    "signature": "signature_time_stamp",
    "archive": "archive_time_stamp",
    "container": "archive_time_stamp",
    "document": "doc_time_stamp",
}

Names = Mapping[TimestampReport, str]


def name_timestamps(report: Report) -> dict[TimestampReport, str]:
    """Return an identifier for each distinct time stamp of a report, in its order."""
    found = dict.fromkeys(_timestamps(report))
    return {stamp: f"timestamp-{number}" for number, stamp in enumerate(found, 1)}


def timestamp_objects(names: Names) -> Iterator[ts_11910202.ValidationObjectType]:
    """Yield an object for each time stamp."""
    for stamp, name in names.items():
        status = ts_11910202.ValidationStatusType(
            main_indication=main(stamp.indication), sub_indication=sub(stamp.sub_indication)
        )
        yield ts_11910202.ValidationObjectType(
            id=name,
            object_type=f"{URN}:validationObject:timestamp",
            validation_object_representation=ts_11910202.ValidationObjectRepresentationType(
                uri=f"urn:rogatory:{name}"
            ),
            poeprovisioning=ts_11910202.POEProvisioningType(poetime=moment(stamp.time)),
            validation_report=ts_11910202.SignatureValidationReportType(signature_validation_status=status),
        )


def timestamp_attributes(stamps: tuple[TimestampReport, ...], names: Names) -> dict[str, Any]:
    """Return the time stamps of a signature by the attribute that each is."""
    found: dict[str, Any] = {}
    for stamp in stamps:
        attribute = _ATTRIBUTES.get(stamp.kind, "archive_time_stamp")
        told = ts_11910202.SATimestampType(
            attribute_object=(reference(names[stamp]),),
            signed=stamp.kind == "content",
            time_stamp_value=moment(stamp.time),
        )
        found[attribute] = (*found.get(attribute, ()), told)
    return found


def reference(name: str) -> ts_11910202.VOReferenceType:
    """Return a reference to an object by its identifier."""
    return ts_11910202.VOReferenceType(voreference=(name,))


def _timestamps(report: Report) -> Iterator[TimestampReport]:
    for signature in (*report.signatures, *report.counter_signatures):
        yield from signature.timestamps
    yield from report.timestamps
