"""A whole application as a document: its PDF/UA, and an archive of many."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import Any

from essaim.applications.models import Application
from essaim.applications.queries import findings_of
from essaim.calls.models import Call
from essaim.kernel.documents import render_pdf
from essaim.reviews import queries
from essaim.ui.formats import language


def pdf_of(application: Application, *, at: datetime) -> bytes:
    """The whole application as a tagged PDF: cover, findings, answers, plan, list of documents."""
    data = queries.printed(application, findings_of(application, phase="admissibility"), at=at)
    return render_pdf("application", data, lang=language(), at=at)


def archive_of(call: Call, keys: list[int], *, at: datetime, progress: Callable[[int], Any]) -> bytes:
    """A ZIP of the PDF of each of these files of a call, named by their numbers."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for done, key in enumerate(keys, start=1):
            application = Application.objects.whole().filter(call=call, filed_at__isnull=False, pk=key).first()
            if application is not None:
                archive.writestr(f"{application.reference}.pdf", pdf_of(application, at=at))
            progress(done)
    return buffer.getvalue()
