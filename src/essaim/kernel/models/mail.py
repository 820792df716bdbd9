"""Messages sent, kept as the person received them."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from essaim.kernel.models.files import StoredFile


class Message(models.Model):
    """One e-mail, rendered when it was decided, readable in the product whatever became of its sending."""

    class State(models.TextChoices):
        QUEUED = "queued", _("À envoyer")
        SENDING = "sending", _("En cours d’envoi")
        SENT = "sent", _("Envoyé")
        FAILED = "failed", _("Non envoyé")
        BOUNCED = "bounced", _("Revenu à l’expéditeur")

    public_id = models.UUIDField(_("identifiant public"), default=uuid.uuid4, unique=True, editable=False)
    key = models.CharField(_("clé d’unicité"), max_length=200, unique=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("destinataire"),
    )
    address = models.EmailField(_("adresse"))
    template = models.CharField(_("modèle"), max_length=100)
    language = models.CharField(_("langue"), max_length=5)
    subject = models.CharField(_("objet"), max_length=250)
    text = models.TextField(_("texte"))
    html = models.TextField(_("texte mis en forme"))
    subject_type = models.CharField(_("nature de l’objet concerné"), max_length=60, blank=True)
    subject_id = models.CharField(_("objet concerné"), max_length=40, blank=True)
    attachments = models.ManyToManyField(StoredFile, related_name="messages", verbose_name=_("pièces jointes"))
    state = models.CharField(_("état"), max_length=10, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("essais"), default=0)
    lease_until = models.DateTimeField(_("réservé jusqu’au"), null=True, blank=True)
    failure = models.TextField(_("raison de l’échec"), blank=True)
    created_at = models.DateTimeField(_("écrit le"))
    sent_at = models.DateTimeField(_("envoyé le"), null=True, blank=True)
    read_at = models.DateTimeField(_("lu sur le site le"), null=True, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["queued", "sending", "sent", "failed", "bounced"]), name="message_state"
            ),
        ]
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="message_subject"),
            models.Index(fields=["state"], name="message_state_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.address} · {self.subject}"

    @property
    def message_id(self) -> str:
        """The Message-ID header: the same at every attempt, so that a repeat is recognised as one."""
        return f"<{self.public_id}@{settings.MAIL_DOMAIN}>"
