"""What the relay counts; nothing here names an account, a group or a device (R06)."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


class Metrics:
    """The counters of one relay, in a registry of its own."""

    def __init__(self) -> None:
        registry = self._registry = CollectorRegistry()
        self.accepted = Counter(
            "rogatory_submissions_accepted", "Submissions made durable", registry=registry
        )
        self.refused = Counter(
            "rogatory_submissions_refused", "Submissions refused", ["code"], registry=registry
        )
        self.delivered = Counter(
            "rogatory_rows_delivered", "Rows offered to live connections", registry=registry
        )
        self.batch = Histogram(
            "rogatory_commit_submissions",
            "Submissions in one commit",
            buckets=(1, 4, 16, 64, 256, 1024, 2048),
            registry=registry,
        )
        self.connections = Gauge("rogatory_connections", "Open live connections", registry=registry)
        self.log_entries = Gauge("rogatory_log_entries", "Durable entries of the log", registry=registry)
        self.log_published = Gauge(
            "rogatory_log_published_entries", "Entries under the published checkpoint", registry=registry
        )
        self.log_contradicted = Gauge(
            "rogatory_log_contradicting_witnesses",
            "Witnesses that know more, or other, than this log",
            registry=registry,
        )
        self.problems = Counter(
            "rogatory_problems", "HTTPS calls answered by a problem", ["code"], registry=registry
        )

    def text(self) -> bytes:
        """Return the exposition text of Prometheus."""
        return generate_latest(self._registry)
