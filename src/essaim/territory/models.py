"""The places that the programme made open."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from essaim.awards.models import Agreement
from essaim.kernel.workflow import state_constraint
from essaim.places.models import Commune


class PlaceState(models.TextChoices):
    ANNOUNCED = "announced", _("Annoncé")
    OPEN = "open", _("Ouvert")


class FundedPlace(models.Model):
    """A place funded by an agreement; its page goes back along the thread to the first card."""

    slug = models.SlugField(_("adresse"), unique=True, max_length=80)
    agreement = models.OneToOneField(Agreement, models.PROTECT, related_name="place")
    name = models.CharField(_("nom"), max_length=160)
    commune = models.ForeignKey(Commune, models.PROTECT, related_name="funded_places")
    latitude = models.FloatField(_("latitude"))
    longitude = models.FloatField(_("longitude"))
    announced_at = models.DateTimeField(_("annoncé le"))
    opened_on = models.DateField(_("ouvert le"), null=True, blank=True)
    state = models.CharField(_("état"), max_length=12, choices=PlaceState.choices, default=PlaceState.ANNOUNCED)

    class Meta:
        verbose_name = _("lieu financé")
        verbose_name_plural = _("lieux financés")
        ordering = ["name"]
        constraints = [state_constraint(PlaceState, "funded_place_state_known")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("territory:place", args=[self.slug])

    @property
    def journal_log(self) -> str:
        return self.agreement.journal_log
