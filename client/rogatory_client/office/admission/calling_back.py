"""The call after an enrolment: two officers read words to each other, each from keys that he holds himself.

The secretariat calls the office on its number in the directory and reads the caller's part; the office reads
the other. Who knew the code does not make the call: he could have enrolled in the office's place.
"""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from rogatory_client.office.admission.candidate_view import telephones
from rogatory_client.office.admission.eligibility import require_admitting, require_secretariat
from rogatory_client.office.admission.listing import call_back_on
from rogatory_client.office.admission.view import CallBackView
from rogatory_client.office.desk import Desk
from rogatory_client.vault import admissions
from rogatory_client.vault.admissions import StoredCallBack
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.identity import Invitation
from rogatory_crypto.identity.call_back import CallBack, Part, call_back, verify_heard
from rogatory_crypto.signing import PublicKeys
from rogatory_crypto.wire.identifier import EntryId

_ALARM: Final = "the words for {} read at {} UTC are those of other keys: send it nothing, call it again"


def words_of(desk: Desk, entry_id: EntryId) -> CallBackView:
    """Return what this officer of the secretariat reads to a newly enrolled office.

    Raises:
        MisuseError: the office is not enrolled, or this officer may not call: he made the code, say.
    """
    _require_caller(desk, entry_id)
    keys = desk.registry.offices[entry_id].keys
    return _view(desk, entry_id, keys, _spoken(desk, entry_id, keys).caller, entry_id)


def compare_office(desk: Desk, entry_id: EntryId, heard: str) -> CallBackView:
    """Keep whether an office has read the words of the keys that stand in the log.

    Raises:
        MisuseError: as ``words_of``.
        PeerError: MALFORMED for what is no such part; nothing is kept.
    """
    _require_caller(desk, entry_id)
    keys = desk.registry.offices[entry_id].keys
    spoken = _spoken(desk, entry_id, keys)
    _keep(desk, entry_id, keys, _fits(heard, spoken.called))
    return _view(desk, entry_id, keys, spoken.caller, entry_id)


def own_words(desk: Desk) -> CallBackView:
    """Return what this officer reads when his secretariat calls.

    Raises:
        MisuseError: this device is not enrolled.
    """
    entry_id, keys = desk.oneself.entry_id, _own_keys(desk)
    return _own_view(desk, keys, _spoken(desk, entry_id, keys).called)


def compare_own(desk: Desk, heard: str) -> CallBackView:
    """Keep whether the caller has read the words of this office's own keys.

    Raises:
        MisuseError: this device is not enrolled.
        PeerError: MALFORMED for what is no such part; nothing is kept.
    """
    entry_id, keys = desk.oneself.entry_id, _own_keys(desk)
    spoken = _spoken(desk, entry_id, keys)
    _keep(desk, entry_id, keys, _fits(heard, spoken.caller))
    return _own_view(desk, keys, spoken.called)


def _require_caller(desk: Desk, entry_id: EntryId) -> None:
    invitation = _behind(desk, entry_id)
    if invitation is None:
        raise MisuseError(f"{entry_id} has not enrolled yet: there is nothing to compare")
    if invitation.network is None or invitation.proposer is None:
        raise MisuseError(f"the directory operator invited {entry_id}, and calls it")
    require_secretariat(desk, invitation.network)
    own = require_admitting(desk, "call back")
    if own.who == desk.registry.devices[invitation.proposer].entry.who:
        raise MisuseError(f"{own.officer} made the code for {entry_id}: the other officer calls")


def _own_keys(desk: Desk) -> PublicKeys:
    """The keys in force; its own if somebody has enrolled in this office's place and ended its devices."""
    private, device = desk.identity.office_private, desk.registry.devices[desk.oneself.device_id]
    if private is None or device.revoked_at is None:
        return desk.registry.offices[desk.oneself.entry_id].keys
    return private.public


def _spoken(desk: Desk, entry_id: EntryId, keys: PublicKeys) -> CallBack:
    return call_back(keys, entry_id, desk.identity.profile.origin)


def _fits(heard: str, expected: Part) -> bool:
    try:
        verify_heard(heard, expected)
    except PeerError as error:
        if error.code is not Code.HASH_MISMATCH:
            raise
        return False
    return True


def _keep(desk: Desk, entry_id: EntryId, keys: PublicKeys, fits: bool) -> None:  # noqa: FBT001  # it is the datum
    now, officer = desk.surroundings.now(), desk.oneself.officer
    stored = StoredCallBack(entry_id, sha256(keys.encode()).digest(), now, officer, fits)
    with desk.vault.writing() as connection:
        admissions.save_call_back(connection, stored)
    if not fits:
        desk.alarm(_ALARM.format(entry_id, f"{datetime.fromtimestamp(now, UTC):%Y-%m-%d %H:%M}"))


def _own_view(desk: Desk, keys: PublicKeys, read_aloud: Part) -> CallBackView:
    """With the numbers of the secretariat that invited this office; no directory has the operator's."""
    entry_id = desk.oneself.entry_id
    invitation = _behind(desk, entry_id)
    network = None if invitation is None else invitation.network
    partner = desk.pinned.trust.secretariats.get(network or "")
    return _view(desk, entry_id, keys, read_aloud, partner)


def _behind(desk: Desk, entry_id: EntryId) -> Invitation | None:
    """Return the invitation by which an office has its keys."""
    used = [each.invitation for each in desk.registry.invitations if each.used]
    return next((each for each in reversed(used) if each.entry_id == entry_id), None)


def _view(
    desk: Desk, entry_id: EntryId, keys: PublicKeys, read_aloud: Part, partner: EntryId | None
) -> CallBackView:
    kept = call_back_on(desk, entry_id, keys)
    record = None if partner is None else desk.listing.records.get(partner)
    return CallBackView(
        entry_id=entry_id,
        partner=partner,
        name="" if record is None else record.name_en,
        words=read_aloud.words,
        numbers=read_aloud.numbers,
        telephones=() if record is None else telephones(record),
        at=None if kept is None else kept.at,
        officer=None if kept is None else kept.officer,
        fits=None if kept is None else kept.fits,
    )
