"""A filed version, never changed."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from essaim.applications.models.application import Application
from essaim.calls.models import LateCode
from essaim.kernel.models import StoredFile


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

    automatic = models.BooleanField(_("déposé automatiquement à la clôture"), default=False)
    late_code = models.ForeignKey(
        LateCode, models.PROTECT, null=True, blank=True, related_name="filings", verbose_name=_("code de dépôt tardif")
    )
    checked_at = models.DateTimeField(_("fichiers relus et comparés le"), null=True, blank=True)

    class Meta:
        verbose_name = _("dépôt")
        verbose_name_plural = _("dépôts")
        ordering = ["application", "number"]
        constraints = [models.UniqueConstraint(fields=["application", "number"], name="filing_number_once")]

    def __str__(self) -> str:
        return f"{self.application} · {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("applications:receipt-number", args=[self.application.public_id, self.number])

    @property
    def journal_log(self) -> str:
        return self.application.call.programme.slug


class KeptFile(models.Model):
    """A file of an earlier filing that the latest one no longer has: kept, since a receipt names it."""

    filing = models.ForeignKey(Filing, models.PROTECT, related_name="kept_files")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="kept_for")
    slot = models.CharField(_("pièce"), max_length=40)
    name = models.CharField(_("nom du fichier"), max_length=200)

    class Meta:
        verbose_name = _("pièce d’un dépôt remplacé")
        verbose_name_plural = _("pièces de dépôts remplacés")
        ordering = ["filing", "slot", "pk"]

    def __str__(self) -> str:
        return self.name
