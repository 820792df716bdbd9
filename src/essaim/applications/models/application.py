"""The application itself, and who writes it."""

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from essaim.accounts.models import Organisation
from essaim.applications.queries import ApplicationQuerySet
from essaim.calls.models import Call
from essaim.kernel.workflow import state_constraint
from essaim.places.models import Commune
from essaim.programmes.models import RuleSet


class ApplicationState(models.TextChoices):
    DRAFT = "draft", _("Brouillon, pas encore déposé")
    FILED = "filed", _("Déposé")
    ADMISSIBLE = "admissible", _("Recevable, en expertise")
    INADMISSIBLE = "inadmissible", _("Irrecevable")
    INELIGIBLE = "ineligible", _("Inéligible")
    FUNDED = "funded", _("Retenu")
    DECLINED = "declined", _("Non retenu")
    WITHDRAWN = "withdrawn", _("Retiré par le porteur")


class Application(models.Model):
    """One project of one organisation for one call. `version` grows with each saved change.

    `answers` keeps what was typed, readable or not, so that nothing typed is ever lost; `touched` says at which
    version each answer (and the budget) last changed, so that two people who write at once see each other.

    A row that `replaces` another is its WORKING COPY: never a file of its own, in no list, no count, no reminder of
    drafts, and read by the applicant only. It is written like a draft; filing it copies its content onto the filed
    row. There is one per filed row, put away (`put_away_at`) when it was filed or abandoned, taken out again later.
    `only` and `until`: what a request for completion reopened, and until when (all, until the closing, when empty).
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    call = models.ForeignKey(Call, models.PROTECT, related_name="applications")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="applications", verbose_name=_("organisme")
    )
    rule_set = models.ForeignKey(RuleSet, models.PROTECT, related_name="applications")
    number = models.PositiveIntegerField(_("numéro d’ordre"), null=True, blank=True)
    title = models.CharField(_("nom du projet"), max_length=140, blank=True)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="revision", verbose_name=_("remplace le dépôt de")
    )
    put_away_at = models.DateTimeField(_("copie de travail refermée le"), null=True, blank=True)
    only = models.JSONField(_("parties rouvertes (vide : toutes)"), null=True, blank=True)
    until = models.DateTimeField(_("rouvert jusqu’au"), null=True, blank=True)
    answers = models.JSONField(_("réponses"), default=dict, blank=True)
    touched = models.JSONField(_("version de chaque réponse"), default=dict, blank=True, editable=False)
    commune = models.ForeignKey(
        Commune, models.PROTECT, null=True, blank=True, related_name="applications", verbose_name=_("commune du lieu")
    )
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    cost_cents = models.BigIntegerField(_("coût total (centimes)"), default=0)
    requested_cents = models.BigIntegerField(_("aide demandée (centimes)"), default=0)
    version = models.PositiveIntegerField(_("version"), default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("commencé le"))
    saved_at = models.DateTimeField(_("enregistré le"))
    filed_at = models.DateTimeField(_("déposé le"), null=True, blank=True)
    files_itself_for = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("dépôt automatique à la clôture, demandé par"),
    )
    # The rules and documents read as not met or missing when this was asked: nothing else is acknowledged.
    files_itself_knowing = models.JSONField(_("ce qui a été lu comme manquant"), default=list, blank=True)
    admissibility_reason = models.TextField(_("motif de la recevabilité"), blank=True)
    # What the rules said of the latest filing, so that lists filter and sort without asking the rules again.
    unmet_blocking = models.PositiveSmallIntegerField(_("règles bloquantes non respectées"), null=True, blank=True)
    unmet_other = models.PositiveSmallIntegerField(_("autres règles non respectées"), null=True, blank=True)
    documents_lacking = models.PositiveSmallIntegerField(_("pièces obligatoires absentes"), null=True, blank=True)
    refused_late_at = models.DateTimeField(_("dépôt tardif refusé le"), null=True, blank=True)
    invented = models.BooleanField(_("inventé pour la démonstration"), default=False)
    state = models.CharField(_("état"), max_length=14, choices=ApplicationState.choices, default=ApplicationState.DRAFT)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("candidature")
        verbose_name_plural = _("candidatures")
        ordering = ["call", "number", "pk"]
        constraints = [
            state_constraint(ApplicationState, "application_state_known"),
            models.UniqueConstraint(fields=["call", "number"], name="application_number_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "withdrawn"]) | models.Q(filed_at__isnull=False),
                name="application_filed_has_its_instant",
            ),
            models.CheckConstraint(
                condition=models.Q(replaces=None) | models.Q(state="draft", number=None, filed_at=None),
                name="application_working_copy_is_no_file",
            ),
        ]
        indexes = [models.Index(fields=["call", "state"], name="application_call_state")]

    def __str__(self) -> str:
        return self.title or str(_("Projet sans nom"))

    def get_absolute_url(self) -> str:
        return reverse("applications:application", args=[self.public_id])

    @property
    def reference(self) -> str:
        """The number people quote: FABLABS-0042; a draft has none, a working copy has that of what it replaces."""
        number = self.replaces.number if self.replaces else self.number
        return f"{self.call.reference}-{number:04d}" if number else ""

    @property
    def original(self) -> "Application":
        """The file itself: what a working copy replaces, or this very row."""
        return self.replaces or self

    @property
    def open_revision(self) -> "Application | None":
        """The working copy being written, if any."""
        if self.filed_at is None:
            return None
        copy: Application | None = getattr(self, "revision", None)
        return copy if copy is not None and copy.put_away_at is None else None

    @property
    def journal_log(self) -> str:
        return self.call.programme.slug


class Collaborator(models.Model):
    """Someone who writes in an application, beyond the members of its organisation."""

    class Role(models.TextChoices):
        OWNER = "owner", _("Porteur : écrit et dépose")
        EDITOR = "editor", _("Rédacteur : écrit")
        READER = "reader", _("Lecteur")

    application = models.ForeignKey(Application, models.CASCADE, related_name="collaborators")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="applications")
    role = models.CharField(_("rôle"), max_length=10, choices=Role.choices)

    class Meta:
        verbose_name = _("contributeur")
        verbose_name_plural = _("contributeurs")
        constraints = [models.UniqueConstraint(fields=["application", "person"], name="collaborator_once")]

    def __str__(self) -> str:
        return f"{self.person} · {self.application}"
