"""A trust folder: signed roots and network trust under TUF's names, and drafts that wait for signatures.

``1.root.json``, ``2.root.json``, ... and ``targets.json`` are what relay and offices get. ``root.draft.json``
and ``targets.draft.json`` go round among the operators; they take their final names together, once neither
waits for anybody.
"""

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from tuf.api.metadata import Root, Targets

from rogatory_client.bounded_file import new_file, read_bytes
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.log.ceremony import (
    Signatures,
    key_id,
    root_signatures,
    trust_signatures,
    version_of,
)
from rogatory_crypto.log.pinned import PinnedTrust, verify_pinned
from rogatory_crypto.log.root_signing import PrivateKey, sign_metadata
from rogatory_crypto.log.tuf_metadata import MAX_METADATA_BYTES

TARGETS: Final = "targets.json"
ROOT_DRAFT: Final = "root.draft.json"
TARGETS_DRAFT: Final = "targets.draft.json"
_ROOT: Final = re.compile(r"([1-9][0-9]{0,5})\.root\.json")


@dataclass(frozen=True, slots=True)
class TrustFolder:
    """What is in a folder.

    Attributes:
        roots: signed roots, oldest first.
        trust: the signed network trust.
        root_draft, trust_draft: what waits for signatures.
    """

    path: Path
    roots: tuple[bytes, ...] = ()
    trust: bytes | None = None
    root_draft: bytes | None = None
    trust_draft: bytes | None = None

    @property
    def deciding_root(self) -> bytes:
        """The root that the next network trust is signed under.

        Raises:
            MisuseError: there is none.
        """
        if self.root_draft is not None:
            return self.root_draft
        if not self.roots:
            raise MisuseError(f"{self.path} holds no root of trust: begin with `rogatory trust draft`")
        return self.roots[-1]

    @property
    def has_drafts(self) -> bool:
        """Whether anything waits for signatures."""
        return self.root_draft is not None or self.trust_draft is not None

    def require_drafts(self) -> None:
        """Return only if something waits for signatures.

        Raises:
            MisuseError: nothing does.
        """
        if not self.has_drafts:
            raise MisuseError(f"nothing in {self.path} waits for a signature")

    def needs(self) -> dict[str, tuple[Signatures, ...]]:
        """Return whose signatures each draft needs, by its name."""
        needs: dict[str, tuple[Signatures, ...]] = {}
        if self.root_draft is not None:
            needs[ROOT_DRAFT] = root_signatures(self.root_draft, self.roots[-1] if self.roots else None)
        if self.trust_draft is not None:
            needs[TARGETS_DRAFT] = (trust_signatures(self.trust_draft, self.deciding_root),)
        return needs

    def verified(self, origin: str) -> PinnedTrust:
        """Return what the folder says, however old.

        Raises:
            MisuseError: the folder holds no root or no network trust.
            PeerError: they are not signed as they must be, or another network's.
        """
        if not self.roots or self.trust is None:
            raise MisuseError(f"{self.path} holds no signed root and targets.json: sign the drafts first")
        return verify_pinned(origin, self.roots[0], self.trust, self.roots[1:])

    def with_drafts(self, root: bytes | None, trust: bytes | None) -> "TrustFolder":
        """Write drafts where none are."""
        if self.has_drafts:
            raise MisuseError(f"{self.path} holds drafts already: sign them, or delete *.draft.json")
        # A root without what it says could be signed alone; the other way round nothing can.
        for name, data in ((TARGETS_DRAFT, trust), (ROOT_DRAFT, root)):
            if data is not None:
                new_file(self.path / name, data)
        return replace(self, root_draft=root, trust_draft=trust)

    def signed_by(self, private: PrivateKey) -> "TrustFolder":
        """Add a signature to every draft that this key may sign, and finish them once none is missing.

        Raises:
            MisuseError: nothing waits for a signature, or the key is none of the operators'.
        """
        self.require_drafts()
        own = key_id(private)
        mine = {
            name
            for name, needed in self.needs().items()
            if any(own in (*each.signed, *each.unsigned) for each in needed)
        }
        if not mine:
            raise MisuseError(f"the key {own[:12]} is none of the operators' who decide here")
        root, trust = self.root_draft, self.trust_draft
        if root is not None and ROOT_DRAFT in mine:
            root = sign_metadata(root, Root, private)
        if trust is not None and TARGETS_DRAFT in mine:
            trust = sign_metadata(trust, Targets, private)
        return self._with_signed(root, trust)

    def _with_signed(self, root: bytes | None, trust: bytes | None) -> "TrustFolder":
        """Write drafts with more signatures, and under their final names once none is missing."""
        changed = replace(self, root_draft=root, trust_draft=trust)
        for name, data in ((ROOT_DRAFT, root), (TARGETS_DRAFT, trust)):
            if data is not None:
                _overwrite(self.path / name, data)
        if any(each.missing for needed in changed.needs().values() for each in needed):
            return changed
        if root is not None:
            version, _ = version_of(root, Root)
            final = self.path / f"{version}.root.json"
            if final.exists():
                raise MisuseError(f"{final} exists: a root is never replaced, only followed by the next")
            (self.path / ROOT_DRAFT).replace(final)
        if trust is not None:
            (self.path / TARGETS_DRAFT).replace(self.path / TARGETS)
        _sync(self.path)
        return read_trust_folder(self.path)


def read_trust_folder(path: Path) -> TrustFolder:
    """Read a folder; nothing in it is judged.

    Raises:
        MisuseError: there is no such folder, its roots do not follow each other, or a file is too large.
        OSError: it cannot be read.
    """
    if not path.is_dir():
        raise MisuseError(f"there is no folder {path}")
    named = sorted(int(found[1]) for file in path.iterdir() if (found := _ROOT.fullmatch(file.name)))
    if named != list(range(named[0] if named else 1, (named[-1] if named else 0) + 1)):
        raise MisuseError(f"{path}: a root is missing between {named[0]} and {named[-1]}")
    roots = tuple(read_bytes(path / f"{version}.root.json", MAX_METADATA_BYTES) for version in named)
    rest = (_read(path / name) for name in (TARGETS, ROOT_DRAFT, TARGETS_DRAFT))
    return TrustFolder(path, roots, *rest)


def _read(path: Path) -> bytes | None:
    return read_bytes(path, MAX_METADATA_BYTES) if path.exists() else None


def _overwrite(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name}.new")
    temporary.unlink(missing_ok=True)
    new_file(temporary, content)
    temporary.replace(path)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
