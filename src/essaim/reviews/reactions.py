"""What the instruction does when an applicant acts: whoever follows the file is told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from essaim.kernel import mail
from essaim.kernel.workflow import on
from essaim.reviews.models import Handling


@on("applications.application.write_to_service")
def tell_who_follows(exchange: Any, *, by: Any, at: datetime, event: Any) -> None:
    """Mail the colleague who follows the file that its applicant wrote, unless the service's address is theirs."""
    handling = Handling.objects.filter(application=exchange.application).select_related("person").first()
    if handling is None or handling.person.email == exchange.application.call.service_email:
        return
    mail.send(
        to=handling.person,
        template="reviews/exchange",
        context={
            "application": exchange.application,
            "link": settings.SITE_URL + reverse("reviews:exchanges", args=[exchange.application.public_id]),
        },
        at=at,
        key=f"exchange:{exchange.pk}:handler",
        subject_of=handling,
    )
