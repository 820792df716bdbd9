"""How much one account may send in a day: a disk cannot be filled by one person, an incubator is not locked out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, Sum
from django.utils.translation import gettext as _

from essaim.kernel.files.refusal import FileTooBig
from essaim.kernel.models import StoredFile, Upload

PERIOD = timedelta(days=1)


def sent_by(person: Any, *, at: datetime) -> int:
    """The bytes an account sent in the day before `at`, whole files only."""
    files = StoredFile.objects.filter(uploaded_by=person, created_at__gt=at - PERIOD, created_at__lte=at)
    return int(files.aggregate(total=Sum("size"))["total"] or 0)


def announced_by(person: Any) -> int:
    """The bytes an account has announced and not finished sending."""
    waiting = Upload.objects.filter(by=person, outcome=Upload.Outcome.RECEIVING)
    return int(waiting.aggregate(total=Sum(F("length")))["total"] or 0)


def require(person: Any, size: int, *, at: datetime, announced: bool = False) -> None:
    """Raise FileTooBig when `size` more bytes would pass what an account may send in a day; `announced` counts too
    what is on its way."""
    if person is None:
        return
    total = sent_by(person, at=at) + (announced_by(person) if announced else 0)
    if total + size > settings.UPLOAD_QUOTA_MB * 10**6:
        raise FileTooBig(
            _("Vous avez envoyé plus de %(limit)d Mo en un jour : reprenez demain, ou regroupez vos fichiers.")
            % {"limit": settings.UPLOAD_QUOTA_MB}
        )
