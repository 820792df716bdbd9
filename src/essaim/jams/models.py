"""The Jam: rounds, groups, participants, cards, proposals, dots, and a reasoned answer to each proposal."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from essaim.jams.queries import JamQuerySet, ProposalQuerySet
from essaim.kernel.bilingual import BilingualField
from essaim.kernel.workflow import state_constraint
from essaim.programmes.models import Programme


class JamState(models.TextChoices):
    DRAFT = "draft", _("En préparation")
    OPEN = "open", _("Inscriptions ouvertes")
    RUNNING = "running", _("En cours")
    ANSWERING = "answering", _("Réponses en attente")
    CLOSED = "closed", _("Réponses publiées")


class ProposalState(models.TextChoices):
    DRAFT = "draft", _("En cours d’écriture")
    SUBMITTED = "submitted", _("Présentée")
    RETAINED = "retained", _("Retenue")
    STUDIED = "studied", _("À l’étude")
    DECLINED = "declined", _("Écartée")
    ABANDONED = "abandoned", _("Abandonnée")


VERDICTS = [choice for choice in ProposalState.choices if choice[0] in {"retained", "studied", "declined"}]


class ParticipantRole(models.TextChoices):
    """Where someone speaks from: what tables are mixed on first, and what support is counted by."""

    FOUNDER = "fondateur", _("Fondatrice ou fondateur")
    ASSOCIATION = "association", _("Association")
    CIVIL_SERVANT = "agent_public", _("Agent public")
    ELECTED = "elu", _("Élue ou élu")
    RESEARCHER = "chercheur", _("Recherche et enseignement")
    USER = "usager", _("Habitante, habitant, usager")


class Jam(models.Model):
    """One workshop, one morning: several rounds, each with simultaneous mixed groups."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="jams")
    slug = models.SlugField(_("adresse"), unique=True)
    title = BilingualField(_("titre"))
    summary = BilingualField(_("résumé"))
    promise = BilingualField(_("promesse sur les réponses"))
    place = BilingualField(_("lieu"))
    organisers = models.CharField(_("organisateurs"), max_length=300)
    starts_at = models.DateTimeField(_("début"))
    ends_at = models.DateTimeField(_("fin"))
    answers_due_on = models.DateField(_("réponses promises au plus tard le"))
    join_code = models.CharField(_("code d’entrée"), max_length=8, unique=True)
    dots_each = models.PositiveSmallIntegerField(_("points par participant"), default=5)
    current_round = models.PositiveSmallIntegerField(_("session en cours"), default=0)
    themes = models.JSONField(_("thèmes"), default=list)
    state = models.CharField(_("état"), max_length=12, choices=JamState.choices, default=JamState.DRAFT)

    objects = JamQuerySet.as_manager()

    class Meta:
        verbose_name = _("Jam")
        verbose_name_plural = _("Jams")
        ordering = ["-starts_at"]
        constraints = [state_constraint(JamState, "jam_state_known")]

    def __str__(self) -> str:
        return str(self.title)

    def get_absolute_url(self) -> str:
        return reverse("jams:jam", args=[self.slug])

    @property
    def journal_log(self) -> str:
        return self.programme.slug


class Round(models.Model):
    """One question worked on by all groups at the same time."""

    jam = models.ForeignKey(Jam, models.CASCADE, related_name="rounds")
    number = models.PositiveSmallIntegerField(_("numéro"))
    question = BilingualField(_("question"))
    minutes = models.PositiveSmallIntegerField(_("durée (minutes)"), default=60)
    tables = models.PositiveSmallIntegerField(_("nombre de groupes"), default=6)
    seated_at = models.DateTimeField(_("placement arrêté le"), null=True, blank=True)
    seating = models.JSONField(_("chiffres du placement"), default=dict)
    started_at = models.DateTimeField(_("ouverte le"), null=True, blank=True)
    ended_at = models.DateTimeField(_("close le"), null=True, blank=True)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["jam", "number"]
        constraints = [models.UniqueConstraint(fields=["jam", "number"], name="round_number_once")]

    def __str__(self) -> str:
        return f"{self.jam} · {self.number}"

    @property
    def journal_log(self) -> str:
        return self.jam.programme.slug

    @property
    def under_way(self) -> bool:
        """Whether groups are at work on this question."""
        return self.started_at is not None and self.ended_at is None

    @property
    def planned_end(self) -> datetime | None:
        """When the clock of this round reaches zero; None before it starts."""
        return self.started_at + timedelta(minutes=self.minutes) if self.started_at else None


