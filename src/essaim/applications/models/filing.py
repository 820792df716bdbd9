"""A filed version, never changed."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from essaim.applications.models.application import Application


class Filing(models.Model):
    """A filed version: the exact content, frozen, with its digest and its place in the journal. Never changed."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="filings")
    number = models.PositiveSmallIntegerField(_("dépôt numéro"))
    key = models.CharField(_("clé d’idempotence"), max_length=64, unique=True)
    version = models.PositiveIntegerField(_("version déposée"))
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    filed_at = models.DateTimeField(_("arrivé le"))
    content = models.TextField(_("contenu canonique (JSON)"))
    sha256 = models.CharField(_("empreinte du contenu"), max_length=64)
    documents = models.JSONField(_("fichiers et empreintes"), default=list)
    findings = models.JSONField(_("règles constatées"), default=list)
    event_seq = models.PositiveBigIntegerField(_("rang au registre"), null=True, blank=True)
    receipt = models.TextField(_("récépissé signé (JSON)"), blank=True)
    signature = models.CharField(_("signature"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("dépôt")
        verbose_name_plural = _("dépôts")
        ordering = ["application", "number"]
        constraints = [models.UniqueConstraint(fields=["application", "number"], name="filing_number_once")]

    def __str__(self) -> str:
        return f"{self.application} · {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("applications:receipt", args=[self.application.public_id])

    @property
    def journal_log(self) -> str:
        return self.application.call.programme.slug
