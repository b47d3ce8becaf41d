"""A real directory (slapd) with two people and two groups, for the tests of a process."""

import datetime as dt
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

SLAPD = shutil.which("slapd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
SUFFIX = "dc=example,dc=org"
PEOPLE, GROUPS = f"ou=people,{SUFFIX}", f"ou=groups,{SUFFIX}"
SEARCHER, SEARCHER_PASSWORD = f"cn=wiki,{SUFFIX}", "the wiki asks"
PASSWORDS = {"dora": "digs a garden well", "emil": "every morning tea", "alice": "not the one of the wiki"}
_SCHEMAS = ("/etc/ldap/schema", "/etc/openldap/schema")
_CONFIG = """
include {schema}/core.schema
include {schema}/cosine.schema
include {schema}/inetorgperson.schema
pidfile {folder}/slapd.pid
modulepath /usr/lib/ldap
moduleload back_mdb
TLSCACertificateFile {folder}/ca.pem
TLSCertificateFile {folder}/server.pem
TLSCertificateKeyFile {folder}/server.key
database mdb
maxsize 10485760
suffix "dc=example,dc=org"
directory {folder}/data
access to attrs=userPassword by anonymous auth by * none
access to dn.base="dc=example,dc=org" by * read
access to * by dn.exact="cn=wiki,dc=example,dc=org" read by self read by * none
"""
_DATA = f"""
dn: {SUFFIX}
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: {SEARCHER}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: wiki
userPassword: {SEARCHER_PASSWORD}

dn: {PEOPLE}
objectClass: organizationalUnit
ou: people

dn: {GROUPS}
objectClass: organizationalUnit
ou: groups

dn: uid=dora,{PEOPLE}
objectClass: inetOrgPerson
uid: dora
cn: Dora Duval
sn: Duval
mail: dora@example.org
userPassword: {PASSWORDS["dora"]}

dn: uid=emil,{PEOPLE}
objectClass: inetOrgPerson
uid: emil
cn: Emil
sn: Ernst
userPassword: {PASSWORDS["emil"]}

dn: uid=alice,{PEOPLE}
objectClass: inetOrgPerson
uid: alice
cn: Another Alice
sn: Another
userPassword: {PASSWORDS["alice"]}

dn: cn=gardeners,{GROUPS}
objectClass: groupOfNames
cn: gardeners
member: uid=dora,{PEOPLE}

dn: cn=chiefs,{GROUPS}
objectClass: groupOfNames
cn: chiefs
member: uid=dora,{PEOPLE}
"""


@dataclass(frozen=True)
class Slapd:
    """``port`` speaks plainly and with STARTTLS, ``tls_port`` TLS alone; ``ca`` signed the certificate of both."""

    port: int
    tls_port: int
    ca: Path


def schema() -> str | None:
    return next((folder for folder in _SCHEMAS if Path(folder).is_dir()), None)


@contextmanager
def running(folder: Path) -> Iterator[Slapd]:
    """A directory of our own in ``folder``, on free ports of loopback."""
    assert SLAPD is not None
    (folder / "data").mkdir()
    certificates(folder)
    config = folder / "slapd.conf"
    config.write_text(_CONFIG.format(schema=schema(), folder=folder))
    data = folder / "data.ldif"
    data.write_text(_DATA)
    tool = [SLAPD, "-T", "add", "-f", str(config), "-l", str(data)]
    subprocess.run(tool, check=True, capture_output=True)
    found = Slapd(_free_port(), _free_port(), folder / "ca.pem")
    places = [f"{host}:{port}" for host in ("127.0.0.1", "127.0.0.2") for port in (found.port, found.tls_port)]
    addresses = " ".join(f"{kind}://{place}" for kind, place in zip(("ldap", "ldaps") * 2, places, strict=True))
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([SLAPD, "-f", str(config), "-h", addresses, "-d", "0"], stdout=log, stderr=log)
    try:
        _wait_for(found.port, server)
        yield found
    finally:
        server.terminate()
        server.wait(10)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until and server.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
            return
        time.sleep(0.02)
    raise RuntimeError("slapd does not start")


def certificates(folder: Path) -> None:
    """One authority, and a certificate for 127.0.0.1 alone: it does not fit 127.0.0.2, where the server listens too."""
    authority, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = _named("tests")
    ca = _certificate(issuer, issuer, authority.public_key())
    ca = ca.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    own = _certificate(_named("127.0.0.1"), issuer, key.public_key())
    own = own.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
    pem = serialization.Encoding.PEM
    (folder / "ca.pem").write_bytes(ca.sign(authority, hashes.SHA256()).public_bytes(pem))
    (folder / "server.pem").write_bytes(own.sign(authority, hashes.SHA256()).public_bytes(pem))
    plain = (pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "server.key").write_bytes(key.private_bytes(*plain))


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _certificate(whose: x509.Name, by: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(whose)
        .issuer_name(by)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=2))
    )
