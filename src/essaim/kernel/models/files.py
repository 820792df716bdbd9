"""Files kept once per content, known by their SHA-256; and the files still on their way, piece by piece."""

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
    pages = models.PositiveIntegerField(_("nombre de pages"), null=True, blank=True)
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


class Upload(models.Model):
    """A file on its way (tus 1.0): announced, then received in pieces at offsets that only grow, then taken."""

    class Outcome(models.TextChoices):
        RECEIVING = "receiving", _("En cours d’envoi")
        TAKEN = "taken", _("Reçu")
        REFUSED = "refused", _("Refusé")

    public_id = models.UUIDField(_("identifiant public"), default=uuid.uuid4, unique=True, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("envoyé par"))
    door = models.CharField(_("pour quoi"), max_length=60)
    target = models.CharField(_("pour quel objet"), max_length=120)
    name = models.CharField(_("nom"), max_length=150)
    length = models.PositiveBigIntegerField(_("taille annoncée en octets"))
    offset = models.PositiveBigIntegerField(_("octets reçus"), default=0)
    announced_sha256 = models.CharField(_("empreinte annoncée"), max_length=64, blank=True)
    outcome = models.CharField(
        _("ce qu’il est devenu"), max_length=10, choices=Outcome.choices, default=Outcome.RECEIVING
    )
    sentence = models.TextField(_("pourquoi"), blank=True)
    sha256 = models.CharField(_("empreinte SHA-256"), max_length=64, blank=True)
    created_at = models.DateTimeField(_("commencé le"))
    expires_at = models.DateTimeField(_("gardé jusqu’au"))

    class Meta:
        verbose_name = _("envoi")
        verbose_name_plural = _("envois")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=["receiving", "taken", "refused"]), name="upload_outcome"
            ),
            models.CheckConstraint(condition=models.Q(offset__lte=models.F("length")), name="upload_offset_within"),
        ]
        indexes = [
            models.Index(fields=["by", "door", "target"], name="upload_where"),
            models.Index(fields=["expires_at"], name="upload_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.offset}/{self.length})"


class UploadPart(models.Model):
    """One piece of an upload, kept in the storage until the file is whole."""

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="parts")
    start = models.PositiveBigIntegerField(_("premier octet"))
    size = models.PositiveIntegerField(_("taille en octets"))
    path = models.CharField(_("où elle est gardée"), max_length=120)

    class Meta:
        verbose_name = _("morceau")
        verbose_name_plural = _("morceaux")
        ordering = ["upload", "start"]
        constraints = [models.UniqueConstraint(fields=["upload", "start"], name="uploadpart_once")]

    def __str__(self) -> str:
        return f"{self.upload_id} {self.start}+{self.size}"
