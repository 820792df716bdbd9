"""Another process: a worker whose mail can be made to stall. Arguments: plain | before | after, and a marker's path."""

import sys
import time
from datetime import timedelta
from pathlib import Path

import django
from django.test import override_settings

from essaim.kernel.mailbox import FileBackend


class StallingBackend(FileBackend):
    """Stalls for ever before or after the message is accepted; counts what was accepted, one line each."""

    def send_messages(self, email_messages):
        mode, marker = sys.argv[1], Path(sys.argv[2])
        if mode == "before":
            marker.write_text("stalled")
            time.sleep(600)
        sent = super().send_messages(email_messages)
        with marker.with_suffix(".accepted").open("a") as log:
            log.writelines(f"{email.extra_headers['Message-ID']}\n" for email in email_messages)
        if mode == "after":
            marker.write_text("stalled")
            time.sleep(600)
        return sent


if __name__ == "__main__":
    django.setup()
    from essaim.kernel.worker import run_worker

    with override_settings(
        EMAIL_BACKEND="tests.kernel.sample.worker_process.StallingBackend",
        EMAIL_FILE_PATH=Path(sys.argv[2]).parent / "mail",
        MAIL_LEASE=1.0,
    ):
        run_worker(once=len(sys.argv) > 3, interval=0.1, lease=timedelta(seconds=1.5), echo=print)
