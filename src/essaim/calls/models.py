"""The call for projects, who asked to be told, and who was."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from essaim.calls.queries import CallQuerySet
from essaim.jams.models import Proposal
from essaim.kernel.bilingual import BilingualField
from essaim.kernel.models import Message
from essaim.kernel.workflow import state_constraint
from essaim.places.models import KnownPlace
from essaim.programmes.models import Programme, RuleSet


class CallState(models.TextChoices):
    DRAFT = "draft", _("En préparation")
    PUBLISHED = "published", _("Publié")
    SETTLED = "settled", _("Résultats publiés")
    WITHDRAWN = "withdrawn", _("Retiré")


class Call(models.Model):
    """A call for projects. Whether it is open is computed from the clock at each request, never stored."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="calls")
    origin = models.ForeignKey(Proposal, models.SET_NULL, null=True, blank=True, related_name="calls")
    rule_set = models.ForeignKey(RuleSet, models.PROTECT, null=True, blank=True, related_name="calls")
    slug = models.SlugField(_("adresse"), unique=True)
    reference = models.CharField(_("préfixe des numéros de dossier"), max_length=12)
    title = BilingualField(_("titre"))
    summary = BilingualField(_("résumé"))
    purpose = BilingualField(_("objet"))
    who = BilingualField(_("qui peut candidater"))
    how_much = BilingualField(_("montants"))
    spending = BilingualField(_("dépenses prises en charge"))
    commitments = BilingualField(_("engagements"))
    silence = BilingualField(_("règle en cas de silence"))
    appeal = BilingualField(_("voies de recours"))
    late = BilingualField(_("règle en cas de retard"))
    service_name = BilingualField(_("service instructeur"))
    service_email = models.EmailField(_("adresse électronique du service"), blank=True)
    service_phone = models.CharField(_("téléphone du service"), max_length=30, blank=True)
    service_address = models.CharField(_("adresse postale du service"), max_length=300, blank=True)
    silence_months = models.PositiveSmallIntegerField(_("mois de silence valant rejet"), default=2)
    themes = models.JSONField(_("thèmes"), default=list)
    categories = models.JSONField(_("catégories de dépenses"), default=list)
    territory = models.JSONField(_("régions concernées (codes ; vide : toutes)"), default=list, blank=True)
    calendar = models.JSONField(_("calendrier"), default=list)
    opens_at = models.DateTimeField(_("ouverture"), null=True, blank=True)
    closes_at = models.DateTimeField(_("clôture"), null=True, blank=True)
    zone = models.CharField(_("fuseau horaire"), max_length=40, default="Europe/Paris")
    published_at = models.DateTimeField(_("publié le"), null=True, blank=True)
    extension = models.JSONField(_("règle en cas d’indisponibilité mesurée"), default=dict, blank=True)
    last_number = models.PositiveIntegerField(_("dernier numéro de dossier donné"), default=0)
    reviews_each = models.PositiveSmallIntegerField(_("expertises par dossier"), default=3)
    state = models.CharField(_("état"), max_length=12, choices=CallState.choices, default=CallState.DRAFT)

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = _("appel à projets")
        verbose_name_plural = _("appels à projets")
        ordering = ["-closes_at", "slug"]
        constraints = [
            state_constraint(CallState, "call_state_known"),
            models.CheckConstraint(
                condition=models.Q(state="draft")
                | models.Q(opens_at__isnull=False, closes_at__gt=models.F("opens_at"), rule_set__isnull=False),
                name="call_published_whole",
            ),
        ]

    def __str__(self) -> str:
        return str(self.title)

    def get_absolute_url(self) -> str:
        return reverse("calls:call", args=[self.slug])

    @property
    def journal_log(self) -> str:
        return self.programme.slug


class EditionState(models.TextChoices):
    DRAFT = "draft", _("En cours d’écriture")
    PUBLISHED = "published", _("Publiée")
    ABANDONED = "abandoned", _("Abandonnée")


class Edition(models.Model):
    """The next content of a call, being written: what its folder holds, part by part, until it is published.

    `content` is what `actions.read_folder` gives; `sources` keeps the files as written, `version` grows with each save.
    """

    call = models.ForeignKey(Call, models.CASCADE, related_name="editions")
    number = models.PositiveIntegerField(_("numéro"))
    content = models.JSONField(_("contenu"), default=dict)
    sources = models.JSONField(_("fichiers tels qu’écrits"), default=dict, blank=True)
    based_on = models.ForeignKey(RuleSet, models.PROTECT, null=True, blank=True, related_name="+")
    result = models.ForeignKey(RuleSet, models.PROTECT, null=True, blank=True, related_name="editions")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("commencée le"))
    saved_at = models.DateTimeField(_("enregistrée le"))
    version = models.PositiveIntegerField(_("version"), default=0)
    state = models.CharField(_("état"), max_length=10, choices=EditionState.choices, default=EditionState.DRAFT)

    class Meta:
        verbose_name = _("édition d’un appel")
        verbose_name_plural = _("éditions d’un appel")
        ordering = ["call", "number"]
        constraints = [
            state_constraint(EditionState, "edition_state_known"),
            models.UniqueConstraint(fields=["call", "number"], name="edition_number_once"),
            models.UniqueConstraint(fields=["call"], condition=models.Q(state="draft"), name="edition_one_written"),
        ]

    def __str__(self) -> str:
        return f"{self.call} · {self.number}"

    @property
    def journal_log(self) -> str:
        return self.call.programme.slug


