import os
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pkcs11
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from tests.conftest import absent

from rogatory_client.demo.pki import DemoPki
from rogatory_client.signing import SealKey, SignaturePurpose, TokenKey, sign_file, sign_pdf
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.esign import Indication, check

MODULES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")
PURPOSE = SignaturePurpose("Head of the central authority", "Request")
PIN = "271828"


@pytest.fixture(scope="module")
def token(present_pki: DemoPki, tmp_path_factory: pytest.TempPathFactory) -> TokenKey:
    """A token of SoftHSM that holds the signer's key and certificate."""
    module = next((Path(each) for each in MODULES if Path(each).exists()), None)
    program = shutil.which("softhsm2-util")
    if module is None or program is None:
        absent("the software token SoftHSM 2")
    folder = tmp_path_factory.mktemp("token")
    (folder / "tokens").mkdir()
    configuration = folder / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\n")
    patch = pytest.MonkeyPatch()
    patch.setenv("SOFTHSM2_CONF", str(configuration))
    _key_into_token(str(program), present_pki, folder)
    _certificate_into_token(str(module), present_pki)
    return TokenKey(Path(str(module)), "office", "seal", PIN, (present_pki.root_pem,))


def _key_into_token(program: str, pki: DemoPki, folder: Path) -> None:
    key, _, _ = pkcs12.load_key_and_certificates(pki.signer_pkcs12, b"x")
    assert key is not None
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(pem)
    pins = ["--pin", PIN, "--so-pin", "314159"]
    for command in (
        ["--init-token", "--free", "--label", "office", *pins],
        [
            "--import",
            str(folder / "key.pem"),
            "--token",
            "office",
            "--label",
            "seal",
            "--id",
            "01",
            *pins[:2],
        ],
    ):
        subprocess.run([program, *command], check=True, capture_output=True)


def _certificate_into_token(module: str, pki: DemoPki) -> None:
    _, certificate, _ = pkcs12.load_key_and_certificates(pki.signer_pkcs12, b"x")
    assert certificate is not None
    attribute = pkcs11.Attribute
    found = pkcs11.lib(module).get_token(token_label="office")
    with found.open(rw=True, user_pin=PIN) as session:
        session.create_object(
            {
                attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE,
                attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                attribute.TOKEN: True,
                attribute.LABEL: "seal",
                attribute.ID: b"\x01",
                attribute.SUBJECT: certificate.subject.public_bytes(),
                attribute.ISSUER: certificate.issuer.public_bytes(),
                attribute.VALUE: certificate.public_bytes(serialization.Encoding.DER),
            }
        )


def test_a_token_signs_what_passes(token: TokenKey, present_pki: DemoPki, plain_letter: bytes) -> None:
    now = int(time.time())
    document = sign_pdf(plain_letter, token, PURPOSE, now=now)
    beside = sign_file(b"content", token, now=now)
    for report in (
        check(document, trust=[present_pki.root_pem], at=now, revocation=False),
        check(beside, trust=[present_pki.root_pem], contents=[b"content"], at=now, revocation=False),
    ):
        assert [each.indication for each in report.signatures] == [Indication.TOTAL_PASSED]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"pin": "000000"}, "PIN of the token 'office' is wrong"),
        ({"pin": ""}, "PIN of the token 'office' is wrong"),
        ({"token": "another"}, "'another'"),
        ({"key": "another"}, "the token 'office' does not hold one key and one certificate 'another'"),
        ({"module": Path("/nowhere/module.so")}, "/nowhere/module.so"),
    ],
)
def test_what_is_wrong_with_a_token_is_said(
    token: TokenKey, plain_letter: bytes, changed: dict[str, object], said: str
) -> None:
    fields = {"module": token.module, "token": token.token, "key": token.key, "pin": token.pin, **changed}
    with pytest.raises(MisuseError) as caught:
        sign_pdf(plain_letter, TokenKey(**fields), PURPOSE, now=0)  # type: ignore[arg-type]
    assert said in str(caught.value)
    assert PIN not in str(caught.value)


def test_a_token_that_goes_away_signs_nothing(
    token: TokenKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "softhsm2.conf"
    (tmp_path / "none").mkdir()
    elsewhere.write_text(f"directories.tokendir = {tmp_path}/none\nobjectstore.backend = file\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(elsewhere))
    program = (
        "import sys; from pathlib import Path; from rogatory_client.signing import *\n"
        "key = TokenKey(Path(sys.argv[1]), 'office', 'seal', 'none')\n"
        "try: sign_file(b'content', key, now=0)\n"
        "except Exception as error: print(type(error).__name__, error)\n"
    )
    # A process of its own, as the module is loaded once and knows its first configuration only.
    command = [sys.executable, "-c", program, str(token.module)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("MisuseError the token 'office' could not be used")


def test_a_token_removed_between_opening_and_signing_is_said(
    token: TokenKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configuration = tmp_path / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {tmp_path}/tokens\nobjectstore.backend = file\n")
    shutil.copytree(Path(os.environ["SOFTHSM2_CONF"]).with_name("tokens"), tmp_path / "tokens")
    monkeypatch.setenv("SOFTHSM2_CONF", str(configuration))
    program = (
        "import asyncio, shutil, sys; from pathlib import Path\n"
        "from rogatory_client.signing import TokenKey\n"
        "from rogatory_client.signing.signing_key import opened\n"
        "try:\n"
        "    with opened(TokenKey(Path(sys.argv[1]), 'office', 'seal', sys.stdin.read())) as signer:\n"
        "        shutil.rmtree(sys.argv[2])\n"
        "        asyncio.run(signer.async_sign_raw(b'content', 'sha256'))\n"
        "except Exception as error: print(type(error).__name__, error)\n"
    )
    command = [sys.executable, "-c", program, str(token.module), str(tmp_path / "tokens")]
    done = subprocess.run(command, input=PIN, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("MisuseError the token 'office'")
    assert "put it back" in done.stdout
    assert PIN not in done.stdout


def test_a_wrong_pin_says_what_is_left(token: TokenKey, plain_letter: bytes) -> None:
    with pytest.raises(MisuseError, match="locks"):
        sign_pdf(plain_letter, replace(token, pin="000000"), PURPOSE, now=0)


def test_secrets_stand_in_no_representation(token: TokenKey) -> None:
    assert PIN not in repr(token)
    assert "secret" not in repr(SealKey(b"secret", b"secret"))
