"""The append-only journal: one Merkle log per programme (RFC 6962)."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Log(models.Model):
    """The head of a log: how many events it holds, and the root of their tree."""

    name = models.CharField(_("nom"), max_length=64, primary_key=True)
    size = models.PositiveBigIntegerField(_("nombre d’actes"), default=0)
    frontier = models.JSONField(_("frontière de l’arbre"), default=list)
    root = models.CharField(_("racine"), max_length=64)

    class Meta:
        verbose_name = _("registre")
        verbose_name_plural = _("registres")

    def __str__(self) -> str:
        return f"{self.name} ({self.size})"


class Event(models.Model):
    """One act: who, in which role, did what to what, when. Ids and digests only: erasing a person never touches it.

    `place`, on an event just written, is its place in the tree (`journal.Place`); it is not a column.
    """

    place: Any = None

    log = models.CharField(_("registre"), max_length=64)
    seq = models.PositiveBigIntegerField(_("rang"))
    at = models.DateTimeField(_("instant"))
    actor = models.CharField(_("auteur"), max_length=40, blank=True)
    role = models.CharField(_("rôle"), max_length=40)
    verb = models.CharField(_("acte"), max_length=100)
    subject_type = models.CharField(_("nature de l’objet"), max_length=60)
    subject_id = models.CharField(_("objet"), max_length=40)
    payload = models.JSONField(_("détail"), default=dict)
    leaf = models.CharField(_("empreinte"), max_length=64)

    class Meta:
        verbose_name = _("acte")
        verbose_name_plural = _("actes")
        ordering = ["log", "seq"]
        constraints = [models.UniqueConstraint(fields=["log", "seq"], name="event_seq_once")]
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="event_subject"),
            models.Index(fields=["verb"], name="event_verb"),
        ]

    def __str__(self) -> str:
        return f"{self.log} {self.seq} {self.verb}"
