"""Cases about the secrets of an epoch: schedule, pre-shared keys, transcripts, message keys."""

from dataclasses import fields

from tests.conformance.generator.seeded import Case

from rogatory_crypto.mls import CipherSuite, Random, generate_signature_key, key_schedule, secret_tree
from rogatory_crypto.mls.framing import (
    PUBLIC_MESSAGE,
    FramedContent,
    MemberSender,
    sign,
)
from rogatory_crypto.mls.key_schedule import ExternalPsk, GroupContext, NewEpoch, PreSharedKeyId
from rogatory_crypto.mls.proposals import ByValue, Commit, Remove
from rogatory_crypto.mls.secret_tree import RatchetKind, SecretTree
from rogatory_crypto.mls.tree_math import LeafIndex


def key_schedule_cases(suite: CipherSuite, random: Random) -> list[Case]:
    """Three epochs in a row, the second without a pre-shared key."""
    group_id, init = random(16), random(suite.hash_size)
    case: Case = {
        "cipher_suite": suite.code,
        "group_id": group_id.hex(),
        "initial_init_secret": init.hex(),
        "epochs": [],
    }
    for epoch in range(3):
        tree_hash, confirmed = random(suite.hash_size), random(suite.hash_size)
        commit_secret = random(suite.hash_size)
        psk_secret = bytes(suite.hash_size) if epoch == 1 else random(suite.hash_size)
        context = GroupContext(1, suite.code, group_id, epoch, tree_hash, confirmed, ()).encode()
        joiner = key_schedule.joiner_secret(suite, init, commit_secret, context)
        begun = key_schedule.begin_epoch(suite, joiner, psk_secret, context)
        case["epochs"].append(
            {
                "tree_hash": tree_hash.hex(),
                "commit_secret": commit_secret.hex(),
                "psk_secret": psk_secret.hex(),
                "confirmed_transcript_hash": confirmed.hex(),
                "group_context": context.hex(),
                **_computed(suite, begun, random),
            }
        )
        init = begun.secrets.init_secret
    return [case]


def _computed(suite: CipherSuite, begun: NewEpoch, random: Random) -> Case:
    secrets, context, length = begun.secrets, random(32), 48
    exported = key_schedule.export(suite, secrets.exporter_secret, b"exporter", context, length)
    _, external_pub = key_schedule.external_key_pair(suite, secrets.external_secret)
    return {
        "joiner_secret": begun.joiner_secret.hex(),
        "welcome_secret": begun.welcome_secret.hex(),
        "encryption_secret": begun.encryption_secret.hex(),
        **{field.name: getattr(secrets, field.name).hex() for field in fields(secrets)},
        "external_pub": external_pub.hex(),
        "exporter": {
            "label": "exporter",
            "context": context.hex(),
            "length": length,
            "secret": exported.hex(),
        },
    }


def psk_secret_cases(suite: CipherSuite, random: Random) -> list[Case]:
    """No key, one, and several."""
    return [_psk_secret(suite, random, number_of_psks) for number_of_psks in (0, 1, 2, 5)]


def _psk_secret(suite: CipherSuite, random: Random, number_of_psks: int) -> Case:
    psks = [(random(16), random(suite.hash_size), random(32)) for _ in range(number_of_psks)]
    named = tuple((PreSharedKeyId(ExternalPsk(psk_id), nonce), psk) for psk_id, nonce, psk in psks)
    return {
        "cipher_suite": suite.code,
        "psks": [
            {"psk_id": psk_id.hex(), "psk_nonce": nonce.hex(), "psk": psk.hex()}
            for psk_id, nonce, psk in psks
        ],
        "psk_secret": key_schedule.psk_secret(suite, named).hex(),
    }


def transcript_hashes_cases(suite: CipherSuite, random: Random) -> list[Case]:
    """One commit in the open."""
    before, confirmation_key = random(suite.hash_size), random(suite.hash_size)
    content = FramedContent(random(16), 7, MemberSender(1), b"", Commit((ByValue(Remove(0)),), None))
    signer = generate_signature_key(suite, random)
    signed = sign(suite, signer.private, PUBLIC_MESSAGE, content, random(64))
    confirmed = key_schedule.confirmed_transcript_hash(suite, before, signed.confirmed_transcript_input())
    tag = key_schedule.confirmation_tag(suite, confirmation_key, confirmed)
    return [
        {
            "cipher_suite": suite.code,
            "confirmation_key": confirmation_key.hex(),
            "authenticated_content": signed.with_confirmation_tag(tag).encode().hex(),
            "interim_transcript_hash_before": before.hex(),
            "confirmed_transcript_hash_after": confirmed.hex(),
            "interim_transcript_hash_after": key_schedule.interim_transcript_hash(
                suite, confirmed, tag
            ).hex(),
        }
    ]


def secret_tree_cases(suite: CipherSuite, random: Random) -> list[Case]:
    """One seat and eight, two generations of each."""
    return [_secret_tree(suite, random, leaves) for leaves in (1, 8)]


def _secret_tree(suite: CipherSuite, random: Random, leaves: int) -> Case:
    encryption_secret, sender_data_secret, ciphertext = (
        random(suite.hash_size),
        random(suite.hash_size),
        random(48),
    )
    outer = secret_tree.sender_data_key(suite, sender_data_secret, ciphertext)
    tree = SecretTree(suite, leaves, encryption_secret)
    return {
        "cipher_suite": suite.code,
        "sender_data": {
            "sender_data_secret": sender_data_secret.hex(),
            "ciphertext": ciphertext.hex(),
            "key": outer.key.hex(),
            "nonce": outer.nonce.hex(),
        },
        "encryption_secret": encryption_secret.hex(),
        "leaves": [[_generation(tree, leaf, at) for at in (0, 15)] for leaf in range(leaves)],
    }


def _generation(tree: SecretTree, leaf: int, generation: int) -> Case:
    case: Case = {"generation": generation}
    for kind in RatchetKind:
        _, _, key = tree.take(LeafIndex(leaf), kind, generation)
        case[f"{kind.name.lower()}_key"] = key.key.hex()
        case[f"{kind.name.lower()}_nonce"] = key.nonce.hex()
    return case
