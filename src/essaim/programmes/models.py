"""The programme, its envelope as a public history, its team, and its versioned rule sets."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from essaim.kernel.bilingual import BilingualField


class Programme(models.Model):
    """A public programme: the trunk every later object hangs from; its slug names its journal."""

    slug = models.SlugField(_("adresse"), unique=True)
    title = BilingualField(_("titre"))
    summary = BilingualField(_("résumé"))
    description = BilingualField(_("description"), blank=True)
    administration = BilingualField(_("administration"))
    administration_code = models.CharField(_("sigle"), max_length=20, blank=True)
    administration_siret = models.CharField(_("SIRET de l’administration"), max_length=14, blank=True)
    milestones = models.JSONField(_("dates du programme"), default=list, blank=True)
    contact_name = models.CharField(_("service responsable"), max_length=200)
    contact_email = models.EmailField(_("adresse électronique du service"))
    contact_phone = models.CharField(_("téléphone du service"), max_length=30, blank=True)
    contact_address = models.CharField(_("adresse postale du service"), max_length=300, blank=True)
    featured = models.BooleanField(_("à la une"), default=False)
    demonstration = models.BooleanField(_("contient des personnes et organismes inventés"), default=False)
    created_at = models.DateTimeField(_("créé le"))

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ["-featured", "slug"]

    def __str__(self) -> str:
        return str(self.title)

    def get_absolute_url(self) -> str:
        return reverse("programmes:programme", args=[self.slug])

    @property
    def journal_log(self) -> str:
        """The log all acts of this programme go to."""
        return self.slug


class EnvelopeChange(models.Model):
    """One line of the envelope's history. Lines are added, never changed."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="envelope_changes")
    amount_cents = models.BigIntegerField(_("montant (centimes)"))
    decided_on = models.DateField(_("date"))
    author = BilingualField(_("auteur"))
    reason = BilingualField(_("raison"))
    effect = BilingualField(_("effet sur la sélection"), blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("inscrit le"))

    class Meta:
        verbose_name = _("changement de l’enveloppe")
        verbose_name_plural = _("changements de l’enveloppe")
        ordering = ["decided_on", "pk"]
        constraints = [models.CheckConstraint(condition=models.Q(amount_cents__gte=0), name="envelope_not_negative")]

    def __str__(self) -> str:
        return f"{self.programme} · {self.decided_on} · {self.amount_cents}"

    @property
    def journal_log(self) -> str:
        return self.programme.slug


class TeamMember(models.Model):
    """What a person is to a programme."""

    class Role(models.TextChoices):
        OFFICER = "officer", _("Chargé de programme")
        DECISION_MAKER = "decision_maker", _("Décideur")
        FACILITATOR = "facilitator", _("Animateur")
        JUROR = "juror", _("Juré")
        ACCOUNTANT = "accountant", _("Comptable")

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="team")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="programme_roles")
    role = models.CharField(_("rôle"), max_length=20, choices=Role.choices)
    title = models.CharField(_("qualité"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("membre de l’équipe")
        verbose_name_plural = _("membres de l’équipe")
        constraints = [models.UniqueConstraint(fields=["programme", "person", "role"], name="team_role_once")]

    def __str__(self) -> str:
        return f"{self.person} · {self.role} · {self.programme}"

    @property
    def journal_log(self) -> str:
        return self.programme.slug


class RuleSet(models.Model):
    """An immutable version of a call, as canonical JSON with its digest: what it says and what it asks.

    `sources` keeps the files as their author wrote them (comments, layout); it says nothing more, and has no digest.
    """

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="rule_sets")
    call_slug = models.SlugField(_("appel"))
    number = models.PositiveIntegerField(_("version"))
    rules = models.JSONField(_("règles"))
    form = models.JSONField(_("formulaire"))
    grid = models.JSONField(_("grille"))
    documents = models.JSONField(_("pièces"))
    call = models.JSONField(_("textes et dates"), default=dict)
    letters = models.JSONField(_("lettres"), default=dict, blank=True)
    sources = models.JSONField(_("fichiers tels qu’écrits"), default=dict, blank=True)
    rules_sha256 = models.CharField(_("empreinte des règles"), max_length=64)
    sha256 = models.CharField(_("empreinte"), max_length=64)
    reason = BilingualField(_("raison du changement"), blank=True)
    frozen_at = models.DateTimeField(_("figé le"))

    class Meta:
        verbose_name = _("règlement")
        verbose_name_plural = _("règlements")
        constraints = [models.UniqueConstraint(fields=["call_slug", "number"], name="rule_set_number_once")]

    def __str__(self) -> str:
        return f"{self.call_slug} v{self.number}"

    @property
    def journal_log(self) -> str:
        return self.programme.slug
