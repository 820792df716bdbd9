"""The administration's own work on the files of a call: never shown to applicants, experts or the public."""

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from essaim.applications.models import Application
from essaim.calls.models import Call
from essaim.kernel.models import Job, StoredFile


class OnAFile(models.Model):
    """What the administration keeps about one application."""

    class Meta:
        abstract = True

    @property
    def journal_log(self) -> str:
        return self.application.call.programme.slug  # type: ignore[attr-defined,no-any-return]


class OnACall(models.Model):
    """What the administration keeps about all the files of a call."""

    class Meta:
        abstract = True

    @property
    def journal_log(self) -> str:
        return self.call.programme.slug  # type: ignore[attr-defined,no-any-return]


class Handling(OnAFile):
    """Who follows a file: one named person, so that nobody thinks a colleague does."""

    application = models.OneToOneField(Application, models.CASCADE, related_name="handling")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="handled_files")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_at = models.DateTimeField(_("confié le"))

    class Meta:
        verbose_name = _("suivi d’un dossier")
        verbose_name_plural = _("suivis de dossiers")

    def __str__(self) -> str:
        return f"{self.application} · {self.person}"


class Note(OnAFile):
    """A note between colleagues on a file. The applicant never reads it."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField(_("note"), max_length=4000)
    written_at = models.DateTimeField(_("écrite le"))
    key = models.CharField(_("clé d’idempotence"), max_length=64, unique=True)

    class Meta:
        verbose_name = _("note interne")
        verbose_name_plural = _("notes internes")
        ordering = ["application", "written_at", "pk"]

    def __str__(self) -> str:
        return f"{self.application} · {self.written_at}"


class Tag(OnAFile):
    """A word colleagues put on a file to find it again."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="tags")
    word = models.CharField(_("étiquette"), max_length=40)

    class Meta:
        verbose_name = _("étiquette")
        verbose_name_plural = _("étiquettes")
        ordering = ["application", "word"]
        constraints = [models.UniqueConstraint(fields=["application", "word"], name="tag_once")]

    def __str__(self) -> str:
        return self.word


class ChecklistItem(OnACall):
    """A point of admissibility the officers of a call added to those of its rules and documents."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="checklist_items")
    text = models.CharField(_("point à vérifier"), max_length=200)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("ajouté le"))
    dropped_at = models.DateTimeField(_("retiré le"), null=True, blank=True)

    class Meta:
        verbose_name = _("point à vérifier")
        verbose_name_plural = _("points à vérifier")
        ordering = ["call", "pk"]

    def __str__(self) -> str:
        return self.text


class Tick(OnAFile):
    """That a person found a point of admissibility right or not, when, and in a word why."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="ticks")
    point = models.CharField(_("point"), max_length=80)
    holds = models.BooleanField(_("respecté"))
    remark = models.CharField(_("remarque"), max_length=300, blank=True)
    ticked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ticked_at = models.DateTimeField(_("vérifié le"))

    class Meta:
        verbose_name = _("point vérifié")
        verbose_name_plural = _("points vérifiés")
        ordering = ["application", "pk"]
        constraints = [models.UniqueConstraint(fields=["application", "point"], name="tick_once")]

    def __str__(self) -> str:
        return f"{self.application} · {self.point}"


class SavedView(OnACall):
    """A way of looking at the list of files: its filters, its columns, its order, as the query of its address."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="saved_views")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(_("nom de la vue"), max_length=60)
    query = models.TextField(_("filtres et colonnes"), max_length=2000, blank=True)
    shared = models.BooleanField(_("partagée avec l’équipe"), default=False)
    saved_at = models.DateTimeField(_("enregistrée le"))

    class Meta:
        verbose_name = _("vue enregistrée")
        verbose_name_plural = _("vues enregistrées")
        ordering = ["call", "name", "pk"]
        constraints = [models.UniqueConstraint(fields=["call", "owner", "name"], name="saved_view_name_once")]

    def __str__(self) -> str:
        return self.name


class DefaultView(models.Model):
    """The view a person finds first when they open the list of a call."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    call = models.ForeignKey(Call, models.CASCADE, related_name="+")
    view = models.ForeignKey(SavedView, models.CASCADE, related_name="defaults")

    class Meta:
        verbose_name = _("vue par défaut")
        verbose_name_plural = _("vues par défaut")
        constraints = [models.UniqueConstraint(fields=["person", "call"], name="default_view_once")]

    def __str__(self) -> str:
        return f"{self.person} · {self.view}"


class BulkAct(OnACall):
    """One act on many files: what was asked, on which, and for each what was done or the sentence that refused it."""

    class Kind(models.TextChoices):
        HANDLE = "handle", _("Confier à un collègue")
        ADMIT = "admit", _("Déclarer recevables les dossiers sans objection")
        MESSAGE = "message", _("Écrire aux porteurs")
        REQUEST = "request", _("Demander un complément")
        TAG = "tag", _("Étiqueter")
        PRINT = "print", _("Imprimer en PDF")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    call = models.ForeignKey(Call, models.CASCADE, related_name="bulk_acts")
    kind = models.CharField(_("acte"), max_length=10, choices=Kind.choices)
    arguments = models.JSONField(_("précisions"), default=dict)
    chosen = models.JSONField(_("dossiers choisis"), default=list)
    results = models.JSONField(_("résultats"), default=list)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("demandé le"))
    finished_at = models.DateTimeField(_("fini le"), null=True, blank=True)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, blank=True, related_name="+")
    archive = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("acte en nombre")
        verbose_name_plural = _("actes en nombre")
        ordering = ["-made_at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.made_at}"

    def get_absolute_url(self) -> str:
        return reverse("reviews:bulk-act", args=[self.call.slug, self.public_id])
