"""E-mail through the site's own account (RFC 5321; STARTTLS: RFC 3207, TLS from the first byte: RFC 8314)."""

from __future__ import annotations

import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

import aiosmtplib

from plant.notifications.card import Email, addresses
from plant.notifications.message_text import MessageText
from plant.notifications.outcome import Answer, PermanentFailure, TransientFailure

__all__ = ["send_mail"]

ANSWER_WITHIN_S = 20.0


async def send_mail(card: Email, password: str, message: MessageText) -> Answer:
    """Sends to all recipients with one connection. Raises TransientFailure or PermanentFailure with the server's own answer."""
    recipients = addresses(card.recipients)
    if not card.server or not recipients:
        raise PermanentFailure("the card names no server or no recipients", "setting")
    sender = card.sender or card.account or recipients[0]
    tls = card.security == "tls" or (card.security == "auto" and card.port == 465)
    starttls = card.security == "starttls" or (card.security == "auto" and card.port != 465)
    client = aiosmtplib.SMTP(
        hostname=card.server,
        port=card.port,
        use_tls=tls,
        start_tls=starttls,
        tls_context=ssl.create_default_context() if tls or starttls else None,
        timeout=ANSWER_WITHIN_S,
    )
    try:
        async with client:
            if card.account and password:
                await client.login(card.account, password)
            refused, answer = await client.send_message(
                _message(sender, recipients, message), sender=sender, recipients=recipients
            )
    except aiosmtplib.SMTPRecipientsRefused as error:
        answer = "; ".join(f"{one.recipient}: {one.code} {one.message}" for one in error.recipients)
        if all(400 <= one.code < 500 for one in error.recipients):
            raise TransientFailure(answer, "recipients") from error
        raise PermanentFailure(answer, "recipients") from error
    except aiosmtplib.SMTPResponseException as error:
        answer = f"{error.code} {error.message}"
        hint = "auth" if isinstance(error, aiosmtplib.SMTPAuthenticationError) else "vendor"
        if 400 <= error.code < 500 or error.code == 0:
            raise TransientFailure(answer, "auth" if hint == "auth" else "vendor") from error
        raise PermanentFailure(answer, "auth" if hint == "auth" else "vendor") from error
    except aiosmtplib.SMTPNotSupported as error:
        raise PermanentFailure(f"{error}", "tls") from error
    except aiosmtplib.SMTPException as error:
        if "STARTTLS" in str(error):
            # Going on without would send the password in the clear.
            raise PermanentFailure(f"{error}", "tls") from error
        cause = error.__cause__ or error.__context__
        hint = "tls" if isinstance(cause, ssl.SSLError) or "certificate" in str(error).lower() else "network"
        raise TransientFailure(f"{error}", "tls" if hint == "tls" else "network") from error
    except ssl.SSLError as error:
        raise TransientFailure(f"{card.server}: {error}", "tls") from error
    except (OSError, ValueError) as error:
        raise TransientFailure(f"{card.server}: {error}", "network") from error
    if refused:
        others = "; ".join(f"{name}: {code} {text}" for name, (code, text) in refused.items())
        return Answer(f"{answer} (not for {others})")
    return Answer(answer)


def _message(sender: str, recipients: list[str], said: MessageText) -> EmailMessage:
    message = EmailMessage()
    user, _, domain = sender.rpartition("@")
    message["From"] = Address("MCS-IoT", user, domain)
    message["To"] = ", ".join(recipients)
    message["Subject"] = " ".join(said.subject.split())
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = make_msgid(domain=domain)
    # Mail programs answer an automatic message with their own out-of-office otherwise (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(said.text)
    return message
