"""Terms of devices: what an officer is told before one runs out, and how the office prolongs it.

A renewal says no more than a later end; keys, officer and role of the device stay as they were entered. Those
of several devices are published together, all or none.
"""

from collections.abc import Collection, Iterator
from typing import Final

from rogatory_client.engine.effect import Happening
from rogatory_client.office.desk import Desk
from rogatory_client.office.devices.enrolment import DEVICE_LIFETIME_S, publish_statement, require_office_key
from rogatory_client.office.line.trusting import know_newest
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.identity import Device, Renewal, SignedStatement, Signer, sign_statement
from rogatory_crypto.wire.api import Relay
from rogatory_crypto.wire.identifier import DeviceId

DAY_S: Final = 86_400
MAX_DAYS: Final = DEVICE_LIFETIME_S // DAY_S
REMIND_BEFORE_S: Final = 60 * DAY_S
_OWN_ENDS: Final = "this device's term ends in {} days: have it renewed with `rogatory device renew`"
_ENDS: Final = (
    "the term of the device {} ({}) ends in {} days: renew it here with `rogatory device renew {}`, "
    "or let it end"
)

_REPLACED: Final = (
    "the office key was replaced at another device: ask for the new one with `rogatory device key-request`"
)


def days_left(device: Device, now: int) -> int:
    """Return for how many whole days a device stays in service; 0 on its last day and after it."""
    return max(device.not_after - now, 0) // DAY_S


def remind(desk: Desk) -> None:
    """Warn of terms that end soon, and of an office key that was replaced elsewhere."""
    told = {each.text for each in desk.happenings}
    fresh = [text for text in _reminders(desk) if text not in told]
    desk.happenings += [Happening("warning", None, None, text) for text in fresh]


def _reminders(desk: Desk) -> Iterator[str]:
    oneself, now = desk.oneself, desk.surroundings.now()
    if desk.identity.office_private is not None and not oneself.holds_office_key:
        yield _REPLACED
    for device in desk.registry.devices_of(oneself.entry_id, now):
        device_id, days = device.entry.device_id, days_left(device, now)
        if device.not_after - now > REMIND_BEFORE_S:
            continue
        if oneself.holds_office_key:
            beginning = device_id.hex()[:12]
            yield _ENDS.format(beginning, device.entry.officer, days, beginning)
        elif device_id == oneself.device_id:
            yield _OWN_ENDS.format(days)


async def renew(desk: Desk, relay: Relay, devices: Collection[DeviceId], days: int) -> tuple[DeviceId, ...]:
    """Prolong terms to so many days from now and return whose.

    Args:
        desk: of a device with the office key.
        relay: where the log is.
        devices: whose terms; none for every one that ends within 60 days.
        days: counted from now.

    Raises:
        MisuseError: this device does not hold the office key, or a device is not in service, or nothing would
            become longer.
        PeerError: what the relay says against it.
        TransportError: the relay or its witnesses cannot be reached; the next synchronisation goes on.
    """
    require_office_key(desk)
    if not 1 <= days <= MAX_DAYS:
        raise MisuseError(f"a device's term is 1 to {MAX_DAYS} days")
    await know_newest(desk, relay)
    chosen = _chosen(desk, devices, desk.surroundings.now() + days * DAY_S)
    signed = _signed(desk, chosen, desk.surroundings.now() + days * DAY_S)
    await publish_statement(desk, relay, *(each.encoded for each in signed))
    return chosen


def _chosen(desk: Desk, devices: Collection[DeviceId], not_after: int) -> tuple[DeviceId, ...]:
    now = desk.surroundings.now()
    in_service = {each.entry.device_id: each for each in desk.registry.devices_of(desk.oneself.entry_id, now)}
    ending = [device_id for device_id, each in in_service.items() if each.not_after - now <= REMIND_BEFORE_S]
    chosen = tuple(dict.fromkeys(devices or ending))
    if not chosen:
        raise MisuseError("no device's term ends within 60 days: name the device that is to be renewed")
    for device_id in chosen:
        device = in_service.get(device_id)
        if device is None:
            raise MisuseError(f"{device_id.hex()[:12]} is not in service: only what is may be prolonged")
        if not_after <= device.not_after:
            raise MisuseError(f"the term of {device_id.hex()[:12]} is {days_left(device, now)} days already")
    return chosen


def _signed(desk: Desk, devices: Collection[DeviceId], not_after: int) -> Iterator[SignedStatement]:
    office, private = desk.registry.offices[desk.oneself.entry_id], require_office_key(desk)
    sequence, previous = office.sequence, office.head
    for device_id in devices:
        sequence += 1
        renewal = Renewal(office.entry_id, device_id, not_after, sequence, previous)
        signed = sign_statement(renewal, {Signer.OFFICE: private})
        previous = signed.hash
        yield signed
