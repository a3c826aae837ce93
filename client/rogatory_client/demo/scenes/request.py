"""5. The consultation becomes a formal request: a signed letter and 64 MiB of evidence, ready to go."""

import asyncio
import json
import secrets
import time
from pathlib import Path

from rogatory_client.demo.command_process import run_command
from rogatory_client.demo.concurrently import together
from rogatory_client.demo.fact import only, require
from rogatory_client.demo.pki import build_pki
from rogatory_client.demo.time_stamping_process import CERTIFICATE_NAME, KEY_NAME
from rogatory_client.demo.world import EVIDENCE_BYTES, REQUESTED, REQUESTING, World, file_sha256

_MEBIBYTE = 1 << 20


async def play(world: World) -> str:
    """Write, sign and submit."""
    case, words = world.case, world.words
    folder = world.requesting.folder("papers")
    case.evidence = folder / words.evidence_name
    case.letter = folder / words.letter_name
    _, case.evidence_sha256 = await together(
        _signed_letter(world, folder), asyncio.to_thread(_write_evidence, case.evidence, words.tag)
    )
    submitted = await world.requesting.run(
        "send", case.room_id, "--request-type", "production_of_content_data",
        "--legal-basis", "UNTOC article 18",
        "--reference", words.requesting_reference, "--letter", str(case.letter),
        "--attach", str(case.evidence), "--text", words.request_text, "--offline",
    )  # fmt: skip
    message = submitted["message"]
    case.request_id = message["message_id"]
    require(message["formal"] and message["room_id"] == case.room_id, "it is formal, in the same case")
    waiting = (await world.requesting.run("outbox"))["outbox"]
    item = only(
        (each for each in waiting if each["message_id"] == case.request_id), "the request waits to be sent"
    )
    require(item["total_bytes"] > EVIDENCE_BYTES, "letter and evidence are part of it")
    return f"letter signed (PAdES, time-stamped) and {EVIDENCE_BYTES // _MEBIBYTE} MiB of evidence under seal"


async def _signed_letter(world: World, folder: Path) -> None:
    fields, draft, seal = folder / "fields.json", folder / "draft.pdf", folder / "seal"
    seal.mkdir()
    passphrase = secrets.token_hex(16).encode()
    tsa_folder = world.path("tsa")
    pki = await asyncio.to_thread(
        build_pki, now=int(time.time()), random=secrets.token_bytes, passphrase=passphrase
    )
    files = {
        seal / "seal.p12": pki.signer_pkcs12,
        seal / "root.pem": pki.root_pem,
        seal / "root.crl": pki.crl,
        tsa_folder / CERTIFICATE_NAME: pki.tsa_certificate,
        tsa_folder / KEY_NAME: pki.tsa_key,
        fields: json.dumps(_letter_fields(world)).encode(),
    }
    for path, content in files.items():
        path.touch(mode=0o600)
        path.write_bytes(content)
    world.case.trust = seal / "root.pem"
    url, _ = await together(world.stamping.start(), run_command("letter", str(fields), "--out", str(draft)))
    signed = await run_command(
        "sign", str(draft), "--key", str(seal / "seal.p12"), "--out", str(world.case.letter),
        "--function", "Head of the central authority", "--tsa", url, "--trust", str(seal / "root.pem"),
        "--evidence", str(seal / "root.crl"), "--evidence", str(tsa_folder / CERTIFICATE_NAME),
        secrets={"--passphrase-fd": passphrase},
    )  # fmt: skip
    require(signed.data["level"] == "PAdES-BASELINE-LT", "the letter is signed for the long term")
    await world.stamping.stop()


def _letter_fields(world: World) -> dict[str, object]:
    words = world.words
    return {
        "requesting_authority": f"Central authority ({REQUESTING})",
        "requesting_state": "the requesting State",
        "requested_authority": f"Central authority ({REQUESTED})",
        "requested_state": "the requested State",
        "reference": words.requesting_reference,
        "request_type": "Production of stored content",
        "legal_basis": "United Nations Convention against Transnational Organized Crime, article 18",
        "facts": f"Funds were moved through the account named in the annex ({words.tag}-facts).",
        "assistance": ["Account statements of the last two years", "Account opening documents"],
        "signed_by": "Head of the central authority",
        "subject": words.case_subject,
    }


def _write_evidence(path: Path, tag: str) -> str:
    """Random bytes that nothing can compress, with a readable line in every MiB, so that a leak is found."""
    line = f"account statement {tag}-contents\n".encode()
    with path.open("wb") as file:
        for _ in range(EVIDENCE_BYTES // _MEBIBYTE):
            file.write(line + secrets.token_bytes(_MEBIBYTE - len(line)))
    return file_sha256(path)
