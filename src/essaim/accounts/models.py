"""People, organisations, who acts for whom, invitations, and the documents an organisation keeps."""

import uuid
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from essaim.accounts.queries import (
    InvitationQuerySet,
    MembershipQuerySet,
    OrganisationQuerySet,
    PersonQuerySet,
    VaultQuerySet,
)
from essaim.kernel.models import StoredFile


class PersonManager(BaseUserManager.from_queryset(PersonQuerySet)):
    """Creates people; addresses are compared without case."""

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        """A person with this e-mail address; without a password, sign-in is by code or passkey."""
        person = self.model(email=email.strip().lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser, PermissionsMixin):
    """Someone with an account. Roles are never on the person: they come from what links them to each object."""

    public_id = models.UUIDField(_("identifiant public"), default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("adresse électronique"), unique=True)
    name = models.CharField(_("prénom et nom"), max_length=150, blank=True)
    language = models.CharField(
        _("langue"), max_length=5, choices=[("fr", "Français"), ("en", "English")], default="fr"
    )
    is_active = models.BooleanField(_("compte actif"), default=True)
    is_staff = models.BooleanField(_("exploitant du site"), default=False)
    invented = models.BooleanField(_("personne inventée pour la démonstration"), default=False)
    demo_role = models.CharField(_("rôle montré dans la démonstration"), max_length=150, blank=True)
    closed_at = models.DateTimeField(_("compte clos le"), null=True, blank=True, editable=False)
    date_joined = models.DateTimeField(_("créé le"), auto_now_add=True)

    objects = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    class Meta:
        verbose_name = _("personne")
        verbose_name_plural = _("personnes")
        constraints = [models.UniqueConstraint(Lower("email"), name="person_email_without_case")]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email


class Organisation(models.Model):
    """An applicant body. Identifiers are checked by their keys only, without asking a registry."""

    class Kind(models.TextChoices):
        ASSOCIATION = "association", _("Association")
        COMPANY = "company", _("Entreprise")
        COOPERATIVE = "cooperative", _("Coopérative")
        LOCAL_AUTHORITY = "local_authority", _("Collectivité territoriale")
        PUBLIC_BODY = "public_body", _("Établissement public")
        UNIVERSITY = "university", _("Université ou école")
        OTHER = "other", _("Autre organisme")

    public_id = models.UUIDField(_("identifiant public"), default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("nom"), max_length=200)
    kind = models.CharField(_("nature juridique"), max_length=20, choices=Kind.choices)
    siret = models.CharField(_("SIRET"), max_length=14, blank=True)
    rna = models.CharField(_("numéro RNA"), max_length=10, blank=True)
    register_number = models.CharField(_("numéro au registre local (Alsace-Moselle)"), max_length=60, blank=True)
    checked_at = models.DateTimeField(_("vérifié hors ligne le"), null=True, blank=True)
    address = models.CharField(_("adresse"), max_length=300, blank=True)
    commune_code = models.CharField(_("commune"), max_length=5, blank=True)
    email = models.EmailField(_("adresse électronique"), blank=True)
    phone = models.CharField(_("téléphone"), max_length=30, blank=True)
    invented = models.BooleanField(_("organisme inventé pour la démonstration"), default=False)
    created_at = models.DateTimeField(_("créé le"), auto_now_add=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisme")
        verbose_name_plural = _("organismes")
        constraints = [
            models.UniqueConstraint(fields=["siret"], condition=~Q(siret=""), name="organisation_siret_unique"),
            models.UniqueConstraint(fields=["rna"], condition=~Q(rna=""), name="organisation_rna_unique"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def siren(self) -> str:
        """The first nine digits of the SIRET, or nothing."""
        return self.siret[:9]


class Membership(models.Model):
    """A person acts for an organisation."""

    class Role(models.TextChoices):
        REPRESENTATIVE = "representative", _("Représentant légal")
        MANDATED = "mandated", _("Mandataire : peut déposer")
        EDITOR = "editor", _("Rédacteur : peut écrire")
        READER = "reader", _("Lecteur")

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, models.CASCADE, related_name="memberships")
    role = models.CharField(_("rôle"), max_length=20, choices=Role.choices)
    since = models.DateTimeField(_("depuis"), auto_now_add=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("appartenance")
        verbose_name_plural = _("appartenances")
        constraints = [models.UniqueConstraint(fields=["organisation", "person"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.person} · {self.organisation}"


class Invitation(models.Model):
    """A link that gives a role once. Only the digest of its secret is kept."""

    scope = models.CharField(_("à quoi"), max_length=40, help_text=_("« organisation », « programme »… et sa clé"))
    scope_id = models.BigIntegerField()
    role = models.CharField(_("rôle"), max_length=30)
    email = models.EmailField(_("adresse invitée"))
    token_sha256 = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(_("expire le"))
    accepted_at = models.DateTimeField(_("acceptée le"), null=True, blank=True)
    accepted_by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(_("retirée le"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return f"{self.email} · {self.scope} {self.scope_id} · {self.role}"


class VaultDocument(models.Model):
    """A document an organisation keeps to give it again: its statutes, its bank details, its accounts."""

    class Kind(models.TextChoices):
        STATUTES = "statutes", _("Statuts")
        REGISTRATION = "registration", _("Récépissé de déclaration ou extrait d’immatriculation")
        BANK_DETAILS = "bank_details", _("Relevé d’identité bancaire (RIB)")
        ACCOUNTS = "accounts", _("Comptes approuvés")
        ACTIVITY_REPORT = "activity_report", _("Rapport d’activité")
        DELIBERATION = "deliberation", _("Délibération")
        MANDATE = "mandate", _("Pouvoir du signataire")
        REPUBLICAN_COMMITMENT = "republican_commitment", _("Contrat d’engagement républicain")
        BOARD = "board", _("Liste des dirigeants")
        TAX_CERTIFICATE = "tax_certificate", _("Attestation fiscale ou sociale")
        INSURANCE = "insurance", _("Attestation d’assurance")
        OTHER = "other", _("Autre document")

    public_id = models.UUIDField(_("identifiant public"), default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="vault")
    kind = models.CharField(_("nature"), max_length=30, choices=Kind.choices)
    title = models.CharField(_("précision"), max_length=120, blank=True)
    created_at = models.DateTimeField(_("ajouté le"))

    objects = VaultQuerySet.as_manager()

    class Meta:
        verbose_name = _("document du coffre")
        verbose_name_plural = _("documents du coffre")
        ordering = ["kind", "title", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.title}" if self.title else str(self.get_kind_display())


class VaultVersion(models.Model):
    """One version of a document of the vault: its bytes, and the days on which it is worth something."""

    document = models.ForeignKey(VaultDocument, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    valid_from = models.DateField(_("valable à partir du"), null=True, blank=True)
    valid_until = models.DateField(_("valable jusqu’au"), null=True, blank=True)
    added_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+", verbose_name=_("ajouté par"))
    added_at = models.DateTimeField(_("ajouté le"))

    class Meta:
        verbose_name = _("version d’un document du coffre")
        verbose_name_plural = _("versions des documents du coffre")
        ordering = ["document", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="vaultversion_number_once"),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_from__lte=models.F("valid_until")),
                name="vaultversion_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document} ({self.number})"
