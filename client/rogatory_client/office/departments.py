"""The departments of an office: each does one kind of work at the desk that all of them share."""

from collections.abc import Awaitable, Callable

from rogatory_client.office.admission.department import Admissions
from rogatory_client.office.carrier.department import Carrier
from rogatory_client.office.carry_over.department import CarryingOver
from rogatory_client.office.cases.department import Cases
from rogatory_client.office.company.department import CaseCompany
from rogatory_client.office.consultations import Consultations
from rogatory_client.office.deliveries.department import Deliveries
from rogatory_client.office.desk import Desk
from rogatory_client.office.devices.department import Lifecycle
from rogatory_client.office.devices.partner_keys import Partners
from rogatory_client.office.drafts.department import Drafts
from rogatory_client.office.drafts.requirements import Requirements
from rogatory_client.office.evidence.bundling import Bundles
from rogatory_client.office.evidence.verdicts import Verdicts
from rogatory_client.office.mailbox.department import Mailbox
from rogatory_client.office.networks.department import Networks
from rogatory_client.office.register.department import Register
from rogatory_client.office.register.searching import Searching
from rogatory_client.office.releases.department import Releases
from rogatory_client.office.retention.department import Retaining
from rogatory_client.office.urgent.department import Urgent
from rogatory_client.office.view import SyncReport
from rogatory_client.transport import Line


class Departments:
    """What an office does besides speaking.

    Attributes:
        admissions: what an officer of a secretariat does to admit an authority, and the call that follows.
        bundles: a case for a court.
        carrier: files for a USB stick or for mail, where there is no line.
        carry_over: what of a consultation becomes part of a request.
        cases: the state of a case.
        company: who is in a case: officers, other offices, liaisons.
        deliveries: how messages arrive, and how long evidence of that is waited for.
        consultations: whom to ask informally, and without naming anybody.
        drafts: what is being written.
        lifecycle: what becomes of the office's devices and keys.
        mailbox: notes, assignments, deputies and the shared inbox; nothing of it leaves the office.
        networks: who belongs to which.
        partners: others whose keys changed.
        urgent: what waits, calls, cases that go on from others, reminders.
        register: one row a request, filtered, counted, exported.
        retention: what is kept for how long, held, and purged.
        search: in all that was said, and in drafts.
        requirements: what the addressee of a draft asks for.
        releases: requests that wait for a second officer.
        verdicts: what checks of signatures on received files have said.
    """

    def __init__(self, desk: Desk, line: Line, sync: Callable[[], Awaitable[SyncReport]]) -> None:
        self._desk = desk
        self._line = line
        self.admissions = Admissions(desk, line)
        self.bundles = Bundles(desk)
        self.carrier = Carrier(desk)
        self.carry_over = CarryingOver(desk)
        self.cases = Cases(desk)
        self.company = CaseCompany(desk)
        self.deliveries = Deliveries(desk, line)
        self.consultations = Consultations(desk)
        self.drafts = Drafts(desk)
        self.lifecycle = Lifecycle(desk, line, sync)
        self.mailbox = Mailbox(desk)
        self.networks = Networks(desk, line)
        self.partners = Partners(desk)
        self.urgent = Urgent(desk)
        self.register = Register(desk)
        self.requirements = Requirements(desk)
        self.retention = Retaining(desk)
        self.search = Searching(desk)
        self.releases = Releases(desk, line)
        self.verdicts = Verdicts(desk)
