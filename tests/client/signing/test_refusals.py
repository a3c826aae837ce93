"""What would not last is refused with advice, and before anybody is asked for a signature or a time stamp."""

import os
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from aiohttp import web
from asn1crypto import tsp  # type: ignore[import-untyped]
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.timestamps import TimeStamper
from tests.client.signing.openssl_authority import served

from rogatory_client.demo.pki import DemoPki, build_pki, time_stamper
from rogatory_client.signing import (
    Checker,
    LongTerm,
    SealKey,
    SignaturePurpose,
    SigningRefusedError,
    Stamp,
    sign_file,
    sign_pdf,
)
from rogatory_client.signing.time_stamping import TimeStampingAuthority
from rogatory_crypto.errors import MisuseError, TransportError
from rogatory_crypto.esign import Indication, check

NOW = 1_790_000_000
DAY = 86_400
PURPOSE = SignaturePurpose("Head of the central authority", "Request")


class Unasked(TimeStamper):
    """An authority that nobody may ask."""

    async def async_timestamp(self, *_asked: object) -> Any:
        raise AssertionError("the time-stamping authority was asked")


@pytest.fixture(scope="module")
def pki() -> DemoPki:
    return build_pki(now=NOW - 30, random=os.urandom, passphrase=b"x")


@pytest.fixture(scope="module")
def other() -> DemoPki:
    """Of another root."""
    return build_pki(now=NOW - 30, random=os.urandom, passphrase=b"x", authority="Another root")


def key(pki: DemoPki) -> SealKey:
    return SealKey(pki.signer_pkcs12, b"x")


def unasked(pki: DemoPki) -> LongTerm:
    return LongTerm(Unasked(), [pki.root_pem], [pki.crl, pki.tsa_certificate])  # type: ignore[no-untyped-call]


def lasting(pki: DemoPki) -> LongTerm:
    return LongTerm(time_stamper(pki, now=NOW), [pki.root_pem], [pki.crl, pki.tsa_certificate])


@pytest.mark.parametrize(
    ("now", "said"), [(NOW - 2 * DAY, "valid only from 2026-09-21"), (NOW + 900 * DAY, "ran out on 2028-")]
)
@pytest.mark.parametrize("level_lt", [False, True])
def test_a_certificate_out_of_its_time_signs_nothing(
    pki: DemoPki, plain_letter: bytes, now: int, said: str, *, level_lt: bool
) -> None:
    long_term = unasked(pki) if level_lt else None
    with pytest.raises(SigningRefusedError, match=said):
        sign_pdf(plain_letter, key(pki), PURPOSE, now=now, long_term=long_term)
    with pytest.raises(SigningRefusedError, match=said):
        sign_file(b"content", key(pki), now=now, long_term=long_term)


def test_a_revoked_or_unknown_certificate_signs_nothing(other: DemoPki, plain_letter: bytes) -> None:
    revoked = build_pki(now=NOW - 30, random=os.urandom, passphrase=b"x", signer_revoked_at=NOW - DAY)
    for long_term, said in (
        (unasked(revoked), "would not pass a receiver's check: .*revoked"),
        (unasked(other), "which is not trusted; give with --trust"),
    ):
        with pytest.raises(SigningRefusedError, match=said):
            sign_pdf(plain_letter, key(revoked), PURPOSE, now=NOW, long_term=long_term)


def test_without_proof_of_the_signers_chain_nothing_is_signed(pki: DemoPki, plain_letter: bytes) -> None:
    bare = replace(unasked(pki), evidence=[pki.tsa_certificate])
    with pytest.raises(
        SigningRefusedError, match=r"give the issuers' revocation lists.*--without-revocation"
    ):
        sign_pdf(plain_letter, key(pki), PURPOSE, now=NOW, long_term=bare)


