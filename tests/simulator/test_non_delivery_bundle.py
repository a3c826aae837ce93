"""Non-delivery in a court bundle: what was stated is checked and explained, what was made up fails."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.simulator.test_bundle import Case
from tests.simulator.test_non_delivery import HOUR_S, request_to
from tests.simulator.test_story import A, B, C, world_with

from rogatory_client.bundle.gathered import Gathered
from rogatory_client.bundle.sealing import seal_bundle
from rogatory_client.vault import keys, open_vault
from rogatory_crypto.bundle.finding import About
from rogatory_crypto.bundle.octets import Held
from rogatory_crypto.content.non_delivery import (
    NonDelivery,
    is_non_delivery,
    sign_non_delivery,
    verify_non_delivery,
)
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.esign.verdict import Indication
from rogatory_crypto.identity import Registry
from rogatory_crypto.wire.identifier import EntryId


@pytest.fixture
async def case(tmp_path: Path) -> Case:
    """A request that reached B a day late, and C not at all."""
    world = await world_with(tmp_path, A, B, C)
    message = await request_to(world, tmp_path, B, C)
    world.tick(25 * HOUR_S)
    for name in (A, B, A):
        await world.sync(name)
    async with world.at(A) as office:
        await office.lifecycle.create_seal()
        await office.sync()
    return Case(world, tmp_path, message, "")


async def gathered(case: Case) -> Gathered:
    return await case.gathered(documents=[Held((case.folder / "letter.pdf").read_bytes())])


async def test_non_delivery_is_in_the_bundle_and_explained(case: Case) -> None:
    path = case.folder / "case.asice"
    _, verified = await asyncio.to_thread(seal_bundle, await gathered(case), path)
    assert case.verified(path.read_bytes()).indication is Indication.TOTAL_PASSED
    said = [each.text for each in verified.findings if each.about is About.RECEIPT]
    (late,) = (each for each in said if f"h {B} gave" in each)
    (never,) = (each for each in said if f"h {C} gave" in each)
    assert late.startswith(f"ContentConsignmentFailure: {A} stated (DeliveryTimeOut) that within 24")
    assert late.endswith(f"overruled by the ContentConsignment that {B} signed")
    assert never.endswith("no receipt in this bundle overrules it")


def signer_of(case: Case, name: str) -> bytes:
    vault = open_vault(case.world.folder / name, b"correct horse battery staple")
    try:
        with vault.reading() as connection:
            return keys.load_identity(connection).signer.private
    finally:
        vault.close()


def restated(found: Gathered, change: Callable[[NonDelivery], bytes], registry: Registry) -> Gathered:
    def lie(signed: bytes) -> bytes:
        if not is_non_delivery(signed):
            return signed
        key_of = lambda named: registry.devices[named.device_id].entry.signature_key  # noqa: E731  # one use
        return change(verify_non_delivery(signed, key_of))

    return replace(found, contents=replace(found.contents, receipts=tuple(map(lie, found.contents.receipts))))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"content_sha256": bytes(32)}, "other content"),
        ({"message_id": bytes(32)}, "not of this bundle"),
        ({"group_id": bytes(32)}, "not of this bundle"),
        ({"accepted_at": 1_794_000_000}, "another time"),
        ({"at": 1_800_000_000}, "after the bundle was made"),
    ],
)
async def test_what_does_not_fit_its_message_fails(
    case: Case, changes: dict[str, object], reason: str
) -> None:
    private = signer_of(case, A)

    def change(stated: NonDelivery) -> bytes:
        return sign_non_delivery(replace(stated, **changes), private)  # type: ignore[arg-type]  # fields

    lied = restated(await gathered(case), change, case.world.relay.registry)
    with pytest.raises(MisuseError, match=reason):
        await asyncio.to_thread(seal_bundle, lied, case.folder / "case.asice")


async def test_another_office_cannot_state_it(case: Case) -> None:
    entry = next(iter(case.world.relay.registry.devices_of(B, int(case.world.now)))).entry  # type: ignore[arg-type]  # an id
    private = signer_of(case, B)

    def change(stated: NonDelivery) -> bytes:
        named = replace(
            stated,
            authority=entry.entry_id,
            officer=entry.officer,
            device_id=entry.device_id,
            recipient=EntryId(A),
        )
        return sign_non_delivery(named, private)

    lied = restated(await gathered(case), change, case.world.relay.registry)
    with pytest.raises(MisuseError, match="another office than the sender"):
        await asyncio.to_thread(seal_bundle, lied, case.folder / "case.asice")


async def test_a_signature_of_another_key_fails(case: Case) -> None:
    private = signer_of(case, B)
    lied = restated(
        await gathered(case), lambda stated: sign_non_delivery(stated, private), case.world.relay.registry
    )
    with pytest.raises(MisuseError, match="signature"):
        await asyncio.to_thread(seal_bundle, lied, case.folder / "case.asice")
    assert not [each for each in case.folder.iterdir() if "asice" in each.name]
