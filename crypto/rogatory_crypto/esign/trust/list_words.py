"""The words of trusted lists: which service a certificate renders, and which status means trusted.

TS 119 612 V2.1.1 clause 5.5.1 (types) and 5.5.4 with annex D.5 (statuses); TS 102 231 V3.1.2 for older lists.
"""

from typing import Final

from rogatory_crypto.esign.trust.anchor import Purpose

_TYPE: Final = "http://uri.etsi.org/TrstSvc/Svctype/"
_STATUSES: Final = (
    "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/",
    "http://uri.etsi.org/TrstSvc/Svcstatus/eSigDir-1999-93-EC-TrustedList/",
    "http://uri.etsi.org/TrstSvc/Svcstatus/",
)
EU_LIST: Final = "http://uri.etsi.org/TrstSvc/TrustedList/TSLType/EUgeneric"
EU_LIST_OF_LISTS: Final = "http://uri.etsi.org/TrstSvc/TrustedList/TSLType/EUlistofthelists"
_EU_LISTS: Final = frozenset(
    {EU_LIST, "http://uri.etsi.org/TrstSvc/eSigDir-1999-93-EC-TrustedList/TSLType/generic"}
)
# Regulation (EU) 910/2014 applies from 1 July 2016; lists write the change of status at this second.
EIDAS_BEGIN: Final = 1_467_324_000

_PURPOSES: Final = {
    "CA/QC": Purpose.ISSUER,
    "CA/PKC": Purpose.ISSUER,
    "TSA": Purpose.TIMESTAMP,
    "TSA/QTST": Purpose.TIMESTAMP,
    "TSA/TSS-QC": Purpose.TIMESTAMP,
    "TSA/TSS-AdESQCandQES": Purpose.TIMESTAMP,
    "Certstatus/OCSP": Purpose.OCSP,
    "Certstatus/OCSP/QC": Purpose.OCSP,
}
_TRUSTED: Final = frozenset({"granted", "recognisedatnationallevel", "setbynationallaw", "inaccord"})
_TRUSTED_BEFORE_EIDAS: Final = frozenset({"undersupervision", "accredited", "supervisionincessation"})


def purpose_of(service_type: str) -> Purpose | None:
    """What the certificates of a type of service may end; absent where they end nothing.

    A national root (``NationalRootCA-QC``) ends nothing: it would bring back what the list withdrew below it.
    """
    return _PURPOSES.get(service_type.removeprefix(_TYPE)) if service_type.startswith(_TYPE) else None


def short_type(service_type: str) -> str:
    """A type of service without what all types begin with."""
    return service_type.removeprefix(_TYPE)


def trusted_until(status: str, list_type: str) -> int | None:
    """The first second at which a status no longer means trusted: 0 for never, none for no such second."""
    word = next((status.removeprefix(each) for each in _STATUSES if status.startswith(each)), "")
    if word in _TRUSTED:
        return None
    if word in _TRUSTED_BEFORE_EIDAS:
        # Other states' lists go on with these words; for them nothing ended in July 2016.
        return EIDAS_BEGIN if list_type in _EU_LISTS else None
    return 0
