"""The choice: scenarios, their lines, the ratified one, and one reasoned decision per application."""

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from essaim.applications.models import Application
from essaim.calls.models import Call
from essaim.kernel.bilingual import BilingualField
from essaim.kernel.workflow import state_constraint


class SelectionState(models.TextChoices):
    OPEN = "open", _("En cours")
    RATIFIED = "ratified", _("Arrêtée, pas encore publiée")
    PUBLISHED = "published", _("Résultats publiés")


class Selection(models.Model):
    """The choice made for a call: from scenarios to published results."""

    call = models.OneToOneField(Call, models.PROTECT, related_name="selection")
    ranking = models.JSONField(_("classement calibré"), default=dict)
    opened_at = models.DateTimeField(_("ouverte le"))
    ratified_at = models.DateTimeField(_("arrêtée le"), null=True, blank=True)
    published_at = models.DateTimeField(_("publiée le"), null=True, blank=True)
    state = models.CharField(_("état"), max_length=12, choices=SelectionState.choices, default=SelectionState.OPEN)

    class Meta:
        verbose_name = _("sélection")
        verbose_name_plural = _("sélections")
        constraints = [state_constraint(SelectionState, "selection_state_known")]

    def __str__(self) -> str:
        return str(self.call)

    def get_absolute_url(self) -> str:
        return reverse("selections:results", args=[self.call.slug])

    @property
    def journal_log(self) -> str:
        return self.call.programme.slug


class ScenarioState(models.TextChoices):
    DRAFT = "draft", _("À calculer")
    COMPUTED = "computed", _("Calculé")
    PROPOSED = "proposed", _("Proposé à la décision")
    RATIFIED = "ratified", _("Retenu")
    DISCARDED = "discarded", _("Écarté")


class Scenario(models.Model):
    """A portfolio under given rules: parameters in, optimum and proof out. Money in cents, value in engine units."""

    selection = models.ForeignKey(Selection, models.CASCADE, related_name="scenarios")
    number = models.PositiveSmallIntegerField(_("numéro"))
    title = models.CharField(_("titre"), max_length=140)
    parameters = models.JSONField(_("paramètres"), default=dict)
    budget_cents = models.BigIntegerField(_("enveloppe (centimes)"))
    result = models.JSONField(_("résultat"), default=dict)
    certificate = models.JSONField(_("certificat"), default=dict)
    granted_cents = models.BigIntegerField(_("accordé (centimes)"), default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("créé le"))
    computed_at = models.DateTimeField(_("calculé le"), null=True, blank=True)
    job_key = models.CharField(max_length=80, blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    proposal_reason = models.TextField(_("raison de la proposition"), blank=True)
    ratified_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    ratified_at = models.DateTimeField(_("arrêté le"), null=True, blank=True)
    ratification_reason = models.TextField(_("raison de la décision"), blank=True)
    state = models.CharField(_("état"), max_length=12, choices=ScenarioState.choices, default=ScenarioState.DRAFT)

    class Meta:
        verbose_name = _("scénario")
        verbose_name_plural = _("scénarios")
        ordering = ["selection", "number"]
        constraints = [
            models.UniqueConstraint(fields=["selection", "number"], name="scenario_number_once"),
            models.CheckConstraint(
                condition=models.Q(granted_cents__lte=models.F("budget_cents")), name="scenario_within_its_envelope"
            ),
            models.CheckConstraint(
                condition=models.Q(ratified_by__isnull=True) | ~models.Q(ratified_by=models.F("proposed_by")),
                name="scenario_four_eyes",
            ),
            state_constraint(ScenarioState, "scenario_state_known"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("selections:scenario", args=[self.selection.call.slug, self.number])

    @property
    def left_cents(self) -> int:
        """What the scenario leaves of its envelope."""
        return self.budget_cents - self.granted_cents

    @property
    def journal_log(self) -> str:
        return self.selection.call.programme.slug


class ScenarioLine(models.Model):
    """One application in a scenario: funded or not, how much, and the sentence that says what would have changed it."""

    scenario = models.ForeignKey(Scenario, models.CASCADE, related_name="lines")
    application = models.ForeignKey(Application, models.CASCADE, related_name="+")
    funded = models.BooleanField(_("retenu"))
    granted_cents = models.BigIntegerField(_("accordé (centimes)"), default=0)
    points = models.PositiveIntegerField(_("qualité (millièmes de point)"))
    rank_low = models.PositiveIntegerField(_("rang, au mieux"), null=True, blank=True)
    rank_high = models.PositiveIntegerField(_("rang, au pire"), null=True, blank=True)
    explanation = BilingualField(_("ce qui aurait changé le résultat"))

    class Meta:
        verbose_name = _("ligne de scénario")
        verbose_name_plural = _("lignes de scénario")
        constraints = [models.UniqueConstraint(fields=["scenario", "application"], name="scenario_line_once")]

    def __str__(self) -> str:
        return f"{self.scenario} · {self.application}"


class DecisionState(models.TextChoices):
    PREPARED = "prepared", _("Préparée")
    PUBLISHED = "published", _("Publiée et notifiée")


class Decision(models.Model):
    """Yes or no, how much, and the reasons in order. None can exist without a reason."""

    class Outcome(models.TextChoices):
        FUNDED = "funded", _("Retenu")
        DECLINED = "declined", _("Non retenu")
        INADMISSIBLE = "inadmissible", _("Irrecevable")
        INELIGIBLE = "ineligible", _("Inéligible")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    selection = models.ForeignKey(Selection, models.PROTECT, related_name="decisions")
    application = models.OneToOneField(Application, models.PROTECT, related_name="decision")
    scenario = models.ForeignKey(Scenario, models.PROTECT, null=True, blank=True, related_name="decisions")
    outcome = models.CharField(_("décision"), max_length=14, choices=Outcome.choices)
    granted_cents = models.BigIntegerField(_("accordé (centimes)"), default=0)
    reasons = models.JSONField(_("raisons (liste de textes français et anglais)"))
    what_would_change = BilingualField(_("ce qui aurait changé le résultat"), blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("décidée le"))
    notified_at = models.DateTimeField(_("notifiée le"), null=True, blank=True)
    state = models.CharField(_("état"), max_length=12, choices=DecisionState.choices, default=DecisionState.PREPARED)

    class Meta:
        verbose_name = _("décision")
        verbose_name_plural = _("décisions")
        ordering = ["selection", "application"]
        constraints = [
            state_constraint(DecisionState, "decision_state_known"),
            models.CheckConstraint(condition=~models.Q(reasons=[]), name="decision_has_reasons"),
            models.CheckConstraint(
                condition=models.Q(outcome="funded", granted_cents__gt=0) | ~models.Q(outcome="funded"),
                name="decision_funded_has_an_amount",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application} · {self.outcome}"

    def get_absolute_url(self) -> str:
        return reverse("selections:decision", args=[self.public_id])

    @property
    def journal_log(self) -> str:
        return self.selection.call.programme.slug
