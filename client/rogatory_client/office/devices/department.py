"""What becomes of an office's devices and keys after they were entered; see ``Office.lifecycle``."""

from collections.abc import Awaitable, Callable, Sequence

from rogatory_client.office import reading
from rogatory_client.office.desk import Desk
from rogatory_client.office.devices import hand_over, office_key, renewal, sealing
from rogatory_client.office.devices.hand_over import HandOverProposal, HandOverView
from rogatory_client.office.devices.office_key import KeyGrantText, KeyRequestText
from rogatory_client.office.devices.sealing import ExportedSeal, OpenedSeal, SealView
from rogatory_client.office.line.trusting import know_newest
from rogatory_client.office.view import DeviceView
from rogatory_client.transport import Line
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.wire.identifier import DeviceId


class Lifecycle:
    """Part of an open office; devices are named by their ids or an unambiguous beginning of them."""

    def __init__(self, desk: Desk, line: Line, sync: Callable[[], Awaitable[object]]) -> None:
        self._desk = desk
        self._line = line
        self._sync = sync

    async def renew(
        self, devices: Sequence[str] = (), *, days: int = renewal.MAX_DAYS
    ) -> tuple[DeviceView, ...]:
        """Prolong the terms of these devices, or of all that end within 60 days; needs the office key.

        Args:
            devices: whose terms.
            days: how long they are, from now on.

        Raises:
            MisuseError: no such device in service, or this device does not hold the office key.
            PeerError: what the relay says against it.
            TransportError: the relay cannot be reached; the next synchronisation goes on.
        """
        await know_newest(self._desk, self._line.relay)
        chosen = [device_named(self._desk, each) for each in devices]
        renewed = {each.hex() for each in await renewal.renew(self._desk, self._line.relay, chosen, days)}
        return tuple(each for each in reading.devices(self._desk) if each.device_id in renewed)

    async def request_key(self) -> KeyRequestText:
        """Ask for the office's keys; a device that leads or administers the office may.

        Raises:
            MisuseError: this device holds them, or its role may not.
        """
        return await office_key.request_key(self._desk, self._line.relay)

    async def grant_key(self, text: str, confirmation_code: str) -> KeyGrantText:
        """On a device with the office's keys: seal them to the device that asks, if the code is its screen's.

        Raises:
            MisuseError: the code does not fit, or the role may not hold them.
            PeerError: the request is damaged, forged, too old, of another office or a device out of service.
        """
        return await office_key.grant_key(self._desk, self._line.relay, text, confirmation_code)

    async def accept_key(self, text: str) -> None:
        """On the device that asked: take the office's keys.

        Raises:
            MisuseError: this device does not wait for this answer.
            PeerError: the grant is damaged, forged, too old, or of keys that are not the office's.
        """
        await office_key.accept_key(self._desk, self._line.relay, text)

    async def replace_key(self) -> None:
        """Give the office new keys, after a hand-over or a suspicion; its devices stay in service.

        Raises:
            MisuseError: this device does not hold the keys in force.
            TransportError: the relay cannot be reached; the next synchronisation goes on.
        """
        await office_key.replace_key(self._desk, self._line.relay)

    async def propose_hand_over(
        self, leaver: str, successor: str, *, confirmer: str | None = None
    ) -> HandOverView:
        """First officer: propose that a leaver's device is out and another takes over.

        Args:
            leaver: the device of who leaves; not this one.
            successor: the device that gets the record.
            confirmer: the second officer's device, where there are several.

        Raises:
            MisuseError: no such devices, or not for this officer to propose.
            PeerError: what the log would say against it.
        """
        await know_newest(self._desk, self._line.relay)
        named = [device_named(self._desk, each) for each in (leaver, successor)]
        second = None if confirmer is None else device_named(self._desk, confirmer)
        proposal = await hand_over.propose(self._desk, self._line.relay, named[0], named[1], second)
        return await self._next(proposal)

    async def consider_hand_over(self, text: str) -> HandOverView:
        """Return what an officer is about to agree to; nothing is signed.

        Raises:
            PeerError: it is damaged, forged, expired, of another office, or overtaken by another statement.
        """
        proposal = await hand_over.consider(self._desk, self._line.relay, text)
        return hand_over.view(self._desk, proposal)

    async def confirm_hand_over(self, text: str) -> HandOverView:
        """Second officer: agree; with the office's key on either device it is published at once.

        Raises:
            MisuseError: another officer is to confirm.
            PeerError: as ``consider_hand_over``, or what the relay says against it.
            TransportError: the relay cannot be reached; what is signed by all goes with the next sync.
        """
        proposal = await hand_over.consider(self._desk, self._line.relay, text)
        return await self._next(hand_over.confirm(self._desk, proposal))

    async def seal_hand_over(self, text: str) -> HandOverView:
        """On a device with the office's key: sign what both officers have signed, and publish it.

        Raises:
            MisuseError: this device does not hold the key, or an officer has not signed.
            PeerError: as ``consider_hand_over``, or what the relay says against it.
            TransportError: the relay cannot be reached; the next sync goes on.
        """
        proposal = await hand_over.consider(self._desk, self._line.relay, text)
        return await self._next(hand_over.seal(self._desk, proposal))

    async def create_seal(
        self, *, days: int = 730, short_name: str | None = None, country: str | None = None
    ) -> SealView:
        """Make an X.509 seal for documents and enter it in the log; needs the office key.

        Args:
            days: how long it is valid.
            short_name: what readers show; None for the directory's name.
            country: ISO 3166-1 alpha-2; None for the directory's.

        Raises:
            MisuseError: this device does not hold the office key, or a certificate cannot say that.
            PeerError: what the relay says against it.
            TransportError: the relay cannot be reached; the next synchronisation goes on.
        """
        name = sealing.SealName(short_name, country)
        return await sealing.create(self._desk, self._line.relay, name, days)

    async def revoke_seal(self, seal: str, reason: str) -> SealView:
        """Take a seal back for ever; what it sealed before stays sealed.

        Raises:
            MisuseError: no such seal that counts, or this device does not hold the office key.
            TransportError: the relay cannot be reached; the next synchronisation goes on.
        """
        return await sealing.revoke(self._desk, self._line.relay, seal, reason)

    def export_seal(self, seal: str, passphrase: bytes) -> ExportedSeal:
        """Return a seal with its key as PKCS#12, and its issuer as PEM.

        Raises:
            MisuseError: its key is not on this device, it does not count, or the passphrase is empty.
        """
        return sealing.export(self._desk, seal, passphrase)

    def open_seal(self, seal: str | None = None) -> OpenedSeal:
        """Return a seal with its key to sign with at once: the one that begins so, or the newest.

        Raises:
            MisuseError: its key is not on this device, or it does not count.
        """
        return sealing.open_seal(self._desk, seal)

    def seals(self) -> tuple[SealView, ...]:
        """Every seal of the office, those of the past too."""
        return sealing.list_seals(self._desk)

    async def _next(self, proposal: HandOverProposal) -> HandOverView:
        """Hand the record on, then publish what all three have signed."""
        if hand_over.owes_history(self._desk, proposal.hand_over):
            hand_over.plan_history(self._desk)
            await self._sync()
        if hand_over.is_complete(proposal):
            await hand_over.publish(self._desk, self._line.relay, proposal)
        return hand_over.view(self._desk, proposal)


def device_named(desk: Desk, name: str) -> DeviceId:
    """Return the one device of the own office whose id begins so.

    Raises:
        MisuseError: there is none, or more than one.
    """
    wanted = name.strip().lower()
    found = [each.device_id for each in reading.devices(desk) if wanted and each.device_id.startswith(wanted)]
    if len(found) != 1:
        count = "more than one device" if found else "no device"
        raise MisuseError(f"{count} of this office begins with {name!r}: see `rogatory device list`")
    return DeviceId(bytes.fromhex(found[0]))
