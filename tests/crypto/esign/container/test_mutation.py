"""No change to what is signed or shown of a container is survived."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache, partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import SHARED, absent
from tests.crypto.esign.cms.material import NOW, authority
from tests.crypto.esign.container.material import extended, pack, simple
from tests.crypto.esign.mutation import flipped, passing, survives_wrongly
from tests.effort import examples

from rogatory_crypto.errors import PeerError
from rogatory_crypto.esign.container.archive import read_archive
from rogatory_crypto.esign.container.document import check_container
from rogatory_crypto.esign.report import Report
from rogatory_crypto.esign.terms import Terms
from rogatory_crypto.esign.trust.given import read_anchors
from rogatory_crypto.esign.verdict import Indication

BUILT: Mapping[str, Callable[[], bytes]] = {
    "ASiC-S": cache(lambda: pack(simple())),
    "ASiC-E": cache(lambda: pack(extended())),
}
# Keys and so lengths differ from run to run, but what is drawn must not.
PLACES = st.integers(0, 1_000_000)
XADES = ("siva-TEST-ESTEID2018-ASiC-S-XAdES-LT.scs", "siva-PSS-signature.asice")


@cache
def built_terms() -> Terms:
    return Terms(read_anchors([authority().root_pem], NOW), NOW + 60, revocation=False)


def checked(document: bytes) -> Report:
    return check_container(document, built_terms())


def content(document: bytes) -> dict[str, bytes]:
    try:
        files = read_archive(document).files
    except PeerError:
        return {}
    return {name: files[name] for name in files if not name.startswith("META-INF/") and name != "mimetype"}


@pytest.mark.parametrize("form", BUILT)
def test_no_byte_of_a_container_changes_what_a_reader_sees(form: str) -> None:
    document = BUILT[form]()
    assert checked(document).indication is Indication.TOTAL_PASSED
    for place in passing(document, range(len(document)), checked):
        changed = flipped(document, place, 1 << place % 8)
        if checked(changed).indication is Indication.TOTAL_PASSED:
            assert content(changed) == content(document), place
            assert not survives_wrongly(document, changed, checked), place


@pytest.mark.parametrize("form", BUILT)
@pytest.mark.parametrize("name", ["letter.txt", "META-INF/signature", "META-INF/ASiCManifest001.xml"])
def test_no_byte_of_a_name_may_change(form: str, name: str) -> None:
    document = BUILT[form]()
    places = [place for place in range(len(document)) if document.startswith(name.encode(), place)]
    assert places or (form, name) == ("ASiC-S", "META-INF/ASiCManifest001.xml")
    for start in places:
        assert not list(passing(document, range(start, start + len(name)), checked))


@pytest.mark.parametrize("form", BUILT)
@settings(max_examples=examples(150), deadline=None)
@given(data=st.data())
def test_any_change_to_a_container_is_noticed_or_shows_the_same(form: str, data: st.DataObject) -> None:
    document = BUILT[form]()
    changed = document
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(PLACES) % len(document)
        changed = flipped(changed, place, data.draw(st.integers(1, 255)))
    if checked(changed).indication is Indication.TOTAL_PASSED:
        assert content(changed) == content(document)
        assert not survives_wrongly(document, changed, checked)


@cache
def vector(name: str) -> tuple[bytes, Terms]:
    """A container of another project, valid with revocation data, and the terms it is valid under."""
    folder = SHARED / "esign"
    if not folder.is_dir():
        absent("the folder ../shared with test data")
    entries = json.loads((folder / "manifest.json").read_text())["entries"]
    (entry,) = (each for each in entries if each["id"] == name)
    at = int(datetime.fromisoformat(entry["validation_time"]).timestamp())
    trust = [Path(folder / anchor).read_bytes() for anchor in entry["anchors"]]
    return (folder / entry["file"]).read_bytes(), Terms(read_anchors(trust, at), at)


@pytest.mark.parametrize("name", XADES)
@settings(max_examples=examples(25), deadline=None)
@given(data=st.data())
def test_any_change_to_a_container_with_xades_is_noticed_or_shows_the_same(
    name: str, data: st.DataObject
) -> None:
    document, under = vector(name)
    check = partial(check_container, terms=under)
    files = dict(read_archive(document).files)
    target = data.draw(st.sampled_from(sorted(files)))
    place, mask = data.draw(PLACES) % max(1, len(files[target])), data.draw(st.integers(1, 255))
    changed = pack({**files, target: flipped(files[target], place, mask)})
    if check(changed).indication is Indication.TOTAL_PASSED:
        assert content(changed) == content(document)
        assert not survives_wrongly(document, changed, check)
