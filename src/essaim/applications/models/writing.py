"""Writing together: what each answer was before, who is on which page, what members say to each other, and the drafts
begun without an account."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from essaim.applications.models.application import Application


class AnswerVersion(models.Model):
    """What an answer was after a spell of writing of one person. `code` is the question's, or "place".

    The first row of an answer that was there before anybody wrote it has no author. `longest` is the length of the
    longest text of the spell: a text that loses much of it begins a new row, so that nothing long is merged away.
    """

    application = models.ForeignKey(Application, models.CASCADE, related_name="versions")
    code = models.CharField(_("question"), max_length=60)
    value = models.JSONField(_("réponse"), null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("par")
    )
    began_at = models.DateTimeField(_("commencée le"))
    at = models.DateTimeField(_("enregistrée le"))
    version = models.PositiveIntegerField(_("version du dossier"))
    longest = models.PositiveIntegerField(_("plus long texte"), default=0)
    restored_from = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("reprise de")
    )

    class Meta:
        verbose_name = _("version d’une réponse")
        verbose_name_plural = _("versions des réponses")
        ordering = ["application", "code", "pk"]
        indexes = [models.Index(fields=["application", "code", "-id"], name="answer_version_last")]

    def __str__(self) -> str:
        return f"{self.code} · {self.version}"


class Comment(models.Model):
    """What a member says about a section to the others: never read by the administration, never in a receipt.

    The first of a thread has no `thread`; it alone is resolved and opened again.
    """

    application = models.ForeignKey(Application, models.CASCADE, related_name="comments")
    section = models.CharField(_("section"), max_length=60)
    thread = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="answers")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("par"))
    at = models.DateTimeField(_("écrit le"))
    text = models.TextField(_("commentaire"))
    resolved_at = models.DateTimeField(_("réglé le"), null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("réglé par")
    )

    class Meta:
        verbose_name = _("commentaire")
        verbose_name_plural = _("commentaires")
        ordering = ["application", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(thread__isnull=True) | models.Q(resolved_at__isnull=True),
                name="comment_threads_are_resolved",
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]


class Presence(models.Model):
    """Someone has a page of an application open: a row that is believed for a short while, then means nothing."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="presences")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    step = models.CharField(_("page"), max_length=20)
    field = models.CharField(_("champ"), max_length=100, blank=True)
    seen_at = models.DateTimeField(_("vu le"))

    class Meta:
        verbose_name = _("présence")
        verbose_name_plural = _("présences")
        constraints = [models.UniqueConstraint(fields=["application", "person"], name="presence_once")]

    def __str__(self) -> str:
        return f"{self.person} · {self.application}"


class Guest(models.Model):
    """Someone who writes a draft without an account yet: a browser holds the secret, we keep its digest.

    `person` is an inactive stand-in, without a real address, so that a draft always has its author; when the draft is
    claimed by an account, it passes to it. `origin` is a keyed digest of the network address, kept as long as the row.
    """

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="guest")
    secret_sha256 = models.CharField(max_length=64, unique=True)
    origin = models.CharField(_("empreinte de l’adresse réseau"), max_length=32, db_index=True)
    created_at = models.DateTimeField(_("commencé le"))
    claimed_at = models.DateTimeField(_("repris le"), null=True, blank=True)

    class Meta:
        verbose_name = _("auteur sans compte")
        verbose_name_plural = _("auteurs sans compte")

    def __str__(self) -> str:
        return str(self.person)
