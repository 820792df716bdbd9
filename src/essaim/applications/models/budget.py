"""The financing plan: what it costs, who pays."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from essaim.accounts.models import Organisation
from essaim.applications.models.application import Application
from essaim.applications.queries.facts import WHOLE_SHARE
from essaim.ui.formats import money, number, percent


class CostLine(models.Model):
    """A line of expenses of the financing plan.

    `quantity_thousandths` x `unit_price_cents` is where `amount_cents` comes from when both are given.
    `eligible_points` is the eligible share in hundredths of a percent. `account` is the class of the French chart
    (60 to 69, 86), empty when the category's does. `quote` is the SHA-256 of the document that proves the price,
    among those attached.
    """

    class Vat(models.TextChoices):
        HT = "HT", _("HT")
        TTC = "TTC", _("TTC")

    application = models.ForeignKey(Application, models.CASCADE, related_name="cost_lines")
    position = models.PositiveSmallIntegerField(_("rang"))
    label = models.CharField(_("dépense"), max_length=200)
    category = models.CharField(_("catégorie"), max_length=30)
    account = models.CharField(_("compte"), max_length=5, blank=True)
    quantity_thousandths = models.BigIntegerField(_("quantité (millièmes)"), null=True, blank=True)
    unit_price_cents = models.BigIntegerField(_("prix unitaire (centimes)"), null=True, blank=True)
    amount_cents = models.BigIntegerField(_("montant (centimes)"))
    vat = models.CharField(_("HT ou TTC"), max_length=3, choices=Vat.choices, default=Vat.HT)
    eligible_points = models.PositiveSmallIntegerField(_("part éligible (centièmes de pour cent)"), default=WHOLE_SHARE)
    year = models.PositiveSmallIntegerField(_("année"), null=True, blank=True)
    quote = models.CharField(_("devis (SHA-256)"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("dépense")
        verbose_name_plural = _("dépenses")
        ordering = ["application", "position"]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_cents__gte=0), name="cost_not_negative"),
            models.CheckConstraint(condition=models.Q(eligible_points__lte=WHOLE_SHARE), name="cost_share_at_most_one"),
            models.CheckConstraint(condition=models.Q(vat__in=["HT", "TTC"]), name="cost_vat_known"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def product_said(self) -> str:
        """« 2,5 × 8 000 € », or nothing."""
        if self.quantity_thousandths is None or self.unit_price_cents is None:
            return ""
        quantity = Decimal(self.quantity_thousandths).scaleb(-3).normalize()
        return f"{number(quantity, max(0, -int(quantity.as_tuple().exponent)))} × {money(self.unit_price_cents)}"

    @property
    def share_said(self) -> str:
        """« 66,67 % »."""
        return percent(Decimal(self.eligible_points).scaleb(-4), 2)


class FundingLine(models.Model):
    """A line of resources of the financing plan.

    `account` is the class of the French chart (70 to 79, 87), empty when the nature's does. `proof` is the SHA-256 of
    the document that proves the funding, among those attached.
    """

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
    account = models.CharField(_("compte"), max_length=5, blank=True)
    amount_cents = models.BigIntegerField(_("montant (centimes)"))
    year = models.PositiveSmallIntegerField(_("année"), null=True, blank=True)
    proof = models.CharField(_("justificatif (SHA-256)"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("ressource")
        verbose_name_plural = _("ressources")
        ordering = ["application", "position"]
        constraints = [models.CheckConstraint(condition=models.Q(amount_cents__gte=0), name="funding_not_negative")]

    def __str__(self) -> str:
        return self.funder


class DeMinimisAid(models.Model):
    """A small aid ("de minimis") an organisation received: it counts for three years (règlement (UE) 2023/2831)."""

    class Regime(models.TextChoices):
        GENERAL = "general", _("Général (2023/2831, avant 2024 : 1407/2013)")
        AGRICULTURE = "agriculture", _("Agriculture (1408/2013)")
        FISHERIES = "fisheries", _("Pêche et aquaculture (717/2014)")
        GENERAL_INTEREST = "sgei", _("Service d’intérêt économique général (2023/2832)")

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="de_minimis_aids")
    regime = models.CharField(_("régime"), max_length=12, choices=Regime.choices, default=Regime.GENERAL)
    granted_on = models.DateField(_("attribuée le"))
    grantor = models.CharField(_("attribuée par"), max_length=200)
    amount_cents = models.BigIntegerField(_("montant (centimes)"))
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("inscrite le"))

    class Meta:
        verbose_name = _("aide de minimis")
        verbose_name_plural = _("aides de minimis")
        ordering = ["organisation", "-granted_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_cents__gt=0), name="de_minimis_positive"),
            models.UniqueConstraint(
                fields=["organisation", "regime", "granted_on", "grantor", "amount_cents"], name="de_minimis_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grantor} · {self.granted_on}"


class DeMinimisStatement(models.Model):
    """An organisation says that its list of de minimis aids is complete: without it, what is left is not known."""

    organisation = models.OneToOneField(Organisation, models.CASCADE, related_name="de_minimis_statement")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("déclarée complète le"))

    class Meta:
        verbose_name = _("déclaration des aides de minimis")
        verbose_name_plural = _("déclarations des aides de minimis")

    def __str__(self) -> str:
        return str(self.organisation)
