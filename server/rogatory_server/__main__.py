"""``python -m rogatory_server``: the relay's own small command line.

The command ``rogatory relay`` hands over to it; answers are one JSON object on standard output.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Final

from rogatory_crypto.errors import MisuseError

EXIT_MISUSE: Final = 64


def main(arguments: list[str]) -> int:
    """Run one command; returns the exit code."""
    given = _parser().parse_args(arguments)
    try:
        match given.command:
            case "serve":
                _serve(given.config)
            case "next-postmark-key":
                _print(_next_postmark_key(given.config))
            case _:
                _print(_init(given))
    except (MisuseError, OSError) as error:
        sys.stderr.write(f"rogatory: {error}\n")
        return EXIT_MISUSE
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m rogatory_server")
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="serve until SIGTERM")
    serve.add_argument("--config", type=Path, required=True)
    following = commands.add_parser("next-postmark-key", help="make the key that signs postmarks next")
    following.add_argument("--config", type=Path, required=True)
    init = commands.add_parser("init", help="make the folder of a new relay")
    init.add_argument("folder", type=Path)
    init.add_argument("--origin", required=True)
    init.add_argument("--listen", required=True)
    init.add_argument("--certificate", type=Path, required=True)
    init.add_argument("--private-key", type=Path, required=True)
    init.add_argument("--admin-port", type=int, default=0)
    return parser


def _serve(config: Path) -> None:
    from rogatory_server.app import serve

    serve(config)


def _next_postmark_key(config: Path) -> dict[str, object]:
    from rogatory_server.initialise import add_postmark_key

    return {"config": str(config), "postmark_key": add_postmark_key(config).hex()}


def _init(given: argparse.Namespace) -> dict[str, object]:
    from rogatory_server.initialise import init_relay

    made = init_relay(
        given.folder,
        given.origin,
        given.listen,
        given.certificate,
        given.private_key,
        admin_port=given.admin_port,
    )
    return {
        "config": str(made.config),
        "postmark_key": made.postmark_key.hex(),
        "log_keys": [key.encode() for key in made.log_keys],
        "trust_folder": str(made.trust_folder),
    }


def _print(answer: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
