"""What passes between the administration and the applicant after a filing: requests, messages; and filings on paper."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from essaim.applications.models.application import Application
from essaim.applications.models.filing import Filing
from essaim.kernel.models import StoredFile
from essaim.kernel.workflow import state_constraint


class CompletionState(models.TextChoices):
    ASKED = "asked", _("En attente de la réponse")
    ANSWERED = "answered", _("Répondue")
    LAPSED = "lapsed", _("Restée sans réponse")
    WITHDRAWN = "withdrawn", _("Retirée par le service")


class CompletionRequest(models.Model):
    """What the administration asks an applicant to complete (article L. 114-5 CRPA), by when, and what became of it.

    `parts` says what the applicant may change, and nothing else: codes of questions, `document:<code>`, `budget`.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.ForeignKey(Application, models.CASCADE, related_name="completion_requests")
    number = models.PositiveSmallIntegerField(_("demande numéro"))
    parts = models.JSONField(_("ce qui est à compléter"), default=list)
    why = models.TextField(_("pourquoi"), max_length=4000)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("demandé le"))
    due_at = models.DateTimeField(_("réponse attendue le"))
    closed_at = models.DateTimeField(_("close le"), null=True, blank=True)
    closing_reason = models.TextField(_("raison du retrait"), max_length=4000, blank=True)
    answer = models.ForeignKey(Filing, models.PROTECT, null=True, blank=True, related_name="answers_to")
    state = models.CharField(_("état"), max_length=10, choices=CompletionState.choices, default=CompletionState.ASKED)

    class Meta:
        verbose_name = _("demande de complément")
        verbose_name_plural = _("demandes de complément")
        ordering = ["application", "number"]
        constraints = [
            state_constraint(CompletionState, "completion_state_known"),
            models.UniqueConstraint(fields=["application", "number"], name="completion_number_once"),
            models.UniqueConstraint(
                fields=["application"], condition=models.Q(state="asked"), name="completion_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=models.Q(due_at__gt=models.F("asked_at")), name="completion_leaves_some_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application} · {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("applications:completion", args=[self.application.public_id])

    @property
    def journal_log(self) -> str:
        return self.application.call.programme.slug

    def is_open(self, at: datetime) -> bool:
        """Whether the applicant may still answer at `at`."""
        return self.state == CompletionState.ASKED and at <= self.due_at


class Exchange(models.Model):
    """A message between the administration and the applicant; `read_at` is the other side's first reading."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="exchanges")
    from_service = models.BooleanField(_("écrit par le service"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField(_("message"), max_length=4000)
    sent_at = models.DateTimeField(_("envoyé le"))
    key = models.CharField(_("clé d’idempotence"), max_length=64, unique=True)
    read_at = models.DateTimeField(_("lu le"), null=True, blank=True)
    read_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["application", "sent_at", "pk"]
        indexes = [models.Index(fields=["application", "from_service", "read_at"], name="exchange_unread")]

    def __str__(self) -> str:
        return f"{self.application} · {self.sent_at}"

    @property
    def journal_log(self) -> str:
        return self.application.call.programme.slug


class PaperArrival(models.Model):
    """An application that came on paper or by e-mail, and the proof of its arrival (plan B, announced in the call)."""

    class Channel(models.TextChoices):
        POST = "post", _("Courrier postal")
        HAND = "hand", _("Remis au service")
        EMAIL = "email", _("Courriel")

    application = models.OneToOneField(Application, models.CASCADE, related_name="paper_arrival")
    channel = models.CharField(_("voie d’arrivée"), max_length=10, choices=Channel.choices)
    arrived_at = models.DateTimeField(_("arrivé le"))
    proof = models.CharField(_("preuve de l’arrivée"), max_length=300)
    proof_file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    registered_at = models.DateTimeField(_("enregistré le"))

    class Meta:
        verbose_name = _("dossier reçu hors ligne")
        verbose_name_plural = _("dossiers reçus hors ligne")

    def __str__(self) -> str:
        return f"{self.application} · {self.get_channel_display()}"

    @property
    def journal_log(self) -> str:
        return self.application.call.programme.slug
