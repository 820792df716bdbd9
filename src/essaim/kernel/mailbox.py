"""The e-mail backend of demonstrations: one file per message, named by its Message-ID: a repeat overwrites it."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class FileBackend(BaseEmailBackend):
    """Writes each message to EMAIL_FILE_PATH as `<Message-ID>.eml`, atomically."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write the messages; returns how many."""
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True)
        for email in email_messages:
            message = email.message()
            name = re.sub(r"[^\w.@-]", "", str(message["Message-ID"])) + ".eml"
            part = folder / f"{name}.{os.getpid()}.part"
            part.write_bytes(message.as_bytes())
            part.replace(folder / name)
        return len(email_messages)
