"""Says why a chain ends nowhere trusted, and which certificate would have to be trusted."""

from rogatory_crypto.esign.asn1_types import UNREADABLE, Certificate, Name
from rogatory_crypto.esign.names import brief, readable
from rogatory_crypto.esign.trust.anchor import Anchor, Anchors
from rogatory_crypto.esign.trust.territory import alpha2_of, iso_of
from rogatory_crypto.esign.validation.candidates import Found
from rogatory_crypto.esign.validation.known import Known
from rogatory_crypto.esign.validation.use import Use
from rogatory_crypto.esign.verdict import Indication, MissingTrust, Role, SubIndication, Verdict

_WHOSE = {
    Role.SIGNER: "the signer's certificate",
    Role.TIMESTAMP: "the time stamp's certificate",
    Role.REVOCATION: "the certificate of who answers for revocation",
}


def nowhere_trusted(leaf: Certificate, found: Found, use: Use, known: Known) -> Verdict:
    """Return the verdict on a certificate from which no chain leads to an anchor."""
    if found.defect:
        reason = f"{_WHOSE[use.role]} or an issuer's cannot be read: {found.defect}"[:300]
        return Verdict(Indication.INDETERMINATE, SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE, reason)
    if found.foreign:
        return _of_another_state(found.foreign[0], known, use.role)
    top = found.ends[0] if found.ends else leaf
    missing = missing_trust(top, use.role)
    reason = f"the chain of {_WHOSE[use.role]} ends at {brief(top.issuer)}, which is not trusted"
    if found.unfit:
        name = brief(found.unfit[0].certificate.subject)
        reason = f"the trusted certificate {name} is not one that may issue others, or not trusted for this"
    reason += shortcomings(known.terms.anchors, missing.country)
    return Verdict(Indication.INDETERMINATE, SubIndication.NO_CERTIFICATE_CHAIN_FOUND, reason, missing)


def _of_another_state(anchor: Anchor, known: Known, role: Role) -> Verdict:
    """Return the verdict on a chain that ends at what is trusted, but for signers of another state."""
    name, wanted = brief(anchor.certificate.subject), known.terms.state or ""
    source, theirs = anchor.source, iso_of(anchor.source.territory)
    reason = f"{name} is trusted for {theirs or 'no state'} ({source.name}), not for {wanted}"
    identifier = anchor.certificate.key_identifier
    missing = MissingTrust(
        role=role,
        issuer=readable(anchor.certificate.subject),
        country=alpha2_of(wanted),
        key_identifier=identifier.hex() if identifier else "",
        trusted_for=theirs,
    )
    reason += shortcomings(known.terms.anchors, missing.country)
    return Verdict(Indication.INDETERMINATE, SubIndication.NO_CERTIFICATE_CHAIN_FOUND, reason, missing)


def missing_trust(top: Certificate, role: Role) -> MissingTrust:
    """Name the issuer of the topmost certificate of a chain that ends nowhere."""
    identifier = top.authority_key_identifier
    if not identifier and top.subject == top.issuer:
        identifier = top.key_identifier
    return MissingTrust(
        role=role,
        issuer=readable(top.issuer),
        country=_country_of(top.issuer),
        key_identifier=identifier.hex() if identifier else "",
    )


def shortcomings(anchors: Anchors, country: str) -> str:
    """Return what is wrong with the sources of trust that could have answered, as sentences to append."""
    relevant = [
        each.reason
        for each in anchors.shortcomings
        if not country or not each.territory or iso_of(each.territory) == country
    ]
    return "".join(f"; {reason}" for reason in relevant[:4])


def missing_responder(responder: Certificate) -> MissingTrust:
    """Name a responder whose answers would count if it were trusted for them."""
    return MissingTrust(
        role=Role.REVOCATION,
        issuer=readable(responder.subject),
        country=_country_of(responder.subject),
        key_identifier=responder.key_identifier.hex() if responder.key_identifier else "",
    )


def _country_of(name: Name) -> str:
    try:
        country = name.native.get("country_name", "")
    except UNREADABLE:
        return ""
    first = country[0] if isinstance(country, list) and country else country
    return str(first).upper() if isinstance(first, str) and len(first) == 2 else ""
