"""What the rules said of the latest filing, kept on the application so that lists ask nothing of the rules."""

from __future__ import annotations

from collections.abc import Iterable

from essaim.applications.models import Application
from essaim.applications.queries import findings_of, missing_documents_of
from essaim.calls.queries import FindingView


def standing(application: Application, findings: Iterable[FindingView], *, lacking: int) -> dict[str, int]:
    """How many rules are not met (blocking, others) and how many required documents are lacking, as columns."""
    unmet = [found for found in findings if found.status == "not_met"]
    blocking = sum(found.blocks for found in unmet)
    columns = {"unmet_blocking": blocking, "unmet_other": len(unmet) - blocking, "documents_lacking": lacking}
    for name, value in columns.items():
        setattr(application, name, value)
    return columns


def keep_standing(application: Application, findings: Iterable[FindingView], *, lacking: int) -> None:
    """Keep the standing of an application that is filed."""
    columns = standing(application, findings, lacking=lacking)
    Application.objects.filter(pk=application.pk).update(**columns)


def compute_standings(*, most: int = 500) -> int:
    """Compute what is not known yet: files filed before it was kept. Returns how many were computed."""
    unknown = Application.objects.whole().filter(filed_at__isnull=False, unmet_blocking=None).order_by("pk")[:most]
    count = 0
    for application in unknown:
        findings = findings_of(application, phase="admissibility")
        keep_standing(application, findings, lacking=len(missing_documents_of(application)))
        count += 1
    return count
