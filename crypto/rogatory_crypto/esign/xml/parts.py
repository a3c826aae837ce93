"""The parts of one ``ds:Signature``, each where it belongs and none twice (XMLDSig 1.1 section 4.2)."""

from dataclasses import dataclass

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.xml.elements import children, required
from rogatory_crypto.esign.xml.names import SIGNATURE, Element, ds, local, xades
from rogatory_crypto.esign.xml.qualifying import Qualifying, read_qualifying

_ORDER = {ds("SignedInfo"): 0, ds("SignatureValue"): 1, ds("KeyInfo"): 2, ds("Object"): 3}
_INFO_ORDER = {ds("CanonicalizationMethod"): 0, ds("SignatureMethod"): 1, ds("Reference"): 2}


@dataclass(frozen=True, slots=True)
class Parts:
    """One signature in its parts.

    Attributes:
        element: the ``ds:Signature``.
        signed_info: what is signed.
        value: the ``ds:SignatureValue``.
        key_info: absent where there is none.
        objects: what it carries, in order.
        qualifying: its qualifying properties.
        countersigned: the ``ds:SignatureValue`` of the signature in which it stands as a counter-signature.
    """

    element: Element
    signed_info: Element
    value: Element
    key_info: Element | None
    objects: tuple[Element, ...]
    qualifying: Qualifying
    countersigned: Element | None

    @property
    def data_objects(self) -> tuple[Element, ...]:
        """The Objects that hold something else than qualifying properties."""
        names = xades("QualifyingProperties")
        return tuple(
            each for each in self.objects if any(inner.tag not in names for inner in each) or not len(each)
        )


def read_parts(signature: Element) -> Parts:
    """Take a signature apart.

    Raises:
        PeerError: MALFORMED where it is not well formed.
    """
    _require_order(signature, _ORDER)
    info = required(signature, ds("SignedInfo"))
    _require_order(info, _INFO_ORDER)
    return Parts(
        element=signature,
        signed_info=info,
        value=required(signature, ds("SignatureValue")),
        key_info=next(children(signature, ds("KeyInfo")), None),
        objects=tuple(children(signature, ds("Object"))),
        qualifying=read_qualifying(signature),
        countersigned=_countersigned(signature),
    )


def _require_order(parent: Element, order: dict[str, int]) -> None:
    """The schema's order, nothing else between, and only the last kind more than once."""
    places = []
    for each in parent:
        if isinstance(each.tag, str):
            if each.tag not in order:
                raise PeerError(Code.MALFORMED, f"{local(each)} stands in {local(parent)}")
            places.append(order[each.tag])
    last = max(order.values())
    single = [place for place in places if place != last]
    if places != sorted(places) or len(single) != len(set(single)):
        raise PeerError(Code.MALFORMED, f"the parts of {local(parent)} are not in order")


def _countersigned(signature: Element) -> Element | None:
    container = signature.getparent()
    if container is None or container.tag not in xades("CounterSignature"):
        return None
    outer = next(container.iterancestors(SIGNATURE), None)
    return None if outer is None else next(children(outer, ds("SignatureValue")), None)
