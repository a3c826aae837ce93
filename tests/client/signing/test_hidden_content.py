"""Nothing is signed that may later show something else, unless the signer was told and says so."""

import os

import pytest
from tests.crypto.esign.pdf.builder import plain, written

from rogatory_client.demo.pki import DemoPki, build_pki
from rogatory_client.signing import SealKey, SignaturePurpose, SigningRefusedError, sign_pdf

NOW = 1_790_000_000
PURPOSE = SignaturePurpose("Head of the central authority", "Request")
SCRIPTED = written(plain(root=b"/OpenAction<</S/JavaScript/JS(this.getField)>>"))


@pytest.fixture(scope="module")
def pki() -> DemoPki:
    return build_pki(now=NOW - 30, random=os.urandom, passphrase=b"x")


def test_document_that_may_change_by_itself_is_refused_and_the_reason_said(pki: DemoPki) -> None:
    with pytest.raises(SigningRefusedError, match="script"):
        sign_pdf(SCRIPTED, SealKey(pki.signer_pkcs12, b"x"), PURPOSE, now=NOW)


def test_who_was_told_may_sign_all_the_same(pki: DemoPki) -> None:
    key = SealKey(pki.signer_pkcs12, b"x")
    signed = sign_pdf(SCRIPTED, key, PURPOSE, now=NOW, accept_hidden_content=True)
    assert signed.startswith(SCRIPTED)


def test_what_is_only_worth_knowing_refuses_nothing(pki: DemoPki) -> None:
    field = {6: b"<</FT/Tx/T(Sum)>>"}
    document = written(plain(root=b"/AcroForm<</Fields[6 0 R]>>", more=field))
    assert sign_pdf(document, SealKey(pki.signer_pkcs12, b"x"), PURPOSE, now=NOW)
