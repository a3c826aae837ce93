"""An authority is admitted: proposed, confirmed, written to, enrolled, called back; with real vaults."""

from hashlib import sha256
from pathlib import Path

import pytest
from tests.simulator.running_secretariat import (
    FIRST,
    NET,
    SECOND,
    A,
    code_for,
    confirm,
    enrolled,
    link,
    proposal,
    secretariat,
    state_of,
)

from rogatory_client.office.admission import procedure as admission
from rogatory_client.office.line.spent_codes import stored_admissions
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.identity import Role, generate_code


async def test_an_authority_is_admitted_by_two_officers(tmp_path: Path) -> None:
    world = await secretariat(tmp_path)
    async with world.at(FIRST) as office:
        proposed = await office.admissions.propose(A, "wacap", days=14)
        assert (proposed.confirmer, proposed.network) == ("legal officer", "WACAP")
        assert await state_of(office) == "proposed"
    async with world.at(SECOND) as office:
        seen = await office.admissions.consider(proposed.text)
        assert (seen.name, seen.state) == ("Ministry of Justice \N{EN DASH} Central Authority", "Senegal")
        assert seen.telephones == ("+221100000101", "+221100000102")
        assert (seen.proposer, seen.proposer_role) == ("head of secretariat", "head")
        assert not seen.enrolled
        assert not seen.replaces
        assert not office.admissions.list(), "looking signs nothing"
        assert (await office.admissions.confirm(proposed.text)).state == "confirmed"
    async with world.at(FIRST) as office:
        letter = await office.admissions.letter(A)
        assert (letter.office, letter.language) == (
            "Ministère de la Justice \N{EN DASH} Autorité centrale",
            "fr",
        )
        assert letter.contact == "WACAP \N{EN DASH} Network Secretariat, legal officer"
        assert letter.telephones == ("+221100000107",)
        assert letter.root_sha256 == sha256(world.profile.root).digest()
        assert await state_of(office) == "letter-printed"
    world.new_device(A)
    async with world.at(A) as office:
        identity = await office.enrol(letter.code.printable(), "head")
        assert (identity.entry_id, identity.enrolled) == (A, True)
    for name in (FIRST, SECOND):
        async with world.at(name) as office:
            assert await state_of(office) == "enrolled"


async def test_two_officers_compare_words(tmp_path: Path) -> None:
    world = await secretariat(tmp_path)
    await enrolled(world)
    async with world.at(SECOND) as caller, world.at(A) as called:
        await caller.sync(until_idle=False)
        said, answered = caller.admissions.call_back(A), called.admissions.answer_call()
        assert set(said.words).isdisjoint(answered.words), "nobody can answer by repeating"
        assert said.telephones == ("+221100000101", "+221100000102")
        assert (answered.partner, answered.telephones) == (NET, ("+221100000107",))
        assert said.fits is None
        assert caller.admissions.call_back(A, " ".join(answered.words)).fits
        assert called.admissions.answer_call(" ".join(said.numbers)).fits
        (view,) = caller.admissions.list()
        assert (view.state, view.called_by, view.called_at) == (
            "called-back",
            "legal officer",
            int(world.now),
        )


async def test_words_that_differ_are_an_alarm_that_stays(tmp_path: Path) -> None:
    world = await secretariat(tmp_path)
    await enrolled(world)
    await enrolled(world, "CNA-GH-01")
    async with world.at("CNA-GH-01") as other:
        wrong = " ".join(other.admissions.answer_call().words)
    async with world.at(SECOND) as office:
        await office.sync(until_idle=False)
        assert office.admissions.call_back(A, wrong).fits is False
        report = await office.sync(until_idle=False)
        assert any("other keys" in warning for warning in report.warnings)
        assert ["other keys" in each.text for each in office.alarms()] == [True]
    async with world.at(SECOND) as office:
        assert await state_of(office) == "words-differ"
        with pytest.raises(PeerError) as refusal:
            office.admissions.call_back(A, "what was that again")
        assert refusal.value.code is Code.MALFORMED
        assert await state_of(office) == "words-differ", "what was misheard proves nothing"


async def test_an_office_whose_place_was_taken_hears_it(tmp_path: Path) -> None:
    world = await secretariat(tmp_path)
    await enrolled(world)
    await confirm(world, await proposal(world, again=True))
    async with world.at(FIRST) as office:
        stolen = (await office.admissions.letter(A)).code.printable()
    world.new_device("thief")
    async with world.at("thief") as office:
        await office.enrol(stolen, "head")
    async with world.at(SECOND) as caller, world.at(A) as called:
        await caller.sync(until_idle=False)
        await called.sync(until_idle=False)
        said, answered = caller.admissions.call_back(A), called.admissions.answer_call()
        assert caller.admissions.call_back(A, " ".join(answered.words)).fits is False
        assert called.admissions.answer_call(" ".join(said.words)).fits is False


