"""What another reader of the same XML shows is what was checked, or it does not pass."""

from collections.abc import Callable

import pytest
from tests.crypto.esign.cms.material import signatory
from tests.crypto.esign.xml.material import (
    BODY,
    DS,
    ENVELOPED,
    EXC,
    INC,
    PROPERTIES,
    XADES,
    canonical,
    certificate_reference,
    checked,
    detached,
    enveloped,
    enveloping,
    letter,
    reference,
    signature,
    signed_properties,
)

from rogatory_crypto.esign.report import Coverage, Report
from rogatory_crypto.esign.verdict import Indication, SubIndication

PASSED, FAILED, OPEN = Indication.TOTAL_PASSED, Indication.TOTAL_FAILED, Indication.INDETERMINATE
BY = signatory()
STYLE = '<?xml-stylesheet type="text/xsl" href="evil.xsl"?>'


def of_a_name(**changes: str) -> str:
    """A letter whose signature names its root and not the document."""
    return letter(signature([reference("#letter", canonical(letter()), [ENVELOPED, EXC])]), **changes)


def of_a_part(form: str = EXC) -> str:
    """A case in which only one part is signed."""
    part = '<part Id="part"><q>kept</q></part>'
    return f"<case>{part}{signature([reference('#part', canonical(part), [form])])}</case>"


def verdict(document: str | bytes, *contents: bytes) -> Report:
    return checked(document if isinstance(document, bytes) else document.encode(), *contents)


def test_a_style_sheet_that_nobody_signed_leaves_it_open() -> None:
    for document in (of_a_name(), enveloping().decode(), of_a_part()):
        assert verdict(document).indication is PASSED
        (found,) = verdict(STYLE + document).signatures
        assert (found.indication, found.sub_indication) == (OPEN, SubIndication.SIG_CONSTRAINTS_FAILURE)
        assert verdict(document + STYLE).indication is OPEN
    assert verdict("<?note nothing is shown by it?>" + of_a_name()).indication is PASSED


def test_a_style_sheet_that_was_signed_is_part_of_the_document() -> None:
    whole = f"{STYLE}\n{letter()}".encode()
    named = reference("", whole, [ENVELOPED, EXC])
    assert verdict(f"{STYLE}{letter(signature([named]))}").indication is PASSED
    assert verdict(f"{STYLE.replace('evil', 'good')}{letter(signature([named]))}").indication is FAILED


# Changes that make the same document for every reader: they are not what anybody signs or sees.
SAME: dict[str, Callable[[str], str]] = {
    "CDATA": lambda text: text.replace("<p>Records", "<p><![CDATA[Records]]>"),
    "a character by its number": lambda text: text.replace("Records", "&#82;ecords"),
    "another quotation mark": lambda text: text.replace('Id="letter"', "Id='letter'"),
    "white space in a tag": lambda text: text.replace('<letter Id="letter">', '<letter\n  Id="letter"\t>'),
    "a declaration": lambda text: f'<?xml version="1.0" encoding="UTF-8"?>{text}',
    "a comment before the root": lambda text: f"<!--note-->{text}",
    "a declared prefix nobody uses": lambda text: text.replace("<letter ", '<letter xmlns:k="urn:k" '),
}


@pytest.mark.parametrize("change", SAME)
def test_another_spelling_of_the_same_document_passes(change: str) -> None:
    changed = SAME[change](enveloped().decode())
    assert changed != enveloped().decode()
    report = verdict(changed)
    assert report.indication is PASSED, report.signatures[0].reason
    assert report.signatures[0].scope.coverage is Coverage.WHOLE_DOCUMENT


DTD = '<!DOCTYPE letter [<!ENTITY e "evil"><!ATTLIST p class CDATA "evil"><!ATTLIST q Id ID #IMPLIED>]>'
OTHER: dict[str, Callable[[str], str]] = {
    "a document type": lambda text: f"<!DOCTYPE letter>{text}",
    "default attributes and entities": lambda text: DTD + text,
    "an entity": lambda text: DTD + text.replace("Records", "&e;"),
    "a document type in another encoding": lambda text: (DTD + text).encode("utf-16").decode("latin-1"),
    "a processing instruction inside": lambda text: text.replace("<p>", "<?go evil?><p>"),
    "a processing instruction in the text": lambda text: text.replace("Records", "Rec<?x y?>ords"),
    "a processing instruction before the root": lambda text: f"<?go evil?>{text}",
    "another default namespace": lambda text: text.replace("<letter ", '<letter xmlns="urn:evil" '),
    "another default namespace inside": lambda text: text.replace("<p>", '<p xmlns="urn:evil">'),
    "a base for addresses": lambda text: text.replace("<letter ", '<letter xml:base="urn:evil" '),
    "a language": lambda text: text.replace("<p>", '<p xml:lang="fr">'),
    "an identifier": lambda text: text.replace("<p>", '<p xml:id="p">'),
    "white space in the text": lambda text: text.replace("Records of", "Records  of"),
    "a letter that looks the same": lambda text: text.replace("Records", "R\u0435cords"),
    "a second root element": lambda text: text + "<letter/>",
    "text behind the root": lambda text: text + "evil",
    "the prefix of signatures bound otherwise": lambda text: text.replace(f'ds="{DS}"', 'ds="urn:x"', 1),
}  # fmt: skip


