"""Cutting octets out of a canonical form gives what canonicalizing without the elements gives."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree  # type: ignore[import-untyped]
from tests.crypto.esign.xml.material import DS, EXC, INC
from tests.effort import examples

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.xml.canonical import METHODS, Canonicalizer, NodeSet

SIGNATURE = f"{{{DS}}}Signature"
FORMS = [INC, f"{INC}#WithComments", EXC, f"{EXC}WithComments"]
DECLARED = st.sampled_from(["", ' xmlns="urn:a"', ' xmlns=""', ' xmlns:p="urn:p"', f' xmlns:ds="{DS}"'])
LOOSE = st.sampled_from(
    ["", "text", "&lt;?left-out 0?&gt;", "<!--<?left-out 0?>-->", "<?omitted 1?>", "<?go on?>", "\n "]
)


def element(inside: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    names = st.sampled_from(["a", "b", f'ds:Signature xmlns:ds="{DS}"'])
    return st.builds(
        lambda name, declared, content, tail: (
            f"<{name}{'' if name.startswith('ds') else declared}>{content}</{name.split()[0]}>{tail}"
        ),
        names,
        DECLARED,
        inside,
        LOOSE,
    )


TREES = st.recursive(LOOSE, lambda inner: st.lists(element(inner), max_size=4).map("".join), max_leaves=12)


def removed(root: etree._Element, number: int) -> etree._Element:
    """Return the document without one of its signatures, read anew."""
    copied = copy.deepcopy(root.getroottree()).getroot()
    element = list(copied.iter(SIGNATURE))[number]
    parent, before = element.getparent(), element.getprevious()
    if before is None:
        parent.text = (parent.text or "") + (element.tail or "")
    else:
        before.tail = (before.tail or "") + (element.tail or "")
    parent.remove(element)
    return etree.fromstring(etree.tostring(copied.getroottree()))


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=examples(80), deadline=None)
@given(inside=TREES, declared=DECLARED)
def test_a_form_without_an_element_is_that_of_the_document_without_it(
    form: str, inside: str, declared: str
) -> None:
    root = etree.fromstring(f"<?style x?><?left-out 0?><letter{declared}>{inside}</letter>")
    canonicalizer = Canonicalizer.of_size(1_000_000, 32)
    for number, signature in enumerate(root.iter(SIGNATURE)):
        nodes = NodeSet((root,), document=True, comments=True, without=frozenset({signature}))
        expected = etree.tostring(
            removed(root, number).getroottree(),
            method="c14n",
            exclusive=METHODS[form].exclusive,
            with_comments=METHODS[form].comments,
        )
        assert canonicalizer.octets(nodes, METHODS[form]) == expected


def test_elements_inside_of_each_other_are_left_out_together() -> None:
    root = etree.fromstring("<a>x<b>y<c/></b>z<d/></a>")
    (b, d), (c,) = root, root[0]
    nodes = NodeSet((root,), document=True, without=frozenset({b, c, d}))
    assert Canonicalizer.of_size(100, 1).octets(nodes, METHODS[EXC]) == b"<a>xz</a>"


def test_many_signatures_leave_out_themselves_at_the_price_of_one() -> None:
    signatures = f'<ds:Signature xmlns:ds="{DS}"/>' * 30
    root = etree.fromstring(f"<a>{'<p>text</p>' * 20_000}{signatures}</a>")
    canonicalizer = Canonicalizer.of_size(1_000_000, 32)
    for signature in root.iter(SIGNATURE):
        nodes = NodeSet((root,), document=True, without=frozenset({signature}))
        assert canonicalizer.octets(nodes, METHODS[EXC]).endswith(b"</a>")
    assert len(canonicalizer._wholes) == 1


def test_a_document_that_has_every_mark_is_refused() -> None:
    marks = "".join(f"<?{name} 0?>" for name in ("left-out", "omitted", "cut-away"))
    root = etree.fromstring(f"<a>{marks}<b/></a>")
    nodes = NodeSet((root,), document=True, without=frozenset({root[-1]}))
    with pytest.raises(PeerError) as caught:
        Canonicalizer.of_size(100, 1).octets(nodes, METHODS[EXC])
    assert caught.value.code is Code.UNSUPPORTED
