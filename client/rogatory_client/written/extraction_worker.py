"""The inside of reading files from other tools: one file in a process of its own, confined before it is read.

Run as ``python -I -m rogatory_client.written.extraction_worker``: the file on standard input, the answer as
JSON on standard output. A file may come from anybody, and its formats are large; so the process computes
within limits, has no network, opens no file and starts nothing.
"""

import encodings
import json
import pkgutil
import sys
from contextlib import suppress
from importlib import import_module
from typing import Final

from rogatory_client.confinement import leave_network, limit, refuse
from rogatory_client.system_calls import only_compute

MEMORY_BYTES: Final = 1536 << 20
CPU_S: Final = 40


def main() -> int:
    """Read one file under limits."""
    content = sys.stdin.buffer.read()
    leave_network()
    _load()
    limit(MEMORY_BYTES, CPU_S)
    only_compute()
    sys.addaudithook(refuse)
    json.dump(_answer(content), sys.stdout)
    return 0


def _answer(content: bytes) -> dict[str, object]:
    from rogatory_client.written.extraction import extract
    from rogatory_crypto.errors import RogatoryError

    try:
        found = extract(content)
    except RogatoryError as error:
        return {"refused": str(error)}
    return {
        "kind": found.kind.value,
        "text": found.text,
        "warnings": list(found.warnings),
        "answers": found.answers,
    }


def _load() -> None:
    """Load all that reading takes: a file is read by a process that opens none."""
    import pypdf

    for name in ("pdf_file", "office_package", "rich_text", "web_page"):
        import_module(f"rogatory_client.written.{name}")
    import_module("xml.sax.expatreader")
    for package in (encodings, pypdf):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            # Those of other systems, and of libraries that are not here, cannot be loaded.
            with suppress(ImportError):
                import_module(module.name)


if __name__ == "__main__":
    sys.exit(main())