@pytest.mark.parametrize("change", OTHER)
def test_what_makes_another_document_for_some_reader_does_not_pass(change: str) -> None:
    changed = OTHER[change](enveloped().decode())
    octets = changed.encode("latin-1") if change.endswith("another encoding") else changed.encode()
    assert octets != enveloped()
    assert verdict(octets).indication is not PASSED


@pytest.mark.parametrize("name", ["Id", "ID", "id", "xml:id"])
def test_a_second_bearer_of_an_id_is_refused_however_it_bears_it(name: str) -> None:
    """Readers differ in which attribute is an Id."""
    for document in (of_a_name(), of_a_part()):
        target = "letter" if "<letter" in document else "part"
        evil = f'<evil {name}="{target}">Pay at once.</evil>'
        inside = document.replace(
            "</letter>" if target == "letter" else "</case>",
            f"{evil}{'</letter>' if target == 'letter' else '</case>'}",
        )
        assert verdict(inside).indication is FAILED
        around = f'<evil {name}="{target}">{document}</evil>'
        assert verdict(around).indication is FAILED


def test_a_base_above_a_signed_part_is_not_canonicalized_silently() -> None:
    document = of_a_part(INC)
    assert verdict(document).indication is PASSED
    assert verdict(document.replace("<case>", '<case xml:base="urn:evil">')).indication is OPEN


def test_comments_are_nothing_that_anybody_signs_and_no_value_is_cut_by_them() -> None:
    """XMLDSig leaves comments out; what is read here as a value is read whole or not at all."""
    document = enveloped().decode()
    commented = document.replace("account", "acc<!---->ount")
    assert canonical(commented) == canonical(document)
    assert verdict(commented).indication is PASSED
    time = document.replace("<xades:SigningTime>2026", "<xades:SigningTime>2026<!---->")
    report = verdict(time)
    assert [each.claimed_time for each in report.signatures] == [None]


def test_references_may_neither_move_nor_go_nor_come() -> None:
    document = detached().decode()
    start, end = document.index("<ds:Reference"), document.index("</ds:SignedInfo>")
    whole = document[start:end]
    cut = whole.index("</ds:Reference>") + len("</ds:Reference>")
    first, second = whole[:cut], whole[cut:]
    for changed in (second + first, first, second, first + first + second, whole + second):
        assert verdict(document.replace(whole, changed), BODY.encode()).indication is FAILED


@pytest.mark.parametrize("inside", ["<!---->", "<?x y?>", "<a/>", "<a>UmVj</a>"])
def test_base64_that_is_cut_by_something_is_not_decoded(inside: str) -> None:
    """Who reads the text up to there would be shown less."""
    document = enveloping().decode()
    assert document.count("UmVjb3Jk") == 1
    report = verdict(document.replace("UmVjb3Jk", f"UmVj{inside}b3Jk"))
    assert report.indication is OPEN


def test_a_reference_that_leaves_everything_out_signs_nothing() -> None:
    """XMLDSig 1.1 section 6.6.4: what is inside of the signature is left out, whatever stands there."""
    inside = '<ds:Object Id="data"><sum>100</sum></ds:Object>'
    document = signature([reference("#data", b"", [ENVELOPED])], objects=inside)
    for changed in (document, document.replace("100", "900")):
        (found,) = verdict(changed).signatures
        assert (found.indication, found.sub_indication) == (OPEN, SubIndication.SIGNED_DATA_NOT_FOUND)


def test_properties_that_a_reference_leaves_out_are_not_signed() -> None:
    """The same for the signer's own properties: who signed, and when, could be exchanged."""
    own = signed_properties(certificate_reference(BY))
    qualifying = (
        f'<ds:Object><xades:QualifyingProperties xmlns:xades="{XADES}" Target="#sig">{own}'
        "</xades:QualifyingProperties></ds:Object>"
    )
    for made, transforms in ((canonical(own), [EXC]), (b"", [ENVELOPED, EXC])):
        named = reference("#props", made, transforms, kind=PROPERTIES)
        about = [reference("", canonical(letter()), [ENVELOPED, EXC]), named]
        report = verdict(letter(signature(about, properties="", objects=qualifying)))
        assert report.indication is (PASSED if made else OPEN)
