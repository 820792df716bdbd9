"""What becomes of files nothing uses: kept 30 days after their last use, then erased."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.files.storage import default_storage
from django.db import models, transaction

from essaim.kernel.models import StoredFile
from essaim.kernel.tasks import periodic

KEPT_UNUSED = timedelta(days=30)


def unused() -> models.QuerySet[StoredFile]:
    """The files that no row of any table refers to, found through every relation that points to StoredFile."""
    queryset = StoredFile.objects.all()
    # Hidden ones too (related_name="+"): a document's file has no name to go back by, and is used all the same.
    for relation in StoredFile._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ForeignObjectRel) or relation.related_model is None:
            continue
        name = relation.field.name
        uses = relation.related_model._base_manager.filter(**{name: models.OuterRef("pk")})
        queryset = queryset.filter(~models.Exists(uses))
    return queryset


def collect(at: datetime) -> int:
    """Mark files that are no longer used, and erase those unused for 30 days. Returns how many were erased."""
    StoredFile.objects.exclude(unused_since=None).exclude(pk__in=unused().values("pk")).update(unused_since=None)
    unused().filter(unused_since=None).update(unused_since=at)
    erased = 0
    for stored in unused().filter(unused_since__lte=at - KEPT_UNUSED):
        with transaction.atomic():
            gone, _details = unused().filter(pk=stored.pk, unused_since__lte=at - KEPT_UNUSED).delete()
        if gone:
            erased += 1
            _erase_content(stored, at)
    return erased


def _erase_content(stored: StoredFile, at: datetime) -> None:
    """Erase the bytes no row names any more, unless they have just been sent again."""
    if StoredFile.objects.filter(sha256=stored.sha256).exists() or not default_storage.exists(stored.path):
        return
    if default_storage.get_modified_time(stored.path) < at - timedelta(days=1):
        default_storage.delete(stored.path)


@periodic(every=timedelta(days=1))
def collect_unused(*, at: datetime) -> None:
    """Once a day."""
    collect(at)
