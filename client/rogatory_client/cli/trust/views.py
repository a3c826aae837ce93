"""A network's root of trust as people read it: who decides, what is believed, what still waits for whom."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from tuf.api.metadata import Root, Targets

from rogatory_client.cli.answer import Block, Facts, Line, Table, Tone
from rogatory_client.cli.trust.folder import ROOT_DRAFT, TARGETS, TARGETS_DRAFT, TrustFolder
from rogatory_crypto.log.ceremony import OPERATORS, TRUSTEES, Signatures, role_keys, version_of
from rogatory_crypto.log.note_key import SignatureType, VerifierKey
from rogatory_crypto.log.root import NetworkTrust, read_network_trust
from rogatory_crypto.log.witness_policy import Group, Policy

_SHORT: Final = 12
_WHAT: Final = {OPERATORS: "the next root", TRUSTEES: "what the network believes"}
_ALGORITHMS: Final = {
    SignatureType.ED25519: "Ed25519",
    SignatureType.COSIGNATURE_ED25519: "Ed25519",
    SignatureType.COSIGNATURE_ML_DSA_44: "ML-DSA-44",
}


def date_of(at: int) -> str:
    """Return unix seconds as a day in UTC."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}"


def describe(folder: TrustFolder) -> dict[str, object]:
    """Return a folder's content for programs; nothing in it is judged."""
    root, trust = _newest_root(folder), folder.trust_draft or folder.trust
    return {
        "root": None if root is None else _root_data(root),
        "trust": None if trust is None else _trust_data(read_network_trust(trust)),
        "files": [_file_data(*each) for each in _files(folder)],
        "waiting": waiting_data(folder),
    }


def waiting_data(folder: TrustFolder) -> list[dict[str, object]]:
    """Return whose signatures each draft needs, for programs."""
    return [
        {
            "file": name,
            "operators_of_root": each.whose,
            "threshold": each.threshold,
            "signed": list(each.signed),
            "unsigned": list(each.unsigned),
            "missing": each.missing,
        }
        for name, needed in folder.needs().items()
        for each in needed
    ]


def blocks(folder: TrustFolder, now: int) -> list[Block]:
    """Return a folder's content for people; ``now`` is in unix seconds."""
    root, trust = _newest_root(folder), folder.trust_draft or folder.trust
    shown: list[Block] = [] if root is None else [_operators(root, now)]
    if trust is not None:
        shown += _trust(read_network_trust(trust), now)
    rows = [(name, str(version), _until(expires_at, now)) for name, version, expires_at in _files(folder)]
    shown.append(Table(("file", "version", "valid until"), rows, "Nothing is here yet."))
    return shown + list(waiting(folder))


def waiting(folder: TrustFolder) -> Iterable[Line]:
    """Say what is missing, a sentence for each draft and group of operators."""
    for name, needed in folder.needs().items():
        for each in needed:
            yield _missing(name, each)
    if not folder.has_drafts:
        yield Line("Nothing waits for a signature.")


def weaknesses(folder: TrustFolder) -> tuple[str, ...]:
    """Say what holds and is still unwise, a sentence each."""
    root, trust = _newest_root(folder), folder.trust_draft or folder.trust
    found = []
    if root is not None:
        alone = [what for role, what in _WHAT.items() if role_keys(root, role)[1] == 1]
        found += [f"one operator alone decides {what}: let two or more have to sign" for what in alone]
    if trust is not None and read_network_trust(trust).policy.quorum is None:
        found.append("no witness must cosign: the relay could show two histories of its log unnoticed")
    return tuple(found)


def _missing(name: str, needed: Signatures) -> Line:
    have = f"{len(needed.signed)} of {needed.threshold} signatures by the operators of root {needed.whose}"
    if not needed.missing:
        return Line(f"{name}: {have}; enough.", Tone.NEW)
    who = ", ".join(each[:_SHORT] for each in needed.unsigned)
    return Line(f"{name}: {have}; {needed.missing} missing, of {who}.", Tone.WAITING)


def _newest_root(folder: TrustFolder) -> bytes | None:
    return folder.root_draft or (folder.roots[-1] if folder.roots else None)


