"""Each server that tests rely on starts, answers, and refuses what it should."""

import ssl
from collections.abc import Callable
from email.message import EmailMessage

import aiomqtt
import aiosmtplib
import boto3
import pytest
import redis.asyncio
from botocore.exceptions import ClientError
from mypy_boto3_s3 import S3Client
from playwright.async_api import Page

from tests.servers.mosquitto import Mosquitto
from tests.servers.process import accepts
from tests.servers.redis import Redis
from tests.servers.s3 import Bucket
from tests.servers.smtp import MailServer


async def receive_retained(port: int, **options: object) -> bytes:
    async with aiomqtt.Client("127.0.0.1", port, **options) as client:  # type: ignore[arg-type]
        await client.subscribe("kept")
        message = await anext(aiter(client.messages))
    assert isinstance(message.payload, bytes)
    return message.payload


async def test_plain_mosquitto_keeps_a_retained_message(mosquitto: Mosquitto) -> None:
    async with aiomqtt.Client("127.0.0.1", mosquitto.port) as client:
        await client.publish("kept", b"1", qos=1, retain=True)

    assert await receive_retained(mosquitto.port) == b"1"


async def test_mosquitto_with_tls_and_passwords_refuses_a_wrong_one(make_mosquitto: Callable[..., Mosquitto]) -> None:
    broker = make_mosquitto(tls=True, passwords={"gas": "right"}, acl="user gas\ntopic readwrite #\n")
    assert broker.certificates is not None
    context = ssl.create_default_context(cafile=str(broker.certificates.ca))

    async with aiomqtt.Client(
        "127.0.0.1", broker.port, username="gas", password="right", tls_context=context
    ) as client:
        await client.publish("kept", b"1", qos=1)
    with pytest.raises(aiomqtt.MqttError):
        await receive_retained(broker.port, username="gas", password="wrong", tls_context=context)


async def test_persistent_mosquitto_has_its_messages_after_a_restart(make_mosquitto: Callable[..., Mosquitto]) -> None:
    broker = make_mosquitto(persistence=True)
    async with aiomqtt.Client("127.0.0.1", broker.port) as client:
        await client.publish("kept", b"1", qos=1, retain=True)

    broker.restart()

    assert await receive_retained(broker.port) == b"1"


def test_stopped_server_accepts_no_more(make_redis: Callable[[], Redis]) -> None:
    server = make_redis()

    server.stop()

    assert not accepts(server.port)


async def test_killed_redis_has_its_data_after_the_start(make_redis: Callable[[], Redis]) -> None:
    server = make_redis()
    async with redis.asyncio.Redis.from_url(server.url) as client:
        await client.set("key", "value")

    server.kill()
    server.start()

    async with redis.asyncio.Redis.from_url(server.url) as client:
        assert await client.get("key") == b"value"


@pytest.mark.parametrize("security", ["none", "tls", "starttls"])
async def test_mail_server_keeps_what_it_was_sent(make_mail_server: Callable[..., MailServer], security: str) -> None:
    server = make_mail_server(security)
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@plant", "b@plant", "气体报警"
    message.set_content("8.1 %LEL")
    context = ssl.create_default_context(cafile=str(server.certificates.ca)) if server.certificates else None

    await aiosmtplib.send(
        message,
        hostname="127.0.0.1",
        port=server.port,
        use_tls=security == "tls",
        start_tls=security == "starttls",
        tls_context=context,
    )

    assert [kept["Subject"] for kept in server.messages] == ["气体报警"]


async def test_mail_server_refuses_a_wrong_password(make_mail_server: Callable[..., MailServer]) -> None:
    server = make_mail_server("starttls", user="gas", password="right")
    assert server.certificates is not None
    context = ssl.create_default_context(cafile=str(server.certificates.ca))

    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=server.port, start_tls=True, tls_context=context) as client:
        with pytest.raises(aiosmtplib.SMTPAuthenticationError):
            await client.login("gas", "wrong")
        assert (await client.login("gas", "right")).code == 235


def s3_client(bucket: Bucket, secret: str) -> S3Client:
    return boto3.client(
        "s3",
        endpoint_url=bucket.endpoint,
        region_name=bucket.region,
        aws_access_key_id=bucket.access_key_id,
        aws_secret_access_key=secret,
    )


def test_bucket_returns_what_was_put_and_refuses_a_wrong_checksum_or_secret(s3_bucket: Bucket) -> None:
    right = s3_client(s3_bucket, s3_bucket.secret_access_key)
    wrong = s3_client(s3_bucket, "wrong")

    right.put_object(Bucket=s3_bucket.name, Key="a", Body=b"readings")

    assert right.get_object(Bucket=s3_bucket.name, Key="a")["Body"].read() == b"readings"
    with pytest.raises(ClientError):
        right.put_object(Bucket=s3_bucket.name, Key="b", Body=b"x", ContentMD5="AAAAAAAAAAAAAAAAAAAAAA==")
    with pytest.raises(ClientError):
        wrong.get_object(Bucket=s3_bucket.name, Key="a")


async def test_browser_runs_a_page(page: Page) -> None:
    await page.set_content("<button onclick='this.textContent = 6 * 7'>go</button>")

    await page.click("button")

    assert await page.text_content("button") == "42"
