"""The financing plan: what it costs, who pays."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from essaim.applications.models.application import Application


class CostLine(models.Model):
    """A line of expenses of the financing plan."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="cost_lines")
    position = models.PositiveSmallIntegerField(_("rang"))
    label = models.CharField(_("dépense"), max_length=200)
    category = models.CharField(_("catégorie"), max_length=30)
    amount_cents = models.BigIntegerField(_("montant (centimes)"))

    class Meta:
        verbose_name = _("dépense")
        verbose_name_plural = _("dépenses")
        ordering = ["application", "position"]
        constraints = [models.CheckConstraint(condition=models.Q(amount_cents__gte=0), name="cost_not_negative")]

    def __str__(self) -> str:
        return self.label


class FundingLine(models.Model):
    """A line of resources of the financing plan."""

    class Kind(models.TextChoices):
        REQUESTED = "requested", _("Aide demandée à cet appel")
        PUBLIC = "public", _("Autre financement public")
        PRIVATE = "private", _("Financement privé")
        OWN = "own", _("Autofinancement")
        IN_KIND = "in_kind", _("Contribution en nature")

    class Status(models.TextChoices):
        ASKED = "asked", _("Sollicité")
        SECURED = "secured", _("Acquis")
        REFUSED = "refused", _("Refusé")

    application = models.ForeignKey(Application, models.CASCADE, related_name="funding_lines")
    position = models.PositiveSmallIntegerField(_("rang"))
    funder = models.CharField(_("financeur"), max_length=200)
    kind = models.CharField(_("nature"), max_length=12, choices=Kind.choices)
    status = models.CharField(_("statut"), max_length=10, choices=Status.choices, default=Status.ASKED)
    amount_cents = models.BigIntegerField(_("montant (centimes)"))

    class Meta:
        verbose_name = _("ressource")
        verbose_name_plural = _("ressources")
        ordering = ["application", "position"]
        constraints = [models.CheckConstraint(condition=models.Q(amount_cents__gte=0), name="funding_not_negative")]

    def __str__(self) -> str:
        return self.funder
