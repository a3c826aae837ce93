"""One fetch of a log: first what the network believes now, as far as the pin leads to it, then the log."""

from pathlib import Path

from rogatory_client.monitor.download import Downloaded, Progress, download_log
from rogatory_client.monitor.followed_trust import followed_trust, keep_trust
from rogatory_client.monitor.log_folder import LogFolder
from rogatory_client.transport.https import HttpsLine
from rogatory_client.transport.log_files import HttpsLogFiles
from rogatory_crypto.identity import NetworkProfile
from rogatory_crypto.log.origin import log_origin


async def fetch_log(
    line: HttpsLine, profile: NetworkProfile, log: Path, *, now: int, progress: Progress | None = None
) -> Downloaded:
    """Bring a folder up to the relay's newest checkpoint, and keep the trust that this was judged by.

    Args:
        line: to the relay of the profile.
        profile: the pin.
        log: the folder.
        now: unix seconds.
        progress: told a name, and how many entries of how many are there.

    Raises:
        PeerError: as ``PinnedTrust.follow`` and ``download_log``.
        TransportError: the network failed.
    """
    before = followed_trust(profile, log)
    update = await line.trust(before.root.version)
    pinned = before.follow(update, now=now)
    done = await download_log(
        HttpsLogFiles(line),
        LogFolder(log),
        log_origin(profile.origin),
        pinned.trust.policy,
        former=before.trust.policy,
        now=now,
        progress=progress,
    )
    keep_trust(log, update)
    return done
