"""What officers do about the members of networks: two of a secretariat decide, everybody may compare."""

from rogatory_client.office.desk import Desk
from rogatory_client.office.networks import admission as network_admission
from rogatory_client.office.networks.members import list_members
from rogatory_client.office.networks.view import MemberView, NetworkProposalView
from rogatory_client.transport import Line


class Networks:
    """Part of an open office; see ``Office.networks``."""

    def __init__(self, desk: Desk, line: Line) -> None:
        self._desk = desk
        self._line = line

    async def propose(self, entry_id: str, network: str, *, admitted: bool = True) -> NetworkProposalView:
        """First officer: sign that an authority belongs to the network, or does no longer.

        Raises:
            MisuseError: this officer may not decide that, or the log says so already; says why.
        """
        return await network_admission.propose(
            self._desk, self._line.relay, entry_id, network, admitted=admitted
        )

    async def consider(self, text: str) -> NetworkProposalView:
        """Second officer: what is proposed, beside the own verified directory; signs nothing.

        Raises:
            MisuseError: this officer may not decide that.
            PeerError: the log would not take it; CONFLICT where it must be proposed anew.
        """
        return await network_admission.consider(self._desk, self._line.relay, text)

    async def confirm(self, text: str) -> MemberView | None:
        """Second officer: sign and publish; None where the authority belongs to the network no more.

        Raises:
            MisuseError, PeerError: as ``consider``.
            TransportError: the relay or its witnesses cannot be reached; the next ``sync`` goes on.
        """
        return await network_admission.confirm(self._desk, self._line.relay, text)

    def members(self, network: str | None = None) -> tuple[MemberView, ...]:
        """Members by the log beside those by the directory, as of the last ``sync``; of all networks if None.

        Raises:
            MisuseError: there is no such network.
        """
        return list_members(self._desk, network)
