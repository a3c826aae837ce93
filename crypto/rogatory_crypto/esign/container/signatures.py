"""Every signature of a container with the files it covers (EN 319 162-1 clauses 4.3.3.2, 4.4.3 and 4.4.4)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rogatory_crypto.errors import PeerError
from rogatory_crypto.esign.cms.cades import (
    SignedFile,
    find_counter_signatures,
    find_signatures,
    unreadable_signature,
)
from rogatory_crypto.esign.cms.signed_data import encapsulated_content, read_signed_data
from rogatory_crypto.esign.cms.signer import as_verdict
from rogatory_crypto.esign.container.layout import EVIDENCE_RECORDS, TIMESTAMP, Container
from rogatory_crypto.esign.container.manifest import Manifest, check_references, file_name, read_manifest
from rogatory_crypto.esign.found import FoundSignature
from rogatory_crypto.esign.report import Coverage, DocumentFormat, Scope
from rogatory_crypto.esign.terms import Terms
from rogatory_crypto.esign.verdict import PASSED, SubIndication, Verdict, failed, indeterminate, worse
from rogatory_crypto.esign.xml.signatures import find_xml_signatures

MAX_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Placed:
    """A signature and the file of the container it stands in."""

    file: str
    found: FoundSignature


def find_container_signatures(
    container: Container, manifests: Sequence[Manifest], terms: Terms
) -> tuple[Placed, ...]:
    """Find every signature; what no signature covers spoils them all, for a reader sees it beside them."""
    placed = [
        *(each for name in container.cms for each in _in_cms(name, container, manifests, terms)),
        *(each for name in container.xml for each in _in_xml(name, container, terms)),
    ]
    form = check_form(container)
    uncovered = check_coverage(
        container, [each.found for each in placed if not each.found.is_counter_signature]
    )
    return tuple(
        each
        if each.found.is_counter_signature
        else replace(each, found=_with_scope(each.found, container, worse(form, uncovered)))
        for each in placed
    )


def check_form(container: Container) -> Verdict:
    """Check that there is something to sign, and in ASiC-S exactly one file signed or stamped in one way.

    EN 319 162-1 clauses 4.3.3.1 and 4.3.3.2.
    """
    if not container.data:
        return failed(SubIndication.FORMAT_FAILURE, "the container has no file to sign")
    is_simple = len(container.data) == 1 and "/" not in container.data[0]
    if container.form is DocumentFormat.ASIC_S and not is_simple:
        return failed(SubIndication.FORMAT_FAILURE, "the container has not exactly one file at its root")
    stamped = TIMESTAMP in container.tokens
    others = (*container.cms, *container.xml, *(EVIDENCE_RECORDS & set(container.records)))
    if container.form is DocumentFormat.ASIC_S and stamped and others:
        reason = f"the container has {others[0]} beside its time stamp, and may have but one of them"
        return failed(SubIndication.FORMAT_FAILURE, reason)
    return PASSED


def check_coverage(container: Container, found: Sequence[FoundSignature]) -> Verdict:
    """Check that every file is covered by a signature that is intact."""
    covered = {name for each in found if each.integrity == PASSED for name in each.scope.covered}
    return uncovered(container, covered, "signature") if covered else PASSED


def uncovered(container: Container, covered: set[str], what: str) -> Verdict:
    """Return the verdict on files that a reader sees beside what is covered."""
    left = [name for name in container.data if name not in covered]
    if not left:
        return PASSED
    names = ", ".join(left[:MAX_SHOWN]) + (" and more" if len(left) > MAX_SHOWN else "")
    return indeterminate(SubIndication.SIG_CONSTRAINTS_FAILURE, f"no {what} covers {names}")


def _with_scope(found: FoundSignature, container: Container, verdict: Verdict) -> FoundSignature:
    covered = tuple(name for name in found.scope.covered if name in container.files)
    # Where a signed file is not there, nobody sees the whole of what was signed.
    complete = found.integrity.sub_indication is not SubIndication.SIGNED_DATA_NOT_FOUND
    is_whole = complete and covered == found.scope.covered and set(container.data) <= set(covered)
    coverage = Coverage.WHOLE_DOCUMENT if is_whole else Coverage.PARTIAL
    nothing = indeterminate(
        SubIndication.SIG_CONSTRAINTS_FAILURE, "the signature is about no file of the container"
    )
    return replace(
        found,
        scope=Scope(coverage if covered else Coverage.UNCLEAR, covered=covered),
        integrity=worse(worse(found.integrity, verdict), PASSED if covered else nothing),
    )


def _in_cms(name: str, container: Container, manifests: Sequence[Manifest], terms: Terms) -> Iterator[Placed]:
    try:
        signed_data = read_signed_data(container.files[name].octets)
        content, names, binding, digests = _bound(name, container, manifests)
        inside = encapsulated_content(signed_data)
    except PeerError as error:
        yield Placed(name, unreadable_signature(name, as_verdict(error)))
        return
    if inside is not None and (content is None or inside != content.octets):
        binding = failed(SubIndication.FORMAT_FAILURE, "the signature is about something inside itself")
    for found in find_signatures(signed_data, () if content is None else (content,), terms, name):
        scope = Scope(Coverage.UNCLEAR, covered=names if found.integrity == PASSED else ())
        integrity = worse(found.integrity, binding)
        yield Placed(name, replace(found, scope=scope, integrity=integrity, digests=found.digests | digests))
    for found in find_counter_signatures(signed_data, terms, name):
        yield Placed(name, found)


def _bound(
    name: str, container: Container, manifests: Sequence[Manifest]
) -> tuple[SignedFile | None, tuple[str, ...], Verdict, frozenset[str]]:
    """Return what a signature in CMS is over, which files that means, and whether these are as signed."""
    binding = [manifest for manifest in manifests if manifest.signature == name]
    if len(binding) == 1:
        (manifest,) = binding
        content = container.files[manifest.name]
        names = tuple(reference.name for reference in manifest.references)
        return content, names, check_references(manifest, container.files), manifest.digests
    if not binding and container.form is DocumentFormat.ASIC_S and container.data:
        content = container.files[container.data[0]]
        return content, (content.name,), PASSED, frozenset()
    reason = "exactly one manifest must name the signature"
    return None, (), failed(SubIndication.FORMAT_FAILURE, reason), frozenset()


def _in_xml(name: str, container: Container, terms: Terms) -> Iterator[Placed]:
    def resolve(uri: str) -> bytes | None:
        file = container.files.get(_named(uri))
        return None if file is None else file.octets

    try:
        signatures = find_xml_signatures(container.files[name].octets, resolve, terms)
    except PeerError as error:
        yield Placed(name, unreadable_signature(name, as_verdict(error)))
        return
    for found in signatures:
        identifier = name if len(signatures) == 1 else f"{name}, {found.identifier}"
        scope = replace(found.scope, covered=tuple(_named(uri) for uri in found.scope.covered))
        yield Placed(name, replace(found, identifier=identifier, scope=scope))


def _named(uri: str) -> str:
    """Return the name of the file that a reference means; of none where it is no name."""
    try:
        return file_name(uri)
    except PeerError:
        return ""


def read_manifests(container: Container) -> tuple[tuple[Manifest, ...], tuple[str, ...]]:
    """Read every manifest; one that cannot be read binds nothing and is named."""
    read: list[Manifest] = []
    unreadable: list[str] = []
    for name in container.manifests:
        try:
            read.append(read_manifest(name, container.files[name].octets))
        except PeerError as error:
            unreadable.append(f"{name} cannot be read: {error.detail}"[:300])
    return tuple(read), tuple(unreadable)
