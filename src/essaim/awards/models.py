"""After the decision: the letter, the agreement, the payments, the report."""

import uuid

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from essaim.awards.queries import AgreementQuerySet
from essaim.kernel.models import Message, StoredFile
from essaim.kernel.workflow import state_constraint
from essaim.selections.models import Decision


class Letter(models.Model):
    """The notification of a decision: the PDF, the mail that carried it, when it was opened."""

    decision = models.OneToOneField(Decision, models.PROTECT, related_name="letter")
    pdf = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    message = models.ForeignKey(Message, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(_("établie le"))
    opened_at = models.DateTimeField(_("ouverte le"), null=True, blank=True)

    class Meta:
        verbose_name = _("lettre de notification")
        verbose_name_plural = _("lettres de notification")

    def __str__(self) -> str:
        return str(self.decision)


class AgreementState(models.TextChoices):
    DRAFT = "draft", _("À signer par le bénéficiaire")
    ACCEPTED = "accepted", _("Signée par le bénéficiaire")
    SIGNED = "signed", _("Signée par les deux parties")
    CLOSED = "closed", _("Soldée")


class Agreement(models.Model):
    """The agreement (convention) with a funded applicant."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    decision = models.OneToOneField(Decision, models.PROTECT, related_name="agreement")
    number = models.CharField(_("numéro"), max_length=30, unique=True)
    amount_cents = models.BigIntegerField(_("montant maximal (centimes)"))
    cost_cents = models.BigIntegerField(_("coût éligible (centimes)"))
    starts_on = models.DateField(_("début"))
    ends_on = models.DateField(_("fin"))
    pdf = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("établie le"))
    accepted_at = models.DateTimeField(_("signée par le bénéficiaire le"), null=True, blank=True)
    signed_at = models.DateTimeField(_("signée par l’administration le"), null=True, blank=True)
    state = models.CharField(_("état"), max_length=12, choices=AgreementState.choices, default=AgreementState.DRAFT)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("convention")
        verbose_name_plural = _("conventions")
        ordering = ["number"]
        constraints = [
            state_constraint(AgreementState, "agreement_state_known"),
            models.CheckConstraint(condition=models.Q(amount_cents__gt=0), name="agreement_amount_positive"),
            models.CheckConstraint(condition=models.Q(ends_on__gt=models.F("starts_on")), name="agreement_dates"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("awards:agreement", args=[self.public_id])

    @property
    def journal_log(self) -> str:
        return self.decision.selection.call.programme.slug


class PaymentState(models.TextChoices):
    PLANNED = "planned", _("Prévu")
    CLAIMED = "claimed", _("Demandé")
    PAID = "paid", _("Versé")


class Payment(models.Model):
    """One payment of an agreement: advance, instalment or balance (décret 2018-514, art. 12)."""

    class Kind(models.TextChoices):
        ADVANCE = "advance", _("Avance")
        INSTALMENT = "instalment", _("Acompte")
        BALANCE = "balance", _("Solde")

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="payments")
    kind = models.CharField(_("nature"), max_length=12, choices=Kind.choices)
    amount_cents = models.BigIntegerField(_("montant (centimes)"))
    due_on = models.DateField(_("prévu le"))
    claimed_at = models.DateTimeField(_("demandé le"), null=True, blank=True)
    paid_at = models.DateTimeField(_("versé le"), null=True, blank=True)
    reference = models.CharField(_("référence du mandat"), max_length=60, blank=True)
    state = models.CharField(_("état"), max_length=12, choices=PaymentState.choices, default=PaymentState.PLANNED)

    class Meta:
        verbose_name = _("versement")
        verbose_name_plural = _("versements")
        ordering = ["agreement", "due_on", "pk"]
        constraints = [
            state_constraint(PaymentState, "payment_state_known"),
            models.CheckConstraint(condition=models.Q(amount_cents__gt=0), name="payment_positive"),
            models.UniqueConstraint(
                fields=["agreement", "kind"], condition=~models.Q(kind="instalment"), name="one_advance_one_balance"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement} · {self.kind}"

    @property
    def journal_log(self) -> str:
        return self.agreement.journal_log


class ReportState(models.TextChoices):
    DUE = "due", _("Attendu")
    SUBMITTED = "submitted", _("Remis")
    ACCEPTED = "accepted", _("Accepté")


class Report(models.Model):
    """The final report: what was done, what it cost, and the indicators (compte rendu financier)."""

    agreement = models.OneToOneField(Agreement, models.PROTECT, related_name="report")
    due_on = models.DateField(_("attendu le"))
    text = models.TextField(_("ce qui a été fait"), max_length=6000, blank=True)
    spent_cents = models.BigIntegerField(_("dépensé (centimes)"), null=True, blank=True)
    indicators = models.JSONField(_("indicateurs"), default=dict)
    return_reason = models.TextField(_("complément demandé"), max_length=2000, blank=True)
    submitted_at = models.DateTimeField(_("remis le"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("accepté le"), null=True, blank=True)
    state = models.CharField(_("état"), max_length=12, choices=ReportState.choices, default=ReportState.DUE)

    class Meta:
        verbose_name = _("compte rendu")
        verbose_name_plural = _("comptes rendus")
        constraints = [state_constraint(ReportState, "report_state_known")]

    def __str__(self) -> str:
        return str(self.agreement)

    @property
    def journal_log(self) -> str:
        return self.agreement.journal_log
