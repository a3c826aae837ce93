"""A certification authority of another maker: OpenSSL's, with its lists and its OCSP responder."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import absent

CONFIGURATION = """
[ca]
default_ca = authority
[authority]
database = {folder}/index.txt
serial = {folder}/serial
crlnumber = {folder}/crlnumber
new_certs_dir = {folder}
certificate = {folder}/ca.pem
private_key = {folder}/ca.key
default_md = sha256
default_days = 30
default_crl_days = 2
policy = any
unique_subject = no
crl_extensions = list
[any]
commonName = supplied
[req]
distinguished_name = name
prompt = no
[name]
commonName = {name}
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[signer]
basicConstraints = critical, CA:false
keyUsage = critical, nonRepudiation
authorityKeyIdentifier = keyid
{named}
[server]
basicConstraints = critical, CA:false
subjectAltName = IP:127.0.0.1
authorityKeyIdentifier = keyid
[responder]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = OCSPSigning
noCheck = yes
authorityKeyIdentifier = keyid
[list]
authorityKeyIdentifier = keyid
"""


@dataclass(frozen=True)
class OpensslCa:
    folder: Path

    @property
    def pem(self) -> bytes:
        return (self.folder / "ca.pem").read_bytes()

    def path(self, name: str) -> Path:
        return self.folder / name

    def issue(self, name: str, extensions: str = "signer") -> Path:
        """Make a key and a certificate; return the certificate's file."""
        key, request = self.path(f"{name}.key"), self.path(f"{name}.csr")
        certificate = self.path(f"{name}.pem")
        self._run("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key,
                  "-subj", f"/CN={name}", "-out", request, "-config", self.path("ca.cnf"))  # fmt: skip
        self._ca("-batch", "-notext", "-extensions", extensions, "-in", request, "-out", certificate)
        return certificate

    def pkcs12(self, name: str) -> bytes:
        """Return the key, certificate and issuer under the passphrase ``x``."""
        out = self.path(f"{name}.p12")
        self._run("pkcs12", "-export", "-inkey", self.path(f"{name}.key"), "-in", self.path(f"{name}.pem"),
                  "-certfile", self.path("ca.pem"), "-passout", "pass:x", "-out", out)  # fmt: skip
        return out.read_bytes()

    def revoke(self, name: str, reason: str = "keyCompromise") -> None:
        self._ca("-revoke", self.path(f"{name}.pem"), "-crl_reason", reason)

    def crl(self, *options: str) -> bytes:
        """Return a new revocation list, PEM."""
        self._ca("-gencrl", "-out", self.path("ca.crl"), *options)
        return self.path("ca.crl").read_bytes()

    def serial(self, name: str) -> int:
        text = self._run("x509", "-in", self.path(f"{name}.pem"), "-noout", "-serial")
        return int(text.partition("=")[2], 16)

    def answer(self, request: bytes, *, signer: str = "responder") -> bytes:
        """Answer an OCSP request as its responder does."""
        asked, answered = self.path("request.der"), self.path("answer.der")
        asked.write_bytes(request)
        self._run("ocsp", "-index", self.path("index.txt"), "-CA", self.path("ca.pem"), "-rsigner",
                  self.path(f"{signer}.pem"), "-rkey", self.path(f"{signer}.key"), "-reqin", asked,
                  "-respout", answered, "-ndays", "1")  # fmt: skip
        return answered.read_bytes()

    @contextmanager
    def responder(self) -> Iterator[str]:
        """Run OpenSSL's own responder until the block ends; return its address."""
        process = subprocess.Popen(
            [openssl(), "ocsp", "-port", "0", "-index", self.path("index.txt"), "-CA", self.path("ca.pem"),
             "-rsigner", self.path("responder.pem"), "-rkey", self.path("responder.key"), "-ndays", "1"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        assert process.stdout is not None
        try:
            for line in process.stdout:
                if found := re.search(rb"ACCEPT .*:(\d+)", line):
                    yield f"http://127.0.0.1:{int(found[1])}/"
                    break
        finally:
            process.kill()
            process.wait()
            process.stdout.close()

    def _ca(self, *arguments: str | Path) -> None:
        self._run("ca", "-config", self.path("ca.cnf"), *arguments)

    def _run(self, *arguments: str | Path) -> str:
        command = [openssl(), *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout


def openssl() -> str:
    """Return where OpenSSL is."""
    found = shutil.which("openssl")
    if found is None:
        absent("the program openssl")
    return str(found)


def make_ca(folder: Path, name: str, named: str = "", *, under: OpensslCa | None = None) -> OpensslCa:
    """Make an authority.

    Args:
        folder: an empty one.
        name: of the authority.
        named: lines of extensions that every signer's certificate has, such as addresses.
        under: who certifies it; it does so itself where nobody is named.
    """
    (folder / "index.txt").write_text("")
    (folder / "serial").write_text("1000\n")
    (folder / "crlnumber").write_text("10\n")
    (folder / "ca.cnf").write_text(CONFIGURATION.format(folder=folder, name=name, named=named))
    ca = OpensslCa(folder)
    if under is None:
        ca._run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                ca.path("ca.key"), "-out", ca.path("ca.pem"), "-days", "60", "-config", ca.path("ca.cnf"),
                "-extensions", "root")  # fmt: skip
    else:
        shutil.copy(under.issue(name, "root"), ca.path("ca.pem"))
        shutil.copy(under.path(f"{name}.key"), ca.path("ca.key"))
    ca.issue("responder", "responder")
    return ca
