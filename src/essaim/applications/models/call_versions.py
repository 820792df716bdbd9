"""That a draft was told of a new version of its call, and who has read what it changes."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from essaim.applications.models.application import Application
from essaim.programmes.models import RuleSet


class VersionNotice(models.Model):
    """A draft moved from one version of its call to the next; each of its writers says when they have read it."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="version_notices")
    before = models.ForeignKey(RuleSet, models.PROTECT, related_name="+")
    after = models.ForeignKey(RuleSet, models.PROTECT, related_name="+")
    told_at = models.DateTimeField(_("prévenu le"))
    read_by = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", verbose_name=_("lu par"))

    class Meta:
        verbose_name = _("annonce d’une nouvelle version")
        verbose_name_plural = _("annonces de nouvelles versions")
        ordering = ["application", "pk"]
        constraints = [models.UniqueConstraint(fields=["application", "after"], name="version_notice_once")]

    def __str__(self) -> str:
        return f"{self.application} · {self.after}"
