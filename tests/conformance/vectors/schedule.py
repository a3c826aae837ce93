"""The key schedule, pre-shared keys and transcript hashes (RFC 9420 section 8)."""

from dataclasses import fields

from tests.conformance.vectors.case import Case, hexed, same

from rogatory_crypto.mls import key_schedule
from rogatory_crypto.mls.framing import AuthenticatedContent
from rogatory_crypto.mls.key_schedule import ExternalPsk, GroupContext, PreSharedKeyId
from rogatory_crypto.primitives import cipher_suite


def key_schedule_case(case: Case) -> None:
    suite = cipher_suite(case["cipher_suite"])
    init = hexed(case["initial_init_secret"])
    for number, epoch in enumerate(case["epochs"]):
        tree_hash, confirmed = hexed(epoch["tree_hash"]), hexed(epoch["confirmed_transcript_hash"])
        context = GroupContext(1, suite.code, hexed(case["group_id"]), number, tree_hash, confirmed, ())
        encoded = context.encode()
        same(encoded.hex(), epoch["group_context"], "group_context")
        joiner = key_schedule.joiner_secret(suite, init, hexed(epoch["commit_secret"]), encoded)
        begun = key_schedule.begin_epoch(suite, joiner, hexed(epoch["psk_secret"]), encoded)
        for name in ("joiner_secret", "welcome_secret", "encryption_secret"):
            same(getattr(begun, name).hex(), epoch[name], name)
        welcome = key_schedule.welcome_secret(suite, joiner, hexed(epoch["psk_secret"]))
        same(welcome, begun.welcome_secret, "welcome_secret of a joiner")
        for field in fields(begun.secrets):
            same(getattr(begun.secrets, field.name).hex(), epoch[field.name], field.name)
        _, external = key_schedule.external_key_pair(suite, begun.secrets.external_secret)
        same(external.hex(), epoch["external_pub"], "external_pub")
        out = epoch["exporter"]
        exported = key_schedule.export(
            suite, begun.secrets.exporter_secret, out["label"].encode(), hexed(out["context"]), out["length"]
        )
        same(exported.hex(), out["secret"], "exporter")
        init = begun.secrets.init_secret


def psk_secret_case(case: Case) -> None:
    suite = cipher_suite(case["cipher_suite"])
    psks = tuple(
        (PreSharedKeyId(ExternalPsk(hexed(psk["psk_id"])), hexed(psk["psk_nonce"])), hexed(psk["psk"]))
        for psk in case["psks"]
    )
    same(key_schedule.psk_secret(suite, psks).hex(), case["psk_secret"], "psk_secret")


def transcript_hashes_case(case: Case) -> None:
    suite = cipher_suite(case["cipher_suite"])
    content = AuthenticatedContent.decode(hexed(case["authenticated_content"]))
    same(content.encode().hex(), case["authenticated_content"], "authenticated_content")
    before = hexed(case["interim_transcript_hash_before"])
    confirmed = key_schedule.confirmed_transcript_hash(suite, before, content.confirmed_transcript_input())
    same(confirmed.hex(), case["confirmed_transcript_hash_after"], "confirmed")
    tag = key_schedule.confirmation_tag(suite, hexed(case["confirmation_key"]), confirmed)
    same(tag, content.auth.confirmation_tag, "confirmation_tag")
    interim = key_schedule.interim_transcript_hash(suite, confirmed, tag)
    same(interim.hex(), case["interim_transcript_hash_after"], "interim")
