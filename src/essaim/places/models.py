"""The territory (INSEE's official geography) and the places one already knows on it."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from essaim.places.queries import CommuneQuerySet, KnownPlaceQuerySet, RegionQuerySet

REFORM = date(2016, 1, 1)  # loi 2015-29: the 22 mainland regions became 13


def on_earth(name: str) -> list[models.CheckConstraint]:
    """Constraints that keep latitude and longitude within the globe's degrees."""
    latitude = Q(latitude__gte=-90, latitude__lte=90)
    longitude = Q(longitude__gte=-180, longitude__lte=180)
    return [
        models.CheckConstraint(condition=latitude, name=f"{name}_latitude_on_earth"),
        models.CheckConstraint(condition=longitude, name=f"{name}_longitude_on_earth"),
    ]


class Region(models.Model):
    """A region of 2013, of today, or of both; an overseas collectivity counts as its own region.

    Codes are INSEE's. Code 24 kept its number when Centre became Centre-Val de Loire: hence `name_2013`.
    """

    class Zone(models.TextChoices):
        MAINLAND = "mainland", _("France métropolitaine")
        OVERSEAS = "overseas", _("Outre-mer")
        COLLECTIVITY = "collectivity", _("Collectivité d’outre-mer")

    code = models.CharField(_("code INSEE"), max_length=3, primary_key=True)
    name = models.CharField(_("nom"), max_length=60)
    name_2013 = models.CharField(
        _("nom en 2013"), max_length=60, blank=True, help_text=_("vide si elle n’existait pas")
    )
    zone = models.CharField(_("zone"), max_length=12, choices=Zone.choices)
    since = models.DateField(_("créée le"), null=True, blank=True)
    until = models.DateField(_("jusqu’au (exclu)"), null=True, blank=True)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("région")
        verbose_name_plural = _("régions")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def in_force(self) -> bool:
        """Whether it is one of today's regions."""
        return self.until is None

    def name_on(self, day: date) -> str:
        """Its name that day: Centre in 2013, Centre-Val de Loire since the reform."""
        return self.name_2013 if day < REFORM and self.name_2013 else self.name


class Department(models.Model):
    """A department, in its region of today and in its region of 2013."""

    code = models.CharField(_("code INSEE"), max_length=3, primary_key=True)
    name = models.CharField(_("nom"), max_length=60)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("région"), related_name="departments")
    region_2013 = models.ForeignKey(
        Region, models.PROTECT, verbose_name=_("région en 2013"), related_name="departments_2013"
    )

    class Meta:
        verbose_name = _("département")
        verbose_name_plural = _("départements")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"

    def region_on(self, day: date) -> Region:
        """The region it was in that day."""
        return self.region_2013 if day < REFORM else self.region


class Commune(models.Model):
    """A commune of the official geography, with its legal population and the position of its town hall."""

    code = models.CharField(_("code INSEE"), max_length=5, primary_key=True)
    name = models.CharField(_("nom"), max_length=60)
    search_name = models.CharField(max_length=60, db_index=True, editable=False)
    department = models.ForeignKey(Department, models.PROTECT, verbose_name=_("département"), related_name="communes")
    population = models.PositiveIntegerField(_("population municipale"))
    latitude = models.FloatField(_("latitude"))
    longitude = models.FloatField(_("longitude"))
    epci = models.CharField(_("SIREN de l’intercommunalité"), max_length=9, blank=True)
    # Lists of codes with a space on each side, so that " 35000 " is found by one LIKE on both databases.
    postcodes = models.CharField(_("codes postaux"), max_length=200, blank=True)
    former_codes = models.CharField(_("anciens codes INSEE"), max_length=400, blank=True)

    objects = CommuneQuerySet.as_manager()

    class Meta:
        verbose_name = _("commune")
        verbose_name_plural = _("communes")
        ordering = ["search_name", "code"]
        constraints = on_earth("commune")

    def __str__(self) -> str:
        return f"{self.name} ({self.department_id})"

    @property
    def postcode_list(self) -> list[str]:
        """Its postcodes, smallest first."""
        return self.postcodes.split()


class PlaceKind(models.TextChoices):
    """What a known place is."""

    FABLAB = "fablab", _("Fab lab")
    EPN = "epn", _("Espace public numérique")
    TIERS_LIEU = "tiers_lieu", _("Tiers-lieu")
    FRANCE_SERVICES = "france_services", _("France services")
    OTHER = "other", _("Autre lieu")


class KnownPlace(models.Model):
    """A place that exists already, as told by a source; the same source and identifier is the same place."""

    Kind = PlaceKind

    name = models.CharField(_("nom"), max_length=200)
    kind = models.CharField(_("nature"), max_length=16, choices=PlaceKind.choices, default=PlaceKind.OTHER)
    commune = models.ForeignKey(
        Commune, models.PROTECT, null=True, blank=True, verbose_name=_("commune"), related_name="known_places"
    )
    address = models.CharField(_("adresse"), max_length=300, blank=True)
    latitude = models.FloatField(_("latitude"))
    longitude = models.FloatField(_("longitude"))
    source = models.CharField(_("source"), max_length=80)
    source_id = models.CharField(_("identifiant dans la source"), max_length=120)
    email = models.EmailField(_("adresse électronique"), blank=True)
    website = models.URLField(_("site web"), max_length=400, blank=True)
    invented = models.BooleanField(_("lieu inventé pour la démonstration"), default=False)
    imported_at = models.DateTimeField(_("importé le"))

    objects = KnownPlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("lieu connu")
        verbose_name_plural = _("lieux connus")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["source", "source_id"], name="known_place_once_per_source"),
            models.CheckConstraint(condition=Q(kind__in=PlaceKind.values), name="known_place_kind_known"),
            *on_earth("known_place"),
        ]

    def __str__(self) -> str:
        return self.name


class PlaceImport(models.Model):
    """One file of places taken in: what the journal's line is about."""

    source = models.CharField(_("source"), max_length=80)
    digest = models.CharField(_("empreinte SHA-256 du contenu"), max_length=64)
    at = models.DateTimeField(_("importé le"))
    added = models.PositiveIntegerField(_("ajoutés"))
    changed = models.PositiveIntegerField(_("modifiés"))
    unchanged = models.PositiveIntegerField(_("inchangés"))

    class Meta:
        verbose_name = _("import de lieux")
        verbose_name_plural = _("imports de lieux")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.source} · {self.at:%Y-%m-%d %H:%M}"