async def test_the_same_words_read_back_do_not_fit(tmp_path: Path) -> None:
    world = await secretariat(tmp_path)
    await enrolled(world)
    async with world.at(SECOND) as office:
        await office.sync(until_idle=False)
        own = " ".join(office.admissions.call_back(A).words)
        assert office.admissions.call_back(A, own).fits is False


async def test_who_made_the_code_does_not_call(tmp_path: Path) -> None:
    world = await secretariat(tmp_path)
    await link(world, "also first", "head of secretariat", Role.HEAD)
    await link(world, "clerk", "clerk", Role.CLERK)
    async with world.at(FIRST) as office:
        await office.sync(until_idle=False)
        second = next(each for each in office.devices() if each.officer == "legal officer")
        text = (await office.admissions.propose(A, "WACAP", confirmer=second.device_id[:8])).text
    await confirm(world, text)
    async with world.at(FIRST) as office:
        code = (await office.admissions.letter(A)).code.printable()
    world.new_device(A)
    async with world.at(A) as office:
        await office.enrol(code, "head")
    for name, said in ((FIRST, "other officer calls"), ("also first", "other officer"), ("clerk", "may not")):
        async with world.at(name) as office:
            await office.sync(until_idle=False)
            with pytest.raises(MisuseError, match=said):
                office.admissions.call_back(A)
    async with world.at(A) as office:
        with pytest.raises(MisuseError, match="not the secretariat"):
            office.admissions.call_back(A)


async def test_a_code_leaves_the_vault_when_it_is_used(tmp_path: Path) -> None:
    world = await secretariat(tmp_path)
    await enrolled(world)
    async with world.at(FIRST) as office:
        assert stored_admissions(office._desk)[0].code is not None
        await office.sync()
        assert stored_admissions(office._desk)[0].code is None
        with pytest.raises(MisuseError, match="holds no code"):
            await office.admissions.letter(A)


async def test_a_code_leaves_the_vault_when_it_expires(tmp_path: Path) -> None:
    world = await secretariat(tmp_path)
    await code_for(world, days=1)
    world.tick(86_401)
    async with world.at(FIRST) as office:
        await office.sync()
        assert stored_admissions(office._desk)[0].code is None
        assert await state_of(office) == "expired"


async def test_a_letter_waits_for_the_second_officer_and_for_the_witnesses(tmp_path: Path) -> None:
    world = await secretariat(tmp_path)
    text = await proposal(world)
    async with world.at(FIRST) as office:
        with pytest.raises(MisuseError, match="has not confirmed"):
            await office.admissions.letter(A)
    world.relay.log.cosigns = False
    with pytest.raises(Exception, match="witnesses of its log have not confirmed"):
        await confirm(world, text)
    async with world.at(FIRST) as office:
        with pytest.raises(MisuseError, match="has not confirmed"):
            await office.admissions.letter(A)
    world.relay.log.cosigns = True
    world.relay.log.publish()
    async with world.at(SECOND) as office:
        await office.sync()
    async with world.at(FIRST) as office:
        assert (await office.admissions.letter(A)).entry_id == A


async def test_a_letter_can_be_printed_again(tmp_path: Path) -> None:
    world = await secretariat(tmp_path)
    code = await code_for(world)
    async with world.at(FIRST) as office:
        assert (await office.admissions.letter(A, "en")).code.printable() == code
    async with world.at(SECOND) as office:
        with pytest.raises(MisuseError, match="holds no code"):
            await office.admissions.letter(A)


async def test_an_invitation_is_withdrawn_by_two_officers(tmp_path: Path) -> None:
    world = await secretariat(tmp_path)
    code = await code_for(world)
    async with world.at(FIRST) as office:
        ending = await office.admissions.withdraw(A)
        assert ending is not None
        assert await state_of(office) == "withdrawal-proposed"
        with pytest.raises(MisuseError, match="holds no code"):
            await office.admissions.letter(A)
    async with world.at(SECOND) as office:
        seen = await office.admissions.consider(ending.text)
        assert (seen.replaces, seen.ends) == (True, True)
    await confirm(world, ending.text)
    world.new_device(A)
    async with world.at(A) as office:
        with pytest.raises(PeerError) as refusal:
            await office.enrol(code, "head")
        assert refusal.value.code is Code.EXPIRED
    async with world.at(FIRST) as office:
        assert await state_of(office) == "withdrawn"


