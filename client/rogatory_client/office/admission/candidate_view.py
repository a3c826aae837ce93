"""What the directory says of an authority, as the second officer reads it before he signs."""

from dataclasses import asdict
from typing import Final, TypedDict

from rogatory_client.office.admission.eligibility import Candidate, ended_by
from rogatory_client.office.admission.view import ProposalView
from rogatory_client.office.desk import Desk
from rogatory_crypto.identity import Invitation
from rogatory_crypto.wire.identifier import DeviceId
from rogatory_directory_sync import Record


class _Listed(TypedDict):
    name: str
    state: str | None
    kind: str
    unit: str | None
    address: tuple[str, ...]
    telephones: tuple[str, ...]
    mailboxes: tuple[str, ...]
    channels: dict[str, str]


_UNLISTED: Final = _Listed(
    name="", state=None, kind="", unit=None, address=(), telephones=(), mailboxes=(), channels={}
)


def proposal_view(desk: Desk, invitation: Invitation, invited: Candidate) -> ProposalView:
    """Return a judged invitation beside what this device's own directory and log say."""
    now = desk.surroundings.now()
    return ProposalView(
        **_listed(invited.record),
        entry_id=invited.entry_id,
        network=invited.network,
        enrolled=invited.entry_id in desk.registry.offices,
        devices=len(desk.registry.devices_of(invited.entry_id, now)),
        replaces=any(
            each.invitation.entry_id == invited.entry_id
            and not (each.used or each.replaced)
            and now < each.invitation.expires_at
            for each in desk.registry.invitations
        ),
        proposer=officer_of(desk, invitation.proposer),
        proposer_role=role_of(desk, invitation.proposer),
        proposer_device="" if invitation.proposer is None else invitation.proposer.hex(),
        confirmer=officer_of(desk, invitation.confirmer),
        issued_at=invitation.issued_at,
        expires_at=invitation.expires_at,
        ends=ended_by(desk, invitation) is not None,
    )


def _listed(record: Record | None) -> _Listed:
    if record is None:
        return _UNLISTED
    return _Listed(
        name=record.name_en,
        state=None if record.state is None else record.state.name,
        kind=record.kind.value,
        unit=record.unit,
        address=_address(record),
        telephones=telephones(record),
        mailboxes=tuple(each.address for each in record.emails),
        channels={name: said for name, said in asdict(record.channels).items() if isinstance(said, str)},
    )


def officer_of(desk: Desk, device_id: DeviceId | None) -> str:
    """Return the function of a device's officer; empty for a device that the log does not know."""
    device = None if device_id is None else desk.registry.devices.get(device_id)
    return "" if device is None else device.entry.officer


def role_of(desk: Desk, device_id: DeviceId | None) -> str:
    """Return the role of a device's officer; empty for a device that the log does not know."""
    device = None if device_id is None else desk.registry.devices.get(device_id)
    return "" if device is None else device.entry.role.value


def telephones(record: Record) -> tuple[str, ...]:
    """Return the numbers on which somebody answers."""
    spoken = (each for each in record.phones if each.type.value != "fax")
    return tuple(number for each in spoken if (number := each.e164 or each.raw))


def _address(record: Record) -> tuple[str, ...]:
    address = record.address
    if address is None:
        return ()
    town = " ".join(part for part in (address.postal_code, address.city) if part)
    return tuple(line for line in (*address.lines, town, address.country) if line)
