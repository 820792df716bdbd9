"""The mail a filing asks for: a job, so that the transaction that files only writes one line in the queue."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.conf import settings

from essaim.applications.models import Application, Collaborator, Filing
from essaim.kernel import clock, mail
from essaim.kernel.tasks import job


@job(attempts=8)
def send_receipt(*, filing: int) -> None:
    """Send the receipt of a filing to everyone who writes the application, once each."""
    row = Filing.objects.select_related("application__call", "application__organisation").get(pk=filing)
    at = clock.now()
    for person in writers_of(row.application):
        mail.send(
            to=person,
            template="application_filed",
            context={
                "filing": row,
                "application": row.application,
                "call": row.application.call,
                "silence": date.fromisoformat(json.loads(row.receipt)["silence"]["date"]),
                "link": settings.SITE_URL + row.get_absolute_url(),
            },
            at=at,
            key=f"filing:{row.pk}:person:{person.pk}",
            subject_of=row.application,
        )


def writers_of(application: Application) -> list[Any]:
    """Those who write an application, whoever added them."""
    rows = application.collaborators.exclude(role=Collaborator.Role.READER).select_related("person").order_by("pk")
    return [row.person for row in rows if row.person.is_active]
