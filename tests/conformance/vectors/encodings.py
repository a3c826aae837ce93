"""A Welcome, opened by hand, and every structure that travels (RFC 9420 sections 6, 12.4.3)."""

from tests.conformance.vectors.case import Case, hexed, same

from rogatory_crypto.mls import key_schedule
from rogatory_crypto.mls.nodes import RATCHET_TREE_FIELD, KeyPackage
from rogatory_crypto.mls.proposals import PROPOSAL, Commit
from rogatory_crypto.mls.welcome import (
    WELCOME_LABEL,
    GroupInfo,
    GroupSecrets,
    Welcome,
    decode_message,
    encode_message,
)
from rogatory_crypto.primitives import cipher_suite


def welcome_case(case: Case) -> None:
    suite = cipher_suite(case["cipher_suite"])
    package, welcome = decode_message(hexed(case["key_package"])), decode_message(hexed(case["welcome"]))
    if not isinstance(package, KeyPackage) or not isinstance(welcome, Welcome):
        raise TypeError("not a KeyPackage and a Welcome")
    reference = package.reference(suite)
    entries = {entry.new_member: entry for entry in welcome.secrets}
    entry = entries[reference]
    sealed = entry.encrypted_group_secrets
    private, context = hexed(case["init_priv"]), welcome.encrypted_group_info
    opened = suite.decrypt_with_label(private, WELCOME_LABEL, context, sealed.kem_output, sealed.ciphertext)
    secrets = GroupSecrets.decode(opened)
    nothing = key_schedule.psk_secret(suite, ())
    secret = key_schedule.welcome_secret(suite, secrets.joiner_secret, nothing)
    key, nonce = key_schedule.welcome_key(suite, secret)
    info = GroupInfo.decode(suite.aead.open(key, nonce, b"", welcome.encrypted_group_info))
    info.verify_signature(suite, hexed(case["signer_pub"]))
    begun = key_schedule.begin_epoch(suite, secrets.joiner_secret, nothing, info.group_context.encode())
    confirmed = info.group_context.confirmed_transcript_hash
    tag = key_schedule.confirmation_tag(suite, begun.secrets.confirmation_key, confirmed)
    same(info.confirmation_tag, tag, "confirmation_tag")


_PROPOSAL_TAGS = {
    "add_proposal": 1,
    "update_proposal": 2,
    "remove_proposal": 3,
    "pre_shared_key_proposal": 4,
    "re_init_proposal": 5,
    "external_init_proposal": 6,
    "group_context_extensions_proposal": 7,
}


def messages_case(case: Case) -> None:
    for name, text in case.items():
        data = hexed(text)
        if name in _PROPOSAL_TAGS:
            tagged = _PROPOSAL_TAGS[name].to_bytes(2, "big") + data
            again = PROPOSAL.encode(PROPOSAL.decode(tagged))[2:]
        elif name == "ratchet_tree":
            again = RATCHET_TREE_FIELD.encode(RATCHET_TREE_FIELD.decode(data))
        elif name == "group_secrets":
            again = GroupSecrets.decode(data).encode()
        elif name == "commit":
            again = Commit.decode(data).encode()
        elif name.startswith(("mls_", "public_message_", "private_message")):
            again = encode_message(decode_message(data))
        else:
            raise AssertionError(f"an unknown message {name}")
        same(again, data, name)