def test_without_proof_of_the_authoritys_chain_nothing_is_handed_on(
    pki: DemoPki, other: DemoPki, plain_letter: bytes, checker: Checker
) -> None:
    half = LongTerm(
        time_stamper(other, now=NOW), [pki.root_pem, other.root_pem], [pki.crl, other.tsa_certificate]
    )
    for long_term, said in (
        (half, "time stamp.*give the issuers' revocation lists"),
        (replace(half, trust=[pki.root_pem]), "time stamp.*is not trusted; give with --trust"),
    ):
        with pytest.raises(SigningRefusedError, match=said):
            sign_pdf(plain_letter, key(pki), PURPOSE, now=NOW, long_term=long_term, checker=checker)
    whole = replace(half, evidence=[*half.evidence, other.crl])
    assert sign_pdf(plain_letter, key(pki), PURPOSE, now=NOW, long_term=whole, checker=checker)


def test_level_t_is_made_knowingly(pki: DemoPki, plain_letter: bytes, checker: Checker) -> None:
    # EN 319 142-1 section 6.3: B-T; a receiver without a network cannot pass it.
    stamped = LongTerm(time_stamper(pki, now=NOW), [pki.root_pem], revocation=False)
    signed = sign_pdf(plain_letter, key(pki), PURPOSE, now=NOW, long_term=stamped, checker=checker)
    offline = check(signed, trust=[pki.root_pem], at=NOW + 60)
    assert offline.indication is Indication.INDETERMINATE
    assert offline.signatures[0].level == "PAdES-BASELINE-T"
    passed = check(signed, trust=[pki.root_pem], at=NOW + 60, revocation=False)
    assert passed.indication is Indication.TOTAL_PASSED
    with pytest.raises(MisuseError):
        replace(stamped, archive=True)


def test_only_what_concerns_the_signature_is_embedded(
    pki: DemoPki, other: DemoPki, plain_letter: bytes, checker: Checker
) -> None:
    # Who keeps the lists of many states does not send them all.
    much = replace(
        lasting(pki), trust=[pki.root_pem, other.root_pem], evidence=[*lasting(pki).evidence, other.crl]
    )
    signed = sign_pdf(plain_letter, key(pki), PURPOSE, now=NOW, long_term=much, checker=checker)
    store = PdfFileReader(BytesIO(signed)).root["/DSS"]
    assert [each.get_object().data for each in store["/CRLs"]] == [pki.crl]
    assert len(store["/Certs"]) == 3
    assert "/VRI" not in store


def test_an_answer_to_another_question_is_no_time_stamp(pki: DemoPki, plain_letter: bytes) -> None:
    # RFC 3161 section 2.4.2: the nonce of the answer has to be that of the request.
    stamper, said = time_stamper(pki, now=NOW), []

    async def stale(request: web.Request) -> web.Response:
        asked = tsp.TimeStampReq.load(await request.read())
        said.append((await stamper.async_request_tsa_response(asked)).dump())
        return web.Response(body=said[0], content_type="application/timestamp-reply")

    with served(stale) as url:
        long_term = replace(lasting(pki), time_stamper=TimeStampingAuthority(url))
        with pytest.raises(TransportError, match="something else than was asked"):
            sign_pdf(plain_letter, key(pki), PURPOSE, now=NOW, long_term=long_term)
    assert len(said) == 2


@pytest.mark.parametrize(
    ("stamp", "said"),
    [
        (Stamp(7, (60, 60, 260, 120)), "no page 8 for the stamp: the document has 1"),
        (Stamp(0, (500, 60, 700, 120)), "not on page 1"),
        (Stamp(0, (60, 800, 260, 900)), "not on page 1"),
    ],
)
def test_a_stamp_that_nobody_would_see_is_misuse(
    pki: DemoPki, plain_letter: bytes, stamp: Stamp, said: str
) -> None:
    with pytest.raises(MisuseError, match=said):
        sign_pdf(plain_letter, key(pki), PURPOSE, now=NOW, stamp=stamp)
