"""TLS with a certificate authority of one's own."""

import datetime
import ipaddress
from pathlib import Path

import aiomqtt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from nodes.drivers.mqtt import BrokerAddress
from tests.nodes.drivers.mqtt.conftest import Record
from tests.nodes.drivers.mqtt.recorder import until


class Authority:
    """A certificate authority; every certificate it issues is for 127.0.0.1."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.key = folder, ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        self.file = folder / f"{name}.pem"
        certificate = self._builder(self.name, self.key).add_extension(x509.BasicConstraints(True, 0), critical=True)
        usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
        signed = certificate.add_extension(usage, critical=True).sign(self.key, hashes.SHA256())
        self.file.write_bytes(signed.public_bytes(serialization.Encoding.PEM))

    def issue(self, name: str) -> Path:
        """A PEM file with key and certificate."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        authority_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        builder = self._builder(subject, key).add_extension(names, critical=False)
        signed = builder.add_extension(authority_key, critical=False).sign(self.key, hashes.SHA256())
        file = self.folder / f"{name}-with-key.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
        return file

    def _builder(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        now, day = datetime.datetime.now(datetime.UTC), datetime.timedelta(days=1)
        return (
            x509.CertificateBuilder(self.name, subject, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - day)
            .not_valid_after(now + day)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path, "authority")


@pytest.fixture
def port(start_broker, authority: Authority) -> int:
    file = authority.issue("broker")
    settings = f"allow_anonymous true\ncafile {authority.file}\ncertfile {file}\nkeyfile {file}\n"
    return start_broker(settings + "require_certificate true").port


async def test_messages_come_over_tls_with_a_client_certificate(
    port: int, authority: Authority, record: Record, version
):
    client = authority.issue("client")
    address = BrokerAddress.parse(
        f"mqtts://127.0.0.1:{port}", ca_file=authority.file, client_cert_file=client, version=version
    )
    recorder = record(port, ("gas/#", 1), address=address)
    await recorder.connected()
    tls = aiomqtt.TLSParameters(ca_certs=str(authority.file), certfile=str(client))
    async with aiomqtt.Client("127.0.0.1", port, tls_params=tls) as publisher:
        for size in (0, 100, 50_000, 900_000):
            await publisher.publish("gas/n", b"x" * size, qos=1)
    await until(lambda: [len(payload) for payload in recorder.payloads] == [0, 100, 50_000, 900_000])
    assert await recorder.subscriber.stop(2) == 0


async def test_foreign_authority_is_not_trusted(port: int, tmp_path: Path, record: Record, version):
    other = Authority(tmp_path, "other")
    address = BrokerAddress.parse(f"mqtts://127.0.0.1:{port}", ca_file=other.file, version=version)
    assert "not trusted" in await record(port, ("gas/#", 1), address=address).said("disconnected")


async def test_missing_file_is_named(port: int, tmp_path: Path, record: Record):
    address = BrokerAddress.parse(f"mqtts://127.0.0.1:{port}", ca_file=tmp_path / "lost.pem")
    assert "lost.pem" in await record(port, ("gas/#", 1), address=address).said("disconnected")
