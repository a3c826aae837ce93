"""Cases about messages: their protection, and one of every structure that travels."""

from dataclasses import replace
from typing import Final

from tests.conformance.generator.histories import commit, founded
from tests.conformance.generator.seeded import Case, is_large, key_package, number

from rogatory_crypto.mls import (
    Add,
    CipherSuite,
    Extension,
    ExternalPsk,
    Group,
    GroupContextExtensions,
    PreSharedKey,
    Proposal,
    Random,
    ReInit,
    Remove,
    Update,
    framing,
    generate_signature_key,
    group_info,
    key_schedule,
    private_message,
    protect,
)
from rogatory_crypto.mls.framing import (
    AuthenticatedContent,
    Content,
    FramedContent,
    MemberSender,
    PublicMessage,
)
from rogatory_crypto.mls.key_schedule import GroupContext, PreSharedKeyId
from rogatory_crypto.mls.nodes import FromUpdate, LeafNode, leaf_place
from rogatory_crypto.mls.proposals import PROPOSAL, ByReference, ByValue, Commit, ExternalInit
from rogatory_crypto.mls.secret_tree import SecretTree
from rogatory_crypto.mls.tree_math import LeafIndex
from rogatory_crypto.mls.welcome import GroupSecrets, PathSecret, encode_message

_SENDER: Final = MemberSender(1)


class _Epoch:
    """One epoch of a group of two in which the second member speaks."""

    def __init__(self, suite: CipherSuite, random: Random) -> None:
        self.suite, self.random = suite, random
        self.group_id, self.epoch = random(16), number(random, 1 << 48)
        self.tree_hash, self.confirmed = random(suite.hash_size), random(suite.hash_size)
        self.signer = generate_signature_key(suite, random)
        self.encryption_secret, self.sender_data_secret = random(suite.hash_size), random(suite.hash_size)
        self.membership_key = random(suite.hash_size)
        self.context = GroupContext(
            1, suite.code, self.group_id, self.epoch, self.tree_hash, self.confirmed, ()
        ).encode()

    def _signed(self, content: Content, wire_format: int) -> AuthenticatedContent:
        framed = FramedContent(self.group_id, self.epoch, _SENDER, b"", content)
        signed = framing.sign(self.suite, self.signer.private, wire_format, framed, self.context)
        if isinstance(content, Commit):
            return signed.with_confirmation_tag(self.random(self.suite.hash_size))
        return signed

    def private(self, content: Content) -> str:
        """Return it as a PrivateMessage of the first generation."""
        tree = SecretTree(self.suite, 2, self.encryption_secret)
        signed = self._signed(content, framing.PRIVATE_MESSAGE)
        _, message = private_message.seal(self.suite, signed, self.sender_data_secret, tree, self.random)
        return encode_message(message).hex()

    def public(self, content: Content) -> str:
        """Return it as a PublicMessage."""
        signed = self._signed(content, framing.PUBLIC_MESSAGE)
        message = framing.seal_public(self.suite, self.membership_key, signed, self.context)
        return encode_message(message).hex()

    def public_application(self, data: bytes) -> str:
        """Return application data in the open, which decodes and which nobody may accept (B03)."""
        signed = self._signed(data, framing.PUBLIC_MESSAGE)
        tag = self.random(self.suite.hash_size)
        message = PublicMessage(signed.content, signed.encoded_content, signed.auth, tag)
        return encode_message(message).hex()


