"""Experts, conflicts, assignments and reviews of a call."""

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from essaim.applications.models import Application
from essaim.calls.models import Call
from essaim.kernel.bilingual import BilingualField
from essaim.kernel.workflow import state_constraint


class Expert(models.Model):
    """A person who reviews for a call, with what they know and how much they can take.

    `region`: INSEE code, in the regions of the call's time (an expert from elsewhere judges from a distance).
    """

    call = models.ForeignKey(Call, models.CASCADE, related_name="experts")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="expertises")
    organisation = models.CharField(_("organisme"), max_length=200, blank=True)
    specialties = models.JSONField(_("spécialités"), default=list)
    region = models.CharField(_("région"), max_length=3, blank=True)
    min_load = models.PositiveSmallIntegerField(_("dossiers au moins"), default=0)
    max_load = models.PositiveSmallIntegerField(_("dossiers au plus"), default=15)

    class Meta:
        verbose_name = _("expert")
        verbose_name_plural = _("experts")
        ordering = ["call", "pk"]
        constraints = [models.UniqueConstraint(fields=["call", "person"], name="expert_once_a_call")]

    def __str__(self) -> str:
        return str(self.person)

    @property
    def journal_log(self) -> str:
        return self.call.programme.slug


class Conflict(models.Model):
    """A reason why an expert may not review an application (déport)."""

    class Origin(models.TextChoices):
        DECLARED = "declared", _("Déclaré par l’expert")
        ORGANISATION = "organisation", _("Même organisme")
        AUTHOR = "author", _("Porte ou rédige le dossier")
        OFFICER = "officer", _("Constaté par le service")

    expert = models.ForeignKey(Expert, models.CASCADE, related_name="conflicts")
    application = models.ForeignKey(Application, models.CASCADE, related_name="conflicts")
    origin = models.CharField(_("origine"), max_length=12, choices=Origin.choices)
    note = models.CharField(_("précision"), max_length=300, blank=True)
    declared_at = models.DateTimeField(_("déclaré le"))

    class Meta:
        verbose_name = _("déport")
        verbose_name_plural = _("déports")
        constraints = [models.UniqueConstraint(fields=["expert", "application"], name="conflict_once")]

    def __str__(self) -> str:
        return f"{self.expert} · {self.application}"

    @property
    def journal_log(self) -> str:
        return self.expert.call.programme.slug


class AssignmentRun(models.Model):
    """One computation of who reads what: its figures, its bound, whether it is proven optimal."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="assignment_runs")
    number = models.PositiveSmallIntegerField(_("numéro"))
    result = models.JSONField(_("chiffres"), default=dict)
    computed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    computed_at = models.DateTimeField(_("calculé le"))

    class Meta:
        verbose_name = _("affectation calculée")
        verbose_name_plural = _("affectations calculées")
        constraints = [models.UniqueConstraint(fields=["call", "number"], name="assignment_run_number_once")]

    def __str__(self) -> str:
        return f"{self.call} · {self.number}"

    @property
    def journal_log(self) -> str:
        return self.call.programme.slug


class AssignmentState(models.TextChoices):
    ASSIGNED = "assigned", _("À expertiser")
    DONE = "done", _("Expertise rendue")
    RECUSED = "recused", _("Déport")


class Assignment(models.Model):
    """One application given to one expert, with the sentence that says why."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    run = models.ForeignKey(AssignmentRun, models.PROTECT, null=True, related_name="assignments")
    expert = models.ForeignKey(Expert, models.CASCADE, related_name="assignments")
    application = models.ForeignKey(Application, models.CASCADE, related_name="assignments")
    affinity = models.PositiveIntegerField(_("affinité (dix-millièmes)"), default=0)
    why = BilingualField(_("pourquoi"))
    given_at = models.DateTimeField(_("confiée le"), null=True, blank=True)
    due_on = models.DateField(_("à rendre le"))
    state = models.CharField(
        _("état"), max_length=12, choices=AssignmentState.choices, default=AssignmentState.ASSIGNED
    )

    class Meta:
        verbose_name = _("affectation")
        verbose_name_plural = _("affectations")
        ordering = ["application", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["expert", "application"], name="assignment_once"),
            state_constraint(AssignmentState, "assignment_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.expert} · {self.application}"

    def get_absolute_url(self) -> str:
        return reverse("reviews:review", args=[self.public_id])

    @property
    def journal_log(self) -> str:
        return self.expert.call.programme.slug


class Review(models.Model):
    """An expert's scores and justifications on the grid; `total` in thousandths of a point out of 20."""

    assignment = models.OneToOneField(Assignment, models.CASCADE, related_name="review")
    scores = models.JSONField(_("notes par critère"), default=dict)
    justifications = models.JSONField(_("justifications par critère"), default=dict)
    comment = models.TextField(_("avis d’ensemble"), max_length=4000, blank=True)
    total = models.PositiveIntegerField(_("note (millièmes de point sur 20)"), null=True, blank=True)
    saved_at = models.DateTimeField(_("enregistrée le"))
    submitted_at = models.DateTimeField(_("rendue le"), null=True, blank=True)

    class Meta:
        verbose_name = _("expertise")
        verbose_name_plural = _("expertises")

    def __str__(self) -> str:
        return str(self.assignment)
