"""What the probe saw of the site, from outside its processes."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Probe(models.Model):
    """One round of the probe: create, save and read again through HTTP. A time without a row is a gap."""

    at = models.DateTimeField(_("instant"), unique=True)
    ok = models.BooleanField(_("le site a répondu et gardé ce qu’on lui a confié"))
    milliseconds = models.PositiveIntegerField(_("durée (ms)"), default=0)
    detail = models.CharField(_("ce qui n’allait pas"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("mesure de disponibilité")
        verbose_name_plural = _("mesures de disponibilité")
        ordering = ["at"]

    def __str__(self) -> str:
        return f"{self.at} · {self.ok}"


class ProbeDraft(models.Model):
    """What the probe writes and reads again: the disk and the database really keep what they are given."""

    token = models.CharField(_("jeton"), max_length=64, unique=True)
    text = models.CharField(_("texte confié"), max_length=64, blank=True)
    created_at = models.DateTimeField(_("créé le"))

    class Meta:
        verbose_name = _("brouillon de la sonde")
        verbose_name_plural = _("brouillons de la sonde")

    def __str__(self) -> str:
        return self.token