class Group(models.Model):
    """A table of a round."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="groups")
    number = models.PositiveSmallIntegerField(_("numéro"))
    name = models.CharField(_("nom"), max_length=60, blank=True)
    help_asked_at = models.DateTimeField(_("aide demandée le"), null=True, blank=True)

    class Meta:
        verbose_name = _("groupe")
        verbose_name_plural = _("groupes")
        ordering = ["round", "number"]
        constraints = [models.UniqueConstraint(fields=["round", "number"], name="group_number_once")]

    def __str__(self) -> str:
        return self.name or f"{_('Groupe')} {self.number}"

    @property
    def journal_log(self) -> str:
        return self.round.jam.programme.slug


class Participant(models.Model):
    """Someone in the room. Joins with a code, with or without an account; the seating attributes are erased later."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    jam = models.ForeignKey(Jam, models.CASCADE, related_name="participants")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    name = models.CharField(_("prénom et nom"), max_length=120)
    organisation = models.CharField(_("organisation"), max_length=160, blank=True)
    attributes = models.JSONField(_("attributs de placement"), default=dict)
    device_sha256 = models.CharField(_("empreinte du jeton de l’appareil"), max_length=64, blank=True, db_index=True)
    return_digest = models.CharField(_("empreinte du code personnel"), max_length=64, blank=True)
    return_failures = models.PositiveSmallIntegerField(_("codes faux essayés"), default=0)
    joined_at = models.DateTimeField(_("arrivé le"))
    present = models.BooleanField(_("présent"), default=True)
    invented = models.BooleanField(_("inventé pour la démonstration"), default=False)

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        ordering = ["jam", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["jam", "person"], condition=models.Q(person__isnull=False), name="participant_once"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def journal_log(self) -> str:
        return self.jam.programme.slug

    @property
    def journal_actor(self) -> str:
        """How the journal names someone who acts from a device, without an account."""
        return f"participant:{self.pk}"

    @property
    def role(self) -> str:
        """Where they speak from (a ParticipantRole, or the organiser's own word)."""
        return str(self.attributes.get("role", ""))


class Seat(models.Model):
    """A participant's group in a round."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="seats")
    participant = models.ForeignKey(Participant, models.CASCADE, related_name="seats")
    round = models.ForeignKey(Round, models.CASCADE, related_name="seats")

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        constraints = [models.UniqueConstraint(fields=["round", "participant"], name="seat_once_a_round")]

    def __str__(self) -> str:
        return f"{self.participant} · {self.group}"


class Proposal(models.Model):
    """What a group brings to the decision maker; `revision` tells two people who amend it at once."""

    jam = models.ForeignKey(Jam, models.CASCADE, related_name="proposals")
    group = models.ForeignKey(Group, models.PROTECT, related_name="proposals")
    number = models.PositiveSmallIntegerField(_("numéro"))
    title = models.CharField(_("titre"), max_length=140)
    problem = models.TextField(_("problème"), max_length=2000)
    lever = models.TextField(_("levier proposé"), max_length=2000)
    who_acts = models.CharField(_("qui agit"), max_length=300, blank=True)
    dissent = models.TextField(_("désaccords"), max_length=1000, blank=True)
    theme = models.CharField(_("thème"), max_length=60, blank=True)
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    revision = models.PositiveIntegerField(_("version"), default=1)
    submitted_at = models.DateTimeField(_("présentée le"), null=True, blank=True)
    state = models.CharField(_("état"), max_length=12, choices=ProposalState.choices, default=ProposalState.DRAFT)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposition")
        verbose_name_plural = _("propositions")
        ordering = ["jam", "number"]
        constraints = [
            models.UniqueConstraint(fields=["jam", "number"], name="proposal_number_once"),
            state_constraint(ProposalState, "proposal_state_known"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("jams:proposal", args=[self.jam.slug, self.number])

    @property
    def journal_log(self) -> str:
        return self.jam.programme.slug


class Card(models.Model):
    """One idea on one card, written at a table; `key` makes a repeated send harmless."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="cards")
    author = models.ForeignKey(Participant, models.SET_NULL, null=True, related_name="cards")
    proposal = models.ForeignKey(Proposal, models.SET_NULL, null=True, blank=True, related_name="cards")
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    text = models.CharField(_("idée"), max_length=500)
    theme = models.CharField(_("thème"), max_length=60, blank=True)
    written_at = models.DateTimeField(_("écrite le"))

    class Meta:
        verbose_name = _("carte")
        verbose_name_plural = _("cartes")
        ordering = ["group", "pk"]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def journal_log(self) -> str:
        return self.group.round.jam.programme.slug


class Dots(models.Model):
    """A participant's priority on a proposal, in dots."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="dots")
    participant = models.ForeignKey(Participant, models.CASCADE, related_name="dots")
    count = models.PositiveSmallIntegerField(_("points"))

    class Meta:
        verbose_name = _("priorité")
        verbose_name_plural = _("priorités")
        constraints = [
            models.UniqueConstraint(fields=["proposal", "participant"], name="dots_once"),
            models.CheckConstraint(condition=models.Q(count__gte=1), name="dots_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.participant} · {self.proposal} · {self.count}"


class Answer(models.Model):
    """What the decision maker says of a proposal, signed, with a reason."""

    proposal = models.OneToOneField(Proposal, models.CASCADE, related_name="answer")
    verdict = models.CharField(_("réponse"), max_length=12, choices=VERDICTS)
    reason = models.TextField(_("raison"), max_length=3000)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    author_title = models.CharField(_("qualité"), max_length=200, blank=True)
    answered_at = models.DateTimeField(_("répondu le"))

    class Meta:
        verbose_name = _("réponse")
        verbose_name_plural = _("réponses")
        constraints = [models.CheckConstraint(condition=~models.Q(reason=""), name="answer_has_a_reason")]

    def __str__(self) -> str:
        return f"{self.proposal} · {self.verdict}"

    @property
    def journal_log(self) -> str:
        return self.proposal.jam.programme.slug
