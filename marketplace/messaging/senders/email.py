"""Messages by e-mail, through Django's mail backend (EMAIL_URL)."""

from __future__ import annotations

import smtplib

from django.conf import settings
from django.core.mail import EmailMessage

from marketplace.messaging.errors import SenderRefused, SenderUnavailable

from .base import Letter, Sender


class EmailSender(Sender):
    """Sends plain text: it opens on every phone, and shows what it is before anything is loaded."""

    def send(self, letter: Letter) -> str:
        body = f"{letter.text}\n\n{letter.link}\n" if letter.link else f"{letter.text}\n"
        name = f"<{letter.key}@{settings.PUBLIC_BASE_URL.partition('://')[2]}>"
        mail = EmailMessage(letter.title, body, to=[letter.to], headers={"Message-ID": name})
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as error:
            raise SenderRefused("The mail server does not take this address.") from error
        except (smtplib.SMTPException, OSError) as error:
            raise SenderUnavailable(f"The mail server did not take it: {type(error).__name__}.") from error
        return name[:80]