def _files(folder: TrustFolder) -> Iterable[tuple[str, int, int]]:
    for data in folder.roots:
        version, expires_at = version_of(data, Root)
        yield f"{version}.root.json", version, expires_at
    if folder.root_draft is not None:
        yield (ROOT_DRAFT, *version_of(folder.root_draft, Root))
    for name, trust in ((TARGETS, folder.trust), (TARGETS_DRAFT, folder.trust_draft)):
        if trust is not None:
            yield (name, *version_of(trust, Targets))


def _until(expires_at: int, now: int) -> str:
    return date_of(expires_at) + (", expired" if now >= expires_at else "")


def _operators(root: bytes, now: int) -> Table:
    rows = []
    for role, what in _WHAT.items():
        keys, threshold = role_keys(root, role)
        rows += [
            (what, f"{threshold} of {len(keys)}", keyid[:_SHORT], algorithm)
            for keyid, algorithm in keys.items()
        ]
    version, expires_at = version_of(root, Root)
    title = f"Root {version}, valid until {_until(expires_at, now)}: who decides"
    return Table(("decides", "signatures", "key", "algorithm"), rows, "", title)


def _trust(trust: NetworkTrust, now: int) -> list[Block]:
    logs = [("log", log.key.name, _key_text(log.key), _url(log.url)) for log in trust.policy.logs]
    witnesses = [
        (witness.name.decode("latin-1"), witness.key.name, _key_text(witness.key), _url(witness.url))
        for witness in trust.policy.witnesses
    ]
    secretariats = [(network, entry_id) for network, entry_id in sorted(trust.secretariats.items())]
    return [
        Line(f"Network trust {trust.version}, valid until {_until(trust.expires_at, now)}", Tone.TITLE),
        Facts(
            [
                ("Directory key", trust.directory_key.fingerprint),
                ("Postmark key", trust.postmark_key.hex()),
                ("Must cosign", quorum_text(trust.policy)),
            ]
        ),
        Table(("witness", "key name", "key", "address"), logs + witnesses, ""),
        Table(("network", "secretariat"), secretariats, "No network has a secretariat."),
    ]


def quorum_text(policy: Policy) -> str:
    """Say in words who must cosign."""
    groups = {group.name: group for group in policy.groups}

    def words(name: bytes) -> str:
        group = groups.get(name)
        return name.decode("latin-1") if group is None else group_words(group)

    def group_words(group: Group) -> str:
        members = ", ".join(words(member) for member in group.members)
        return f"{group.threshold} of ({members})"

    return "nobody" if policy.quorum is None else words(policy.quorum)


def _key_text(key: VerifierKey) -> str:
    return f"{_ALGORITHMS[key.type]} {key.key_id.hex()}"


def _url(url: bytes | None) -> str:
    return "" if url is None else url.decode("latin-1")


def _root_data(root: bytes) -> dict[str, object]:
    version, expires_at = version_of(root, Root)
    roles: dict[str, object] = {}
    for role in _WHAT:
        keys, threshold = role_keys(root, role)
        roles[role] = {"threshold": threshold, "keys": dict(keys)}
    return {"version": version, "expires_at": expires_at, "roles": roles}


def _trust_data(trust: NetworkTrust) -> dict[str, object]:
    policy = trust.policy
    return {
        "version": trust.version,
        "expires_at": trust.expires_at,
        "directory_key": trust.directory_key.hex(),
        "directory_key_fingerprint": trust.directory_key.fingerprint,
        "postmark_key": trust.postmark_key.hex(),
        "logs": [{"key": log.key.encode(), "url": _url(log.url) or None} for log in policy.logs],
        "witnesses": [
            {"name": each.name.decode("latin-1"), "key": each.key.encode(), "url": _url(each.url) or None}
            for each in policy.witnesses
        ],
        "quorum": quorum_text(policy),
        "secretariats": dict(trust.secretariats),
    }


def _file_data(name: str, version: int, expires_at: int) -> dict[str, object]:
    return {"file": name, "version": version, "expires_at": expires_at}