def message_protection_cases(suite: CipherSuite, random: Random) -> list[Case]:
    """A proposal, a commit and application data of one member in one epoch."""
    at = _Epoch(suite, random)
    proposal: Proposal = Remove(0)
    commit, application = Commit((ByValue(Remove(0)),), None), random(50)
    return [
        {
            "cipher_suite": suite.code,
            "group_id": at.group_id.hex(),
            "epoch": at.epoch,
            "tree_hash": at.tree_hash.hex(),
            "confirmed_transcript_hash": at.confirmed.hex(),
            "signature_priv": at.signer.private.hex(),
            "signature_pub": at.signer.public.hex(),
            "encryption_secret": at.encryption_secret.hex(),
            "sender_data_secret": at.sender_data_secret.hex(),
            "membership_key": at.membership_key.hex(),
            "proposal": PROPOSAL.encode(proposal).hex(),
            "proposal_pub": at.public(proposal),
            "proposal_priv": at.private(proposal),
            "commit": commit.encode().hex(),
            "commit_pub": at.public(commit),
            "commit_priv": at.private(commit),
            "application": application.hex(),
            "application_priv": at.private(application),
        }
    ]


def updated_leaf(group: Group, random: Random) -> LeafNode:
    """Return a fresh leaf for the group's own seat, as an Update carries it."""
    suite, seat = group.suite, group.own_leaf
    old = group.tree.leaf(LeafIndex(seat))
    if old is None:
        raise LookupError("a member without a leaf")
    _, public = suite.kem.derive_key_pair(random(suite.hash_size))
    leaf = replace(old, encryption_key=public, source=FromUpdate())
    return leaf.signed(suite, group.signer.private, leaf_place(group.group_id, seat))


def messages_cases(suite: CipherSuite, random: Random) -> list[Case]:
    """One of every structure, taken from one group."""
    group, newcomer = (
        founded(suite, random, 2 if is_large(suite) else 3),
        key_package(suite, "newcomer", random),
    )
    staged = commit(group, random, add=[newcomer.message], remove=[1], include_tree=False)
    update = updated_leaf(group, random)
    at = _Epoch(suite, random)
    _, signed = protect(group, random(20), random=random)
    psk = PreSharedKeyId(ExternalPsk(random(8)), random(suite.hash_size))
    kem_output, _ = key_schedule.offer_external_init(suite, newcomer.package.init_key, random)
    secrets = GroupSecrets(random(suite.hash_size), PathSecret(random(suite.hash_size)), (psk,))
    proposals = {
        "add_proposal": Add(newcomer.package),
        "update_proposal": Update(update),
        "remove_proposal": Remove(1),
        "pre_shared_key_proposal": PreSharedKey(psk),
        "re_init_proposal": ReInit(random(16), 1, suite.code, (Extension(0xFF01, random(4)),)),
        "external_init_proposal": ExternalInit(kem_output),
        "group_context_extensions_proposal": GroupContextExtensions((Extension(0xFF01, b""),)),
    }
    body = Commit((ByValue(Remove(1)), ByReference(random(suite.hash_size))), None)
    return [
        {
            "mls_welcome": (staged.welcome or b"").hex(),
            "mls_group_info": group_info(group, external=True).hex(),
            "mls_key_package": newcomer.message.hex(),
            "ratchet_tree": group.ratchet_tree.hex(),
            "group_secrets": secrets.encode().hex(),
            **{name: PROPOSAL.encode(proposal)[2:].hex() for name, proposal in proposals.items()},
            "commit": body.encode().hex(),
            "public_message_application": at.public_application(random(20)),
            "public_message_proposal": at.public(proposals["update_proposal"]),
            "public_message_commit": staged.message.hex(),
            "private_message": signed.hex(),
        }
    ]


def welcome_cases(suite: CipherSuite, random: Random) -> list[Case]:
    """Somebody joins a group of two; the tree travels elsewhere."""
    group, newcomer = founded(suite, random, 2), key_package(suite, "newcomer", random)
    staged = commit(group, random, add=[newcomer.message], include_tree=False)
    return [
        {
            "cipher_suite": suite.code,
            "init_priv": newcomer.init_private.hex(),
            "key_package": newcomer.message.hex(),
            "signer_pub": group.signer.public.hex(),
            "welcome": (staged.welcome or b"").hex(),
        }
    ]
