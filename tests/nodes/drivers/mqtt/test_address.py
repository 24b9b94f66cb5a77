"""Broker addresses: what is read from them, and what is refused."""

from pathlib import Path

import pytest

from nodes.drivers.mqtt import BrokerAddress


def test_plain_address_has_default_port():
    address = BrokerAddress.parse("mqtt://broker")
    assert (address.host, address.port, address.tls) == ("broker", 1883, False)


def test_tls_address_has_its_own_default_port():
    assert BrokerAddress.parse("mqtts://broker").port == 8883


def test_user_and_password_are_percent_decoded():
    address = BrokerAddress.parse("mqtts://%E6%B0%94:p%40ss%3A%2F@broker:8884")
    assert (address.username, address.password, address.port) == ("气", "p@ss:/", 8884)


def test_ipv6_address_keeps_its_brackets_when_shown():
    assert str(BrokerAddress.parse("mqtt://[::1]:1884")) == "mqtt://[::1]:1884"


def test_neither_repr_nor_str_shows_the_password():
    address = BrokerAddress.parse("mqtt://gas:sesame@broker")
    assert "sesame" not in f"{address!r} {address}"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("broker:1883", "address"),
        ("http://broker", "address"),
        ("mqtt://", "no host"),
        ("mqtt://broker:sesame", "not a port"),
        ("mqtt://broker:99999", "not a port"),
        ("mqtt://broker:0", "port 0"),
        ("mqtt://broker/topic", "nothing may follow"),
        ("mqtt://gas:ses/ame@broker", "not a port"),
        ("mqtt://:sesame@broker", "needs a user"),
        ("mqtt://%FF:sesame@broker", "not UTF-8"),
        ("mqtt://[::1", "bracket"),
    ],
)
def test_wrong_address_is_refused_without_quoting_it(url: str, words: str):
    with pytest.raises(ValueError, match=r"address|password|percent|port") as caught:
        BrokerAddress.parse(url)
    assert words in str(caught.value)
    assert "ses" not in str(caught.value)


@pytest.mark.parametrize("options", [{"ca_file": "ca.pem"}, {"client_cert_file": "a.pem"}])
def test_certificates_without_tls_are_refused(options: dict[str, str]):
    with pytest.raises(ValueError, match="certificates are for TLS only"):
        BrokerAddress.parse("mqtt://broker", **options)


def test_key_without_certificate_is_refused():
    with pytest.raises(ValueError, match="needs its certificate"):
        BrokerAddress.parse("mqtts://broker", client_key_file=Path("key.pem"))


@pytest.mark.parametrize("keepalive_s", [0, 65536])
def test_keepalive_out_of_range_is_refused(keepalive_s: int):
    with pytest.raises(ValueError, match="keep-alive is"):
        BrokerAddress.parse("mqtt://broker", keepalive_s=keepalive_s)


def test_unknown_version_is_refused():
    with pytest.raises(ValueError, match="the protocol version is `4`"):
        BrokerAddress.parse("mqtt://broker", version="4")