class LateCode(models.Model):
    """A door for one applicant after the closing, opened by a named officer for a named reason. Only a digest of the
    code is kept: it is shown once, and mailed."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="late_codes")
    email = models.EmailField(_("pour"))
    reason = models.TextField(_("motif"))
    code_sha256 = models.CharField(max_length=64, unique=True)
    limit = models.PositiveSmallIntegerField(_("nombre de dépôts permis"), default=1)
    used = models.PositiveSmallIntegerField(_("dépôts faits"), default=0)
    expires_at = models.DateTimeField(_("valable jusqu’au"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("donné le"))
    cancelled_at = models.DateTimeField(_("annulé le"), null=True, blank=True)

    class Meta:
        verbose_name = _("code de dépôt tardif")
        verbose_name_plural = _("codes de dépôt tardif")
        ordering = ["call", "-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(used__lte=models.F("limit")), name="late_code_within_its_limit"),
        ]

    def __str__(self) -> str:
        return f"{self.call} · {self.email}"

    @property
    def journal_log(self) -> str:
        return self.call.programme.slug


class ExtensionState(models.TextChoices):
    PROPOSED = "proposed", _("Proposé, à approuver par une autre personne")
    APPROVED = "approved", _("Approuvé : la clôture est reportée")
    DECLINED = "declined", _("Écarté")


class Extension(models.Model):
    """A general postponement of the closing: proposed by one person, approved by another (the database insists)."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="extensions")
    closes_at = models.DateTimeField(_("nouvelle clôture"))
    before = models.DateTimeField(_("clôture jusque-là"))
    lost_seconds = models.PositiveIntegerField(_("indisponibilité mesurée (secondes)"), default=0)
    reason = models.TextField(_("motif"))
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("proposé le"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("décidé le"), null=True, blank=True)
    state = models.CharField(_("état"), max_length=12, choices=ExtensionState.choices, default=ExtensionState.PROPOSED)

    class Meta:
        verbose_name = _("report de la clôture")
        verbose_name_plural = _("reports de la clôture")
        ordering = ["call", "-proposed_at", "-pk"]
        constraints = [
            state_constraint(ExtensionState, "extension_state_known"),
            models.CheckConstraint(condition=models.Q(closes_at__gt=models.F("before")), name="extension_closes_later"),
            models.CheckConstraint(
                condition=~models.Q(state="approved")
                | (models.Q(decided_by__isnull=False) & ~models.Q(decided_by=models.F("proposed_by"))),
                name="extension_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call} · {self.closes_at}"

    @property
    def journal_log(self) -> str:
        return self.call.programme.slug


class SubscriptionState(models.TextChoices):
    PENDING = "pending", _("À confirmer")
    CONFIRMED = "confirmed", _("Confirmée")
    ENDED = "ended", _("Arrêtée")


class Subscription(models.Model):
    """Someone who asked to be told when a call opens, for some regions and themes; confirmed by a link (opt-in)."""

    email = models.EmailField(_("adresse électronique"))
    language = models.CharField(_("langue"), max_length=5, default="fr")
    regions = models.JSONField(_("régions (codes ; vide : toutes)"), default=list, blank=True)
    themes = models.JSONField(_("thèmes (vide : tous)"), default=list, blank=True)
    token_sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("demandée le"))
    confirmed_at = models.DateTimeField(_("confirmée le"), null=True, blank=True)
    state = models.CharField(
        _("état"), max_length=12, choices=SubscriptionState.choices, default=SubscriptionState.PENDING
    )

    class Meta:
        verbose_name = _("abonnement aux alertes")
        verbose_name_plural = _("abonnements aux alertes")
        constraints = [state_constraint(SubscriptionState, "subscription_state_known")]

    def __str__(self) -> str:
        return self.email


class Alert(models.Model):
    """That a subscriber or a known place was told of a call (promise G1)."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="alerts")
    subscription = models.ForeignKey(Subscription, models.SET_NULL, null=True, blank=True, related_name="alerts")
    place = models.ForeignKey(KnownPlace, models.SET_NULL, null=True, blank=True, related_name="+")
    message = models.ForeignKey(Message, models.SET_NULL, null=True, blank=True, related_name="+")
    told_at = models.DateTimeField(_("prévenu le"))

    class Meta:
        verbose_name = _("alerte")
        verbose_name_plural = _("alertes")
        constraints = [
            models.UniqueConstraint(fields=["call", "subscription"], name="alert_subscription_once"),
            models.UniqueConstraint(fields=["call", "place"], name="alert_place_once"),
        ]

    def __str__(self) -> str:
        return f"{self.call} · {self.told_at}"
