"""Files kept once per content, known by their SHA-256."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class StoredFile(models.Model):
    """A file received: its bytes are stored once per SHA-256, whatever the number of rows that name them."""

    class Scan(models.TextChoices):
        NOT_SCANNED = "not_scanned", _("Pas encore analysé")
        CLEAN = "clean", _("Sain")
        INFECTED = "infected", _("Infecté")

    public_id = models.UUIDField(_("identifiant public"), default=uuid.uuid4, unique=True, editable=False)
    sha256 = models.CharField(_("empreinte SHA-256"), max_length=64, db_index=True)
    size = models.PositiveBigIntegerField(_("taille en octets"))
    name = models.CharField(_("nom"), max_length=150)
    content_type = models.CharField(_("type"), max_length=100)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("reçu de")
    )
    created_at = models.DateTimeField(_("reçu le"))
    unused_since = models.DateTimeField(_("sans emploi depuis le"), null=True, blank=True)
    scan = models.CharField(_("antivirus"), max_length=12, choices=Scan.choices, default=Scan.NOT_SCANNED)
    scan_detail = models.CharField(_("résultat de l’antivirus"), max_length=200, blank=True)
    scanned_at = models.DateTimeField(_("analysé le"), null=True, blank=True)

    class Meta:
        verbose_name = _("fichier")
        verbose_name_plural = _("fichiers")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(scan__in=["not_scanned", "clean", "infected"]), name="storedfile_scan"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        """Where the bytes are in the storage, from their digest alone."""
        return f"sha256/{self.sha256[:2]}/{self.sha256[2:4]}/{self.sha256}"
