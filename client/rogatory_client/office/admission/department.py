"""What an officer of a secretariat does to admit an authority, and both sides of the call that follows."""

from rogatory_client.letter import EnrolmentLetter
from rogatory_client.office.admission import calling_back, invitation_letter, withdrawal
from rogatory_client.office.admission import listing as admissions_list
from rogatory_client.office.admission import procedure as admission
from rogatory_client.office.admission.view import AdmissionView, CallBackView, ProposalView, ProposedView
from rogatory_client.office.desk import Desk
from rogatory_client.transport import Line
from rogatory_crypto.wire.identifier import EntryId


class Admissions:
    """Part of an open office; see ``Office.admissions``."""

    def __init__(self, desk: Desk, line: Line) -> None:
        self._desk = desk
        self._line = line

    async def propose(
        self,
        entry_id: str,
        network: str,
        *,
        confirmer: str | None = None,
        days: int = 14,
        again: bool = False,
    ) -> ProposedView:
        """First officer: make a one-time code and propose the invitation to the second.

        Args:
            entry_id: the authority.
            network: by code, name or alias.
            confirmer: the second officer's device, by the beginning of its id, where there are several.
            days: how long the code works.
            again: whether an authority that is enrolled already shall get new keys.

        Raises:
            MisuseError: this authority may not be invited, or not by this officer; says why.
        """
        return await admission.propose(
            self._desk, self._line.relay, entry_id, network, confirmer=confirmer, days=days, again=again
        )

    async def consider(self, text: str) -> ProposalView:
        """Second officer: what the own verified directory says of the proposed authority; signs nothing.

        Raises:
            MisuseError: the authority may not be invited, or another officer is to confirm.
            PeerError: the proposal is not what two officers of this secretariat may say.
        """
        return await admission.consider(self._desk, self._line.relay, text)

    async def confirm(self, text: str) -> AdmissionView:
        """Second officer: sign, and publish the invitation; errors as ``consider``.

        Raises:
            TransportError: the relay or its witnesses cannot be reached; the next ``sync`` goes on.
        """
        return await admission.confirm(self._desk, self._line.relay, text)

    async def letter(self, entry_id: str, language: str | None = None) -> EnrolmentLetter:
        """First officer: the letter with the code, once the log has the invitation.

        Raises:
            MisuseError: it has not, or the code is not here; says what to do.
        """
        return await invitation_letter.write_letter(self._desk, self._line.relay, entry_id, language)

    async def withdraw(self, entry_id: str, confirmer: str | None = None) -> ProposedView | None:
        """Erase a code, and propose what ends its invitation; None if nobody has confirmed it.

        Raises:
            MisuseError: there is nothing to end.
        """
        return await withdrawal.withdraw(self._desk, self._line.relay, entry_id, confirmer)

    def list(self) -> tuple[AdmissionView, ...]:
        """How far each authority has come that this secretariat invited, as of the last ``sync``."""
        return admissions_list.list_admissions(self._desk)

    def call_back(self, entry_id: str, heard: str | None = None) -> CallBackView:
        """Secretariat: what to read to an enrolled office; compares and keeps what it read.

        Raises:
            MisuseError: this officer made the code, or the office is not this secretariat's.
            PeerError: MALFORMED for what cannot be such words; nothing is kept.
        """
        office = EntryId(entry_id)
        if heard is None:
            return calling_back.words_of(self._desk, office)
        return calling_back.compare_office(self._desk, office, heard)

    def answer_call(self, heard: str | None = None) -> CallBackView:
        """Office: what to read when the secretariat calls; compares and keeps what it read.

        Raises:
            MisuseError: this device is not enrolled.
            PeerError: MALFORMED for what cannot be such words; nothing is kept.
        """
        if heard is None:
            return calling_back.own_words(self._desk)
        return calling_back.compare_own(self._desk, heard)