async def test_either_officer_withdraws_and_names_the_other(tmp_path: Path) -> None:
    world = await secretariat(tmp_path)
    await code_for(world)
    await link(world, "third", "deputy")
    async with world.at(FIRST) as office:
        with pytest.raises(MisuseError, match="name one device of another officer"):
            await office.admissions.withdraw(A)
        assert (await office.admissions.letter(A)).entry_id == A, "nothing was erased"
    async with world.at("third") as office:
        await office.sync(until_idle=False)
        (first,) = [each.device_id for each in office.devices() if each.officer == "head of secretariat"]
        ending = await office.admissions.withdraw(A, first)
        assert ending is not None
    async with world.at(FIRST) as office:
        await office.admissions.confirm(ending.text)
        with pytest.raises(MisuseError, match="holds no code"):
            await office.admissions.letter(A)


async def test_an_authority_that_left_the_directory_is_not_written_to_and_its_letter_is_ended(
    tmp_path: Path,
) -> None:
    world = await secretariat(tmp_path)
    code = await code_for(world)
    left = [record for record in world.records() if record["record_id"] != A]
    await world.publish_records(2, left, [NET])
    async with world.at(FIRST) as office:
        with pytest.raises(MisuseError, match="no entry"):
            await office.admissions.letter(A)
        with pytest.raises(MisuseError, match="no entry"):
            await office.admissions.propose(A, "WACAP")
        await office.admissions.withdraw(A)
        ending = await office.admissions.withdraw(A)
        assert ending is not None, "the text may be lost and made again"
        assert stored_admissions(office._desk)[0].code is None
    async with world.at(SECOND) as office:
        seen = await office.admissions.consider(ending.text)
        assert (seen.entry_id, seen.name, seen.ends) == (A, "", True)
    await confirm(world, ending.text)
    world.new_device(A)
    async with world.at(A) as office:
        with pytest.raises(PeerError) as refusal:
            await office.enrol(code, "head")
        assert refusal.value.code is Code.EXPIRED


async def test_who_keeps_the_code_of_what_he_calls_a_withdrawal_invites(tmp_path: Path) -> None:
    """For a name that left the directory the second officer signs what nobody can use, and nothing else."""
    world = await secretariat(tmp_path)
    await code_for(world)
    left = [record for record in world.records() if record["record_id"] != A]
    await world.publish_records(2, left, [NET])
    kept = generate_code(world.chance.randbytes)
    async with world.at(FIRST) as office:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(admission, "nobodys_key", lambda *_: kept.public_key())
            ending = await office.admissions.withdraw(A)
        assert ending is not None
    async with world.at(SECOND) as office:
        for asked in (office.admissions.consider(ending.text), office.admissions.confirm(ending.text)):
            with pytest.raises(MisuseError, match="no entry"):
                await asked


async def test_a_proposal_that_nobody_confirmed_is_withdrawn_by_erasing_its_code(tmp_path: Path) -> None:
    world = await secretariat(tmp_path)
    await proposal(world)
    async with world.at(FIRST) as office:
        assert await office.admissions.withdraw(A) is None
        assert await state_of(office) == "withdrawn"
        with pytest.raises(MisuseError, match="nothing to withdraw"):
            await office.admissions.withdraw(A)


async def test_an_office_that_lost_everything_is_invited_again(tmp_path: Path) -> None:
    world = await secretariat(tmp_path)
    await enrolled(world)
    with pytest.raises(MisuseError, match="enrolled already"):
        await proposal(world)
    text = await proposal(world, again=True)
    async with world.at(SECOND) as office:
        seen = await office.admissions.consider(text)
        assert (seen.enrolled, seen.devices) == (True, 1)
    await confirm(world, text)
    async with world.at(FIRST) as office:
        code = (await office.admissions.letter(A)).code.printable()
    async with world.at(SECOND) as office, world.at(A) as lost:
        await office.sync(until_idle=False)
        before = office._desk.registry.offices[A].keys  # type: ignore[index]  # a name is an entry id here
        assert lost.identity.enrolled
    world.new_device("new")
    async with world.at("new") as office:
        await office.enrol(code, "head")
        assert office._desk.registry.offices[A].keys != before  # type: ignore[index]
    async with world.at(SECOND) as office:
        assert await state_of(office) == "enrolled", "the new keys have not been called back"
