"""One office at work: the asynchronous face of the client, for the command line and later screens."""

from rogatory_client.office.admission.view import (
    AdmissionState,
    AdmissionView,
    CallBackView,
    ProposalView,
    ProposedView,
)
from rogatory_client.office.carrier.view import CarriedInView, CarriedOutView
from rogatory_client.office.carry_over.view import CarriedView, CarryOverView, CarryProposalView
from rogatory_client.office.cases.view import CaseStateView, ChangeView, DueView, TermView
from rogatory_client.office.company.view import CompanyView
from rogatory_client.office.deliveries.view import (
    CaseDeliveriesView,
    DeliveryView,
    DeviceStateView,
    FailureView,
    ProofView,
    RecipientView,
    TermsView,
    UnreadableView,
)
from rogatory_client.office.devices.letting_back import ReturnView
from rogatory_client.office.drafts.file import DraftFile, read_draft_file, write_draft_file
from rogatory_client.office.drafts.view import ConflictView, DraftCheck, DraftMerge, DraftView, TemplateView
from rogatory_client.office.facade import Office
from rogatory_client.office.mailbox.view import (
    AssignmentView,
    DeputyView,
    HandedOverView,
    InboxItem,
    InboxView,
    NoteView,
)
from rogatory_client.office.networks.view import MemberView, NetworkProposalView, SaidBy
from rogatory_client.office.register.search_view import Found, Hit
from rogatory_client.office.register.view import (
    RegisterFilter,
    RegisterPage,
    RegisterRow,
    SavedView,
    StatisticsView,
)
from rogatory_client.office.releases.view import ReleaseView
from rogatory_client.office.retention.view import ConsentView, HoldView, PurgeView, RetentionView
from rogatory_client.office.view import (
    LOG_ENTRIES,
    AlarmView,
    AttachmentView,
    DeviceView,
    EntryView,
    Event,
    Identity,
    LinkRequest,
    MessageView,
    OutboxView,
    Progress,
    ReceiptView,
    RoomView,
    SyncReport,
    VoucherView,
    as_dict,
)

__all__ = [
    "LOG_ENTRIES",
    "AdmissionState",
    "AdmissionView",
    "AlarmView",
    "AssignmentView",
    "AttachmentView",
    "CallBackView",
    "CarriedInView",
    "CarriedOutView",
    "CarriedView",
    "CarryOverView",
    "CarryProposalView",
    "CaseDeliveriesView",
    "CaseStateView",
    "ChangeView",
    "CompanyView",
    "ConflictView",
    "ConsentView",
    "DeliveryView",
    "DeputyView",
    "DeviceStateView",
    "DeviceView",
    "DraftCheck",
    "DraftFile",
    "DraftMerge",
    "DraftView",
    "DueView",
    "EntryView",
    "Event",
    "FailureView",
    "Found",
    "HandedOverView",
    "Hit",
    "HoldView",
    "Identity",
    "InboxItem",
    "InboxView",
    "LinkRequest",
    "MemberView",
    "MessageView",
    "NetworkProposalView",
    "NoteView",
    "Office",
    "OutboxView",
    "Progress",
    "ProofView",
    "ProposalView",
    "ProposedView",
    "PurgeView",
    "ReceiptView",
    "RecipientView",
    "RegisterFilter",
    "RegisterPage",
    "RegisterRow",
    "ReleaseView",
    "RetentionView",
    "ReturnView",
    "RoomView",
    "SaidBy",
    "SavedView",
    "StatisticsView",
    "SyncReport",
    "TemplateView",
    "TermView",
    "TermsView",
    "UnreadableView",
    "VoucherView",
    "as_dict",
    "read_draft_file",
    "write_draft_file",
]
